// runMain: what a command ends with. In processes of their own.

import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { Await, Do, InvalidProgramError, pure, runMain, scheduled } from '../index'

jest.setTimeout(60_000)

const cwd = join(__dirname, '..')
const head = `
const { Await, Do, ensure, pure, runMain, scheduled, Sleep, Spawn, Yield } = require('./dist/index.js')
const { writeSync } = require('node:fs')
const say = text => writeSync(1, text + '\\n')
`

/** Runs a script to its end; `body` is the source of the generator of the main program. */
function main(body: string, handlers = '.with(scheduled())') {
  const script = `${head}runMain(Do(function* main() {${body}})()${handlers})`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Starts a script, sends it a signal at each line it prints; gives how it ended. */
function signalled(body: string, signals: NodeJS.Signals[]): Promise<{ code: number | null; stdout: string }> {
  const script = `${head}runMain(Do(function* main() {${body}})().with(scheduled()))`
  const child = spawn(process.execPath, ['-e', script], { cwd })
  const left = [...signals]
  let stdout = ''
  child.stdout.on('data', chunk => {
    stdout += String(chunk)
    for (const _ of String(chunk).matchAll(/ready/g)) {
      const signal = left.shift()
      if (signal !== undefined) child.kill(signal)
    }
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, stdout })))
}

test.each([
  ['returns nothing', '', 0],
  ['returns 0', 'return 0', 0],
  ['returns a number that is an exit code', 'return 7', 7],
  ['returns something else', 'return "text"', 0],
  ['returns a number that is none', 'return 256', 0],
])('a program that %s exits accordingly', (_how, body, status) => {
  expect(main(body)).toEqual({ status, stdout: '', stderr: '' })
})

test('a program that throws exits with 1; the error and its trace are on stderr', () => {
  const { status, stderr } = main('throw new RangeError("too far")')
  expect(status).toBe(1)
  expect(stderr).toMatch(/^RangeError: too far\n {4}in program main/)
})

test.each(['undefined', 'null', '"text"', 'Symbol("s")', '{ toString: 5 }'])('a thrown %s is reported', thrown => {
  const { status, stderr } = main(`throw ${thrown}`)
  expect(status).toBe(1)
  expect(stderr).not.toBe('')
})

test('what is waited for is waited for', () => {
  expect(main('yield* Sleep(5); say(yield* Await(Promise.resolve("answer")))')).toMatchObject({
    status: 0,
    stdout: 'answer\n',
  })
})

test('a process that is kept alive by others goes on, and exits with the code', () => {
  expect(main('setTimeout(() => say("later"), 20); return 3')).toMatchObject({ status: 3, stdout: 'later\n' })
})

// Windows ends a process at once.
const testSignals = process.platform === 'win32' ? test.skip : test

testSignals.each<[NodeJS.Signals, number]>([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s unwinds the program and every task, then exits with %d', async (signal, code) => {
  const body = `
    yield* Spawn(ensure(Sleep(1e9), pure(0).map(() => say("task unwound"))))
    yield* Yield()
    try { say("ready"); yield* Sleep(1e9) } finally { say("main unwound") }`
  const ended = await signalled(body, [signal])
  expect(ended.code).toBe(code)
  expect(ended.stdout).toBe('ready\nmain unwound\ntask unwound\n')
})

testSignals('it is heard while the program computes', async () => {
  const body = 'try { say("ready"); for (;;) yield* Yield() } finally { say("unwound") }'
  expect(await signalled(body, ['SIGINT'])).toEqual({ code: 130, stdout: 'ready\nunwound\n' })
})

testSignals('the error of a cleanup is reported instead', async () => {
  const body = 'try { say("ready"); yield* Sleep(1e9) } finally { throw new Error("cleanup") }'
  expect((await signalled(body, ['SIGINT'])).code).toBe(1)
})

test('refuses what is not a program', async () => {
  await expect(runMain(42 as never)).rejects.toThrow(InvalidProgramError)
})

test('with a report and an exit of one’s own nothing is printed and nobody exits', async () => {
  const seen: unknown[] = []
  const options = { report: (text: string) => seen.push(text), exit: (code: number) => seen.push(code) }
  expect(await runMain(pure(5), options)).toBe(5)
  const failing = Do(function* fails() {
    yield* Await(Promise.reject(new Error('no')))
  })
  expect(await runMain(failing().with(scheduled()), options)).toBeUndefined()
  expect(seen).toEqual([5, expect.stringMatching(/^Error: no\n/), 1])
})

test('leaves no listener for signals behind', async () => {
  const before = process.listenerCount('SIGINT')
  await runMain(pure(0), { exit: () => {} })
  expect(process.listenerCount('SIGINT')).toBe(before)
})
