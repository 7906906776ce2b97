// `tasks()` and `formatTasks()`: the questions that the owner of a service asks, on a program of 100 tasks and more.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import {
  Acquire,
  Await,
  awaitHandler,
  Cancel,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  effect,
  Gather,
  handler,
  Release,
  run,
  runAsync,
  runMain,
  scheduled,
  Spawn,
  Timeout,
  VM,
  Wait,
  type VmPromise,
} from '../../index'
import { watch } from '../../events'
import { formatTasks, tasks, type RunView, type TaskView } from '../../inspect'
import { turnOfTheEventLoop } from '../support/tasks'

/** A promise and what resolves it. */
function deferred<A>(): { promise: Promise<A>; resolve: (value: A) => void } {
  let resolve!: (value: A) => void
  const promise = new Promise<A>(done => (resolve = done))
  return { promise, resolve }
}

const Query = effect('Query')<[sql: string], string>()

/** The service: a lock, 96 clients that ask a database under it or wait for it, a promise that nobody settles for a while. */
const { promise: answer, resolve: answerNow } = deferred<string>()
const { promise: finish, resolve: finishNow } = deferred<void>()
const database = handler('database').fun(Query, () => Await(answer))

const askDatabase = Do(function* askDatabase(n: number) {
  return yield* Query(`select ${n}`)
})
const client = Do(function* client(lock: Parameters<typeof Acquire>[0], n: number) {
  if (n % 4 === 0) return yield* askDatabase(n)
  yield* Acquire(lock)
  yield* Release(lock)
  return ''
})
const waitFor = Do(function* waitFor(promise: VmPromise<void>) {
  yield* Wait(promise.future)
})
const service = Do(function* service() {
  const lock = yield* CreateSemaphore(1)
  const gate = yield* CreatePromise<void>()
  yield* Acquire(lock)
  const clients = []
  for (let n = 0; n < 96; n++) clients.push(yield* Spawn(client(lock, n)))
  const gated = yield* Spawn(waitFor(gate), { name: 'gated' })
  const supervisor = yield* Spawn(
    Do(function* supervisor() {
      const inner = yield* Spawn(askDatabase(1000), { name: 'inner' })
      return yield* Wait(inner)
    })(),
  )
  yield* Await(finish)
  yield* Release(lock)
  yield* CompletePromise(gate, undefined)
  yield* Gather([...clients, gated, supervisor])
})

describe('of a service of 100 tasks', () => {
  let view: RunView
  let root: TaskView
  let text: string
  let running: Promise<unknown>
  const stop = watch(() => {})

  beforeAll(async () => {
    running = runAsync(service().with(database).with(scheduled()), { name: 'service' })
    await new Promise(resolve => setTimeout(resolve, 20))
    view = tasks().find(({ name }) => name === 'service') as RunView
    root = view.tasks[0] as TaskView
    text = formatTasks([view])
  })
  afterAll(async () => {
    stop()
    answerNow('row')
    finishNow()
    await running
  })

  test('who is there? every task, in a tree', () => {
    expect(view.tasks.length).toBe(1)
    expect([root.name, root.id, root.children.length]).toEqual(['root', 0, 98])
    expect(new Set(text.match(/#\d+ (?=client)/g)).size).toBe(96)
  })

  test('which one is it? numbers tell those of one name apart', () => {
    const ids = root.children.filter(({ name }) => name === 'client').map(({ id }) => id)
    expect(ids).toEqual(Array.from({ length: 96 }, (_, at) => at + 1))
  })

  test('who spawned it? the tree and the parent say so', () => {
    const supervisor = root.children.find(({ name }) => name === 'supervisor')
    expect(supervisor?.children.map(({ name, parentId }) => [name, parentId])).toEqual([['inner', supervisor?.id]])
    expect(text).toMatch(/ {3}└─ #98 supervisor .*\n {6}└─ #99 inner /)
  })

  test('what does it wait for? a semaphore, and who holds it', () => {
    expect(root.children[1]?.waitsFor).toEqual(['Semaphore(#1, 1 permit) held by root #0'])
  })

  test('what does it wait for? an Await, and the effect around it', () => {
    expect(text).toMatch(/#1 client waiting for Await\(Promise \{ <pending>.*?\) for Query\('select 0'\)/)
  })

  test('what does it wait for? a promise by its number, a task by name and number', () => {
    const waits = Object.fromEntries(root.children.map(({ name, waitsFor }) => [name, waitsFor]))
    expect(waits.gated).toEqual(['Promise(#1)'])
    expect(waits.supervisor).toEqual(['Task(inner #99)'])
  })

  test('since when? milliseconds, as tasks were watched', () => {
    expect(root.children.every(({ waitsSinceMs }) => (waitsSinceMs ?? 0) > 0)).toBe(true)
    expect(text).toMatch(/ since \d+ ms/)
  })

  test('where? file, line and column of the innermost program', () => {
    const [asking, locked] = root.children as [TaskView, TaskView]
    const lineOf = (text: string) => linesOfThisFile().findIndex(line => line.includes(text)) + 1
    expect(asking.where).toMatch(new RegExp(`inspect\\.test\\.ts:${lineOf('return yield* Query(')}:`))
    expect(locked.where).toMatch(new RegExp(`inspect\\.test\\.ts:${lineOf('yield* Acquire(lock)')}:`))
  })

  test('how did it get there? the programs around it, each with its place', () => {
    const names = root.children[0]?.frames.map(({ name, where }) => [name, where !== undefined])
    expect(names?.slice(-2)).toEqual([
      ['askDatabase', true],
      ['client', true],
    ])
  })
})

function linesOfThisFile(): string[] {
  return readFileSync(__filename, 'utf8').split('\n')
}

describe('at other times', () => {
  test('nothing is listed when nothing runs, and a finished run is gone', () => {
    run(Query('x').with(handler('h').fun(Query, () => '')))
    expect(tasks()).toEqual([])
    expect(formatTasks()).toBe('No run is under way.')
  })

  test('from inside of a synchronous run the dump says that it computes', () => {
    const program = Do(function* asker() {
      yield* Spawn(Wait((yield* CreatePromise()).future), { name: 'waiter', daemon: true })
      return [formatTasks(), tasks()] as const
    })
    const [text, [view]] = run(program().with(scheduled()), { name: 'sync' })
    expect(text).toMatch(
      /^run \d+ sync, computing now: it is shown in the middle of a synchronous stretch\n└─ #0 root running/,
    )
    expect(view?.tasks[0]?.children).toMatchObject([{ name: 'waiter', state: 'ready', daemon: true }])
  })

  test('runs within runs are all listed, the oldest first', () => {
    const inner = Do(function* () {
      return tasks().map(({ name }) => name)
    })
    const outer = Do(function* () {
      return run(inner(), { name: 'inner' })
    })
    expect(run(outer(), { name: 'outer' })).toEqual(['outer', 'inner'])
  })

  test('a run without a scheduler is shown as one task, with its place', async () => {
    const { promise, resolve } = deferred<void>()
    const waiting = Do(function* waiting() {
      yield* Await(promise)
    })
    const running = runAsync(waiting().with(awaitHandler()))
    await turnOfTheEventLoop()
    const [view] = tasks()
    expect(view?.tasks).toMatchObject([{ name: 'program', state: 'waiting', waitsFor: ['something outside'] }])
    expect(view?.tasks[0]?.where).toMatch(/inspect\.test\.ts:\d+:\d+$/)
    resolve()
    await running
  })

  test('a cancelled task, a timeout and a VM of one own are shown; to look changes nothing', async () => {
    using vm = new VM()
    const { promise, resolve } = deferred<number>()
    const program = Do(function* () {
      const task = yield* Spawn(Timeout(10_000, Await(promise)), { name: 'timed' })
      const other = yield* Spawn(Await(promise), { name: 'other' })
      yield* Cancel(yield* Spawn(Await(promise), { name: 'ended' }))
      return yield* Gather(task, other)
    })
    const running = vm.runAsync(program().with(scheduled()))
    for (let again = 0; again < 3; again++) {
      await turnOfTheEventLoop()
      expect(tasks().map(({ tasks }) => tasks[0]?.children.map(({ name }) => name))).toEqual([['timed', 'other']])
    }
    resolve(1)
    expect(await running).toEqual([1, 1])
  })

  test('a run that nobody holds any more is not kept by being listed', () => {
    expect(tasks()).toEqual([])
  })
})

describe('a dump on a signal', () => {
  const cwd = join(__dirname, '../..')

  /** Runs a script that prints `ready`, sends it SIGUSR2 then; gives what it wrote. */
  function dumped(body: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const script = `
      const { Await, Do, runMain, scheduled, Sleep, Spawn, Gather } = require('./dist/index.js')
      runMain(Do(function* main() {${body}})().with(scheduled()), { dumpOn: 'SIGUSR2' })`
    const child = spawn(process.execPath, ['-e', script], { cwd })
    const written = { stdout: '', stderr: '' }
    child.stdout.on('data', chunk => {
      written.stdout += String(chunk)
      if (/ready/.test(String(chunk))) child.kill('SIGUSR2')
    })
    child.stderr.on('data', chunk => (written.stderr += String(chunk)))
    return new Promise(resolve => child.on('close', code => resolve({ code, ...written })))
  }

  test('the tasks are on stderr with their times, and the service goes on', async () => {
    const { code, stdout, stderr } = await dumped(`
      yield* Spawn(Sleep(300), { name: 'worker' })
      yield* Sleep(100)
      console.log('ready')
      yield* Sleep(400)
      console.log('went on')
      return 0`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready\nwent on\n' })
    expect(stderr).toMatch(
      /^SIGUSR2, process \d+\nrun \d+\n└─ #0 root waiting for Sleep\(400 ms\) since \d+ ms at \[eval\]/,
    )
    expect(stderr).toMatch(/└─ #1 worker waiting for Sleep\(300 ms\) since \d+ ms, spawned by #0/)
  })

  test('after a synchronous loop the dump says that one held it up', async () => {
    const { code, stderr } = await dumped(`
      yield* Sleep(10)
      console.log('ready')
      const end = Date.now() + 2500
      while (Date.now() < end);
      yield* Sleep(100)
      return 0`)
    expect(code).toBe(0)
    expect(stderr).toMatch(/A synchronous loop held the event loop for \d\.\d s until now, and this dump with it/)
  })

  test.each(['SIGNOPE', 'SIGINT', 'SIGKILL', 1])('dumpOn: %p is refused', async signal => {
    await expect(runMain(Query('x') as never, { dumpOn: signal as never })).rejects.toThrow(
      /dumpOn is a signal such as/,
    )
  })
})
