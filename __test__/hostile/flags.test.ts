// Programs, tasks and errors give the same under flags that make the engine behave as it seldom does.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What the programs give in a process with these flags. */
const outcome = (...flags: string[]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, join(__dirname, '../support/polluted.mjs'), 'after'], {
      encoding: 'utf8',
    }),
  )

const expected = outcome()

// Without a JIT there is no WebAssembly, which __test__/vm/backend.test.ts is about.
const withoutJit = process.env.DOEFF_BACKEND === 'wasm' ? [] : [['--jitless']]

test.each([
  ...withoutJit,
  ['--stress-compaction'],
  ['--gc-interval=1'],
  ['--stack-size=200'],
  ['--unhandled-rejections=strict'],
  ['--always-sparkplug', '--no-opt'],
  ['--max-old-space-size=32'],
])('%s', (...flags) => {
  expect(outcome(...flags)).toEqual(expected)
})
