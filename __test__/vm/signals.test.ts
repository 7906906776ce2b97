// A process that is ended from outside, or that aborts itself, ends at once, whatever its machines are at: no hook of ours
// holds it up. In processes of their own.

import { spawn } from 'node:child_process'
import { join } from 'node:path'

jest.setTimeout(60_000)

const head = `
const { Await, awaitHandler, CreateExternalPromise, Do, ensure, pure, run, runAsync, scheduled, Sleep, Spawn, VM, Wait,
  Yield } = require('./dist/index.js')
const ready = () => require('node:fs').writeSync(1, 'ready\\n')
const go = f => runAsync(Do(f)().with(scheduled()))
`

/** Runs a script until it says that it is ready, then sends it the signal, if any; gives by what it ended. */
function end(source: string, signal?: NodeJS.Signals): Promise<NodeJS.Signals | number | null> {
  const child = spawn(process.execPath, ['-e', head + source], { cwd: join(__dirname, '../..') })
  child.stdout.once('data', () => {
    if (signal !== undefined) child.kill(signal)
  })
  return new Promise(resolve => child.once('close', (code, endedBy) => resolve(endedBy ?? code)))
}

// Windows knows no such signals.
const testSignals = process.platform === 'win32' ? test.skip : test

testSignals.each([
  ['computes', 'ready(); run(Do(function* () { for (;;) yield* Yield() })().with(scheduled()))'],
  ['computes in slices', 'ready(); go(function* () { for (;;) yield* Yield() })'],
  [
    'has tasks that are parked',
    `go(function* () {
      yield* Spawn(ensure(Sleep(1e9), pure(0).map(() => { for (;;); })))
      yield* Yield()
      ready()
      yield* Wait((yield* CreateExternalPromise()).future)
    })`,
  ],
  [
    'has a VM between two steps',
    `const vm = new VM()
    vm.startProgram(Await(new Promise(() => {})).with(awaitHandler()))
    vm.stepOnce()
    setInterval(() => {}, 1e6)
    ready()`,
  ],
])('a process that %s is ended by SIGTERM', async (_what, source) => {
  expect(await end(source, 'SIGTERM')).toBe('SIGTERM')
})

testSignals.each([
  ['a program', 'run(pure(0).map(() => process.abort()))'],
  ['a task', 'go(function* () { yield* Spawn(Sleep(1e9)); yield* Yield(); process.abort() })'],
  ['a cleanup', 'run(ensure(pure(0).map(() => { throw 1 }), pure(0).map(() => process.abort())))'],
])('process.abort in %s ends the process', async (_where, source) => {
  expect(await end(source)).toBe('SIGABRT')
})
