// What a VM needs no more it lets go of, at once: the garbage collector can take it.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const script = join(__dirname, '../support/collectable.mjs')
const output = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' })

test.each(Object.entries(JSON.parse(output) as Record<string, boolean>))('%s is collected', (_what, taken) => {
  expect(taken).toBe(true)
})

test('all of them were looked for', () => {
  expect(Object.keys(JSON.parse(output) as object)).toHaveLength(23)
})

test('a VM that is dropped without a word takes its machine with it', () => {
  const dropped = join(__dirname, '../support/dropped.mjs')
  const left = Number(execFileSync(process.execPath, ['--expose-gc', dropped], { encoding: 'utf8' }))
  // 16,000 of them would be 50 MiB.
  expect(left).toBeLessThan(20)
}, 60_000)

test('continuations that a raw clause has kept and that nobody holds any more are closed while the run goes on', () => {
  const kept = join(__dirname, '../support/kept.mjs')
  const said = JSON.parse(execFileSync(process.execPath, ['--expose-gc', kept], { encoding: 'utf8' })) as {
    count: number
    before: number
    closed: number
    errors: string[]
  }
  // The first thousand are kept until the end, and what was dropped last.
  expect(said.before).toBeGreaterThan(said.count / 2)
  expect(said.closed).toBe(said.count)
  expect(said.errors).toEqual(['dropped: cleanup'])
}, 60_000)
