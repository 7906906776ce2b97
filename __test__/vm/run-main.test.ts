// runMain: what a command ends with. In processes of their own.

import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { Await, Do, InvalidProgramError, pure, runMain, scheduled, Spawn, Yield } from '../../index'

jest.setTimeout(60_000)

const cwd = join(__dirname, '../..')
const head = `
const { All, Await, Do, ensure, pure, runMain, scheduled, Sleep, Spawn, Timeout, Yield } = require('./dist/index.js')
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
  ['sets an exit code and returns nothing', 'process.exitCode = 3', 3],
  ['sets an exit code and returns something else', 'process.exitCode = 3; return "text"', 3],
  ['sets an exit code and returns another one', 'process.exitCode = 3; return 0', 0],
])('a program that %s exits accordingly', (_how, body, status) => {
  expect(main(body)).toEqual({ status, stdout: '', stderr: '' })
})

test.each(['256', '-1', '1.5', 'NaN'])('a returned %s is no exit code: it is reported, and the code is 1', value => {
  const { status, stderr } = main(`return ${value}`)
  expect(status).toBe(1)
  expect(stderr).toContain(`The main program returned ${value}; an exit code is an integer from 0 to 255.`)
})

test('a program that throws exits with 1; the error and its trace are on stderr', () => {
  const { status, stderr } = main('throw new RangeError("too far")')
  expect(status).toBe(1)
  expect(stderr).toMatch(/^RangeError: too far\n {4}in program main/)
})

const exploding = '{ throw new Error("asked") }'
const proxy = `new Proxy({}, { get() ${exploding}, has() ${exploding}, getPrototypeOf() ${exploding} })`

test.each([
  'undefined',
  'null',
  '"text"',
  'Symbol("s")',
  '{ toString: 5 }',
  `{ toString() ${exploding} }`,
  `Object.defineProperty(new Error(), "message", { get() ${exploding} })`,
  `Object.defineProperty(new Error("m"), "stack", { get() ${exploding} })`,
  proxy,
  '(proxy => (proxy.revoke(), proxy.proxy))(Proxy.revocable({}, {}))',
])('a thrown %s is reported', thrown => {
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

testSignals('cleanup may use what needs time and tasks, and ends first', async () => {
  const cleanup = `Timeout(60000, All([
    Sleep(5).map(() => say("waited")),
    Await(new Promise(resolve => setImmediate(resolve))).map(() => say("awaited")),
  ]))`
  const body = `
    yield* Spawn(ensure(Sleep(1e9), ${cleanup}))
    yield* Yield()
    try { say("ready"); yield* Sleep(1e9) } finally { yield* ${cleanup} }`
  const ended = await signalled(body, ['SIGTERM'])
  expect(ended.code).toBe(143)
  expect(ended.stdout.split('\n').toSorted().join(' ').trim()).toBe('awaited awaited ready waited waited')
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

test('with an exit of one’s own, it is told the code that was set when the program returns none', async () => {
  const codes: number[] = []
  const before = process.exitCode
  process.exitCode = 4
  await runMain(pure('text'), { exit: code => codes.push(code) })
  process.exitCode = before
  expect(codes).toEqual([4])
})

test('a report that throws does not keep the process from its exit code', async () => {
  const codes: number[] = []
  const report = (): never => {
    throw new Error('report')
  }
  const failing = Do(function* fails() {
    throw new Error('no')
  })
  await expect(runMain(failing(), { report, exit: code => codes.push(code) })).rejects.toThrow('report')
  expect(codes).toEqual([1])
})

test('onUnobservedFailure is told of failures that nobody has waited for', async () => {
  const seen: unknown[] = []
  const spawning = Do(function* () {
    yield* Spawn(
      Do(function* () {
        throw new Error('alone')
      })(),
    )
    yield* Yield()
  })
  const onUnobservedFailure = (error: unknown): unknown => seen.push(error)
  await runMain(spawning().with(scheduled()), { exit: () => {}, onUnobservedFailure })
  expect(seen).toEqual([new Error('alone')])
})

test.each(['report', 'exit', 'onUnobservedFailure'])('refuses %s that is no function', async name => {
  await expect(runMain(pure(0), { [name]: 5 })).rejects.toThrow(`runMain: ${name} is a function, not 5.`)
})

test('leaves no listener for signals behind', async () => {
  const before = process.listenerCount('SIGINT')
  await runMain(pure(0), { exit: () => {} })
  expect(process.listenerCount('SIGINT')).toBe(before)
})
