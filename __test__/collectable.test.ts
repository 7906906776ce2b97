// What a VM needs no more it lets go of, at once: the garbage collector can take it.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const script = join(__dirname, 'support/collectable.mjs')
const output = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' })

test.each(Object.entries(JSON.parse(output) as Record<string, boolean>))('%s is collected', (_what, taken) => {
  expect(taken).toBe(true)
})

test('all of them were looked for', () => {
  expect(Object.keys(JSON.parse(output) as object)).toHaveLength(23)
})
