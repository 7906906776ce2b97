// Lifecycle: when a process with tasks stays alive, when it ends and how; workers that come and go. In processes of
// their own, with every unhandled rejection an error.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

jest.setTimeout(120_000)

const head = `
const doeff = require('./dist/index.js')
const { Await, awaitHandler, Cancel, CreateExternalPromise, CreatePromise, Do, ensure, effect, handler, Gather, pure, run,
  runAsync, scheduled, Sleep, Spawn, Timeout, VM, Wait, Yield } = doeff
const { writeSync } = require('node:fs')
const say = text => writeSync(1, text + '\\n')
const go = (f, options) => runAsync(Do(f)().with(scheduled()), options)
`

/** Runs a script in a process of its own. */
function execute(source: string, flags: string[] = []) {
  const args = ['--unhandled-rejections=strict', ...flags, '-e', head + source]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: join(__dirname, '../..'),
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, signal, lines: stdout.trim().split('\n'), stderr }
}

const clean = { status: 0, signal: null, stderr: '' }

describe('the process stays alive', () => {
  test.each([
    [
      'for an external promise that is awaited',
      `
      go(function* () {
        const p = yield* CreateExternalPromise()
        setTimeout(p.complete, 20, 'value').unref()
        return yield* Wait(p.future)
      }).then(say)`,
    ],
    [
      'for an Await',
      `
      go(function* () {
        return yield* Await(new Promise(resolve => setTimeout(resolve, 20, 'value').unref()))
      }).then(say)`,
    ],
    ['for a Sleep', `go(function* () { yield* Sleep(20); return 'value' }).then(say)`],
    [
      'for an Await without a scheduler',
      `
      runAsync(Await(new Promise(resolve => setTimeout(resolve, 20, 'value').unref())).with(awaitHandler())).then(say)`,
    ],
    [
      'while it computes',
      `
      go(function* () { for (let i = 0; i < 300000; i++) yield* Yield(); return 'value' }).then(say)`,
    ],
  ])('%s', (_what, source) => {
    expect(execute(source)).toEqual({ ...clean, lines: ['value'] })
  })
})

describe('the process ends', () => {
  test.each([
    [
      'while what is awaited is not to keep it',
      `
      go(function* () { yield* Wait((yield* CreateExternalPromise({ ref: false })).future) }).then(() => say('never'))
      say('started')`,
    ],
    [
      'when an external promise is there that nobody awaits',
      `
      go(function* () { yield* CreateExternalPromise(); return 'started' }).then(say)`,
    ],
    [
      'when who awaited was cancelled',
      `
      go(function* () {
        const tasks = [yield* Spawn(Sleep(1e9)), yield* Spawn(Await(new Promise(() => {}))),
          yield* Spawn(Wait((yield* CreateExternalPromise()).future))]
        yield* Yield()
        for (const task of tasks) yield* Cancel(task)
        for (const task of tasks) try { yield* Wait(task) } catch {}
        return 'started'
      }).then(say)`,
    ],
    [
      'after a timeout that was not needed',
      `
      go(function* () { return yield* Timeout(1e9, pure('started')) }).then(say)`,
    ],
    [
      'when the run was aborted',
      `
      const controller = new AbortController()
      go(function* () { yield* Sleep(1e9) }, { signal: controller.signal }).catch(say)
      controller.abort('started')`,
    ],
  ])('%s', (_what, source) => {
    expect(execute(source)).toEqual({ ...clean, lines: ['started'] })
  })
})

describe('process.exit', () => {
  test.each([
    ['a program', `run(Do(function* () { yield* pure(1); process.exit(7) })())`],
    [
      'a task',
      `run(Do(function* () {
      yield* Wait(yield* Spawn(pure(0).map(() => process.exit(7)))) })().with(scheduled()))`,
    ],
    ['a clause', `const E = effect('E')(); run(E().with(handler('h').fun(E, () => process.exit(7))))`],
    [
      'a finally block of a cancelled task',
      `go(function* () {
      const task = yield* Spawn(ensure(Sleep(1e9), pure(0).map(() => process.exit(7))))
      yield* Yield(); yield* Cancel(task); yield* Yield() })`,
    ],
    [
      'a callback that settles',
      `go(function* () {
      const p = yield* CreateExternalPromise()
      setImmediate(() => { p.complete(1); process.exit(7) })
      yield* Wait(p.future) })`,
    ],
    [
      'the listener of an abort',
      `go(function* () {
      const task = yield* Spawn(Await(signal => new Promise(() => signal.addEventListener('abort', () => process.exit(7)))))
      yield* Yield(); yield* Cancel(task); yield* Sleep(5) })`,
    ],
    [
      'the hook of a failure',
      `go(function* () {
      yield* Spawn(pure(0).map(() => { throw 1 })); yield* Yield() }, { onUnobservedFailure: () => process.exit(7) })`,
    ],
  ])('in %s ends the process with its code; listeners run', (_where, source) => {
    expect(execute(`process.on('exit', code => say('exit ' + code));${source}`)).toEqual({
      ...clean,
      status: 7,
      lines: ['exit 7'],
    })
  })
})

test('nothing of ours is an unhandled rejection, whatever is abandoned', () => {
  const source = `
    const later = (ms, error) => new Promise((_, reject) => setTimeout(reject, ms, error))
    const quiet = promise => promise.catch(() => {})
    const controller = new AbortController()
    quiet(go(function* () { yield* Timeout(1, Await(later(10, new Error('late')))) }))
    quiet(go(function* () { yield* Await(later(10, new Error('late'))) }, { signal: controller.signal }))
    quiet(runAsync(Await(later(10, new Error('late'))).with(awaitHandler()), { signal: controller.signal }))
    quiet(go(function* () { throw new Error('root') }))
    quiet(go(function* () { yield* Wait((yield* CreatePromise()).future) }))
    go(function* () {
      const p = yield* CreateExternalPromise()
      p.fail(new Error('nobody looks'))
      const task = yield* Spawn(Await(later(5, new Error('in a task'))))
      try { yield* Wait(task) } catch {}
    })
    setTimeout(() => controller.abort('stop'), 2)
    setTimeout(() => say('done'), 40)`
  expect(execute(source)).toEqual({ ...clean, lines: ['done'] })
})

test('what a hook throws is an uncaught exception; the run has its result all the same', () => {
  const source = `
    process.on('uncaughtException', error => say('uncaught ' + error.message))
    go(function* () { yield* Spawn(pure(0).map(() => { throw 1 })); yield* Yield(); return 'result' },
      { onUnobservedFailure: () => { throw new Error('hook') } }).then(say)`
  const { status, lines } = execute(source)
  expect(status).toBe(0)
  lines.sort()
  expect(lines).toEqual(['result', 'uncaught hook'])
})

test('a failure that nobody waits for is a warning on stderr, not a crash', () => {
  const { status, stderr } = execute(`
    go(function* () { yield* Spawn(pure(0).map(() => { throw new Error('lost') }), { name: 'worker' }); yield* Yield() })`)
  expect(status).toBe(0)
  expect(stderr).toMatch(
    /\[DOEFF_UNOBSERVED_FAILURE\] DoeffWarning: The task worker failed, and nobody waited for it: Error: lost/,
  )
})

test('VMs that are dropped with parked tasks are collected, and take nothing along', () => {
  const source = `
    const references = []
    for (let i = 0; i < 20; i++) {
      const vm = new VM()
      vm.runAsync(Do(function* () {
        yield* Wait((yield* CreateExternalPromise({ ref: false })).future)
      })().with(scheduled()))
      references.push(new WeakRef(vm))
    }
    setTimeout(async () => {
      for (let i = 0; i < 5; i++) { gc(); await new Promise(resolve => setImmediate(resolve)) }
      say(references.filter(reference => reference.deref() === undefined).length >= 19)
    }, 5)`
  expect(execute(source, ['--expose-gc'])).toEqual({ ...clean, lines: ['true'] })
})

describe('a VM disposed of while tasks are parked, between two steps', () => {
  test('unwinds them', () => {
    const source = `
      const vm = new VM()
      vm.startProgram(Do(function* () {
        yield* Spawn(ensure(Sleep(1e9), pure(0).map(() => say('task'))))
        yield* ensure(Await(new Promise(() => {})), pure(0).map(() => say('root')))
      })().with(scheduled()))
      for (let step = vm.stepOnce(); step.tag === 'continue'; step = vm.stepOnce());
      vm.dispose()
      vm.dispose()
      say('disposed')`
    expect(execute(source)).toMatchObject({ status: 0, lines: ['root', 'task', 'disposed'] })
  })
})

describe('workers', () => {
  const worker = `
    const { workerData, parentPort } = require('node:worker_threads')
    const looping = Do(function* () {
      for (let i = 0; workerData.forever || i < 200; i++) {
        const tasks = []
        for (let n = 0; n < 5; n++) tasks.push(yield* Spawn(Yield().map(() => n)))
        tasks.push(yield* Spawn(i % 7 === 0 ? Await(Promise.resolve(10)) : pure(10)))
        const sum = (yield* Gather(...tasks)).reduce((a, b) => a + b)
        if (sum !== 20) throw new Error('sum ' + sum)
        if (i === 3) parentPort.postMessage('running')
      }
      if (workerData.park) yield* Wait((yield* CreateExternalPromise()).future)
      return 'done'
    })
    runAsync(looping().with(scheduled())).then(value => parentPort.postMessage(value))`
  const prelude = `
    const { Worker } = require('node:worker_threads')
    const start = workerData => new Worker(${JSON.stringify(head + worker)}, { eval: true, workerData })
    const messageOf = (worker, wanted) => new Promise((resolve, reject) => {
      worker.on('message', message => { if (message === wanted) resolve(message) })
      worker.on('error', reject)
    })`

  test('16 of them run side by side with the main thread', () => {
    const source = `${prelude}
      const all = Array.from({ length: 16 }, () => messageOf(start({}), 'done'))
      run(Do(function* () { for (let i = 0; i < 1000; i++) yield* Wait(yield* Spawn(pure(i))) })().with(scheduled()))
      Promise.all(all).then(results => say(results.length))`
    expect(execute(source)).toEqual({ ...clean, lines: ['16'] })
  })

  test('ended while they compute or while they are parked, harm nobody', () => {
    const source = `${prelude}
      ;(async () => {
        for (let round = 0; round < 25; round++) {
          const worker = start({ forever: round % 2 === 0, park: true })
          if (round % 5 !== 0) await messageOf(worker, 'running')
          await worker.terminate()
        }
        say(await messageOf(start({}), 'done'))
      })()`
    expect(execute(source)).toEqual({ ...clean, lines: ['done'] })
  })
})
