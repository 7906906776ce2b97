// AsyncLocalStorage: in an asynchronous run its store belongs to the task.

import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import {
  Acquire,
  Await,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  Gather,
  Release,
  run,
  runAsync,
  scheduled,
  type Semaphore,
  Sleep,
  Spawn,
  VM,
  type VmPromise,
  Wait,
  Yield,
} from '../../index'
import { turnOfTheEventLoop } from '../support/tasks'

const storage = new AsyncLocalStorage<string>()
const seen = (): string => storage.getStore() ?? 'none'

/** Enters a store of its own and suspends in many ways; gives what it sees after each. */
const wanderer = Do(function* (name: string) {
  const all = [seen()]
  storage.enterWith(name)
  yield* Yield()
  all.push(seen())
  yield* Sleep(0)
  all.push(seen())
  yield* Await(Promise.resolve())
  all.push(seen())
  const promise = yield* CreatePromise<void>()
  yield* Spawn(CompletePromise(promise, undefined))
  yield* Wait(promise.future)
  all.push(seen())
  return all.join(' ')
})

const together = Do(function* () {
  const tasks = [yield* Spawn(wanderer('a')), yield* Spawn(wanderer('b')), yield* Spawn(wanderer('c'))]
  const results = yield* Gather(...tasks)
  return [seen(), ...results]
})

test('a task goes on in the context in which it suspended', async () => {
  expect(await runAsync(together().with(scheduled()))).toEqual(['none', 'none a a a a', 'none b b b b', 'none c c c c'])
})

test('a task starts in the context in which it was spawned', async () => {
  const running = storage.run('outer', () => runAsync(together().with(scheduled())))
  expect(await running).toEqual(['outer', 'outer a a a a', 'outer b b b b', 'outer c c c c'])
  expect(seen()).toBe('none')
})

test('what a task is woken by from outside does not lend it its context', async () => {
  const waiting = Do(function* () {
    const promise = yield* CreateExternalPromise<void>()
    setImmediate(() => storage.run('waker', promise.complete as () => boolean))
    yield* Wait(promise.future)
    return seen()
  })
  expect(await storage.run('mine', () => runAsync(waiting().with(scheduled())))).toBe('mine')
  expect(await runAsync(waiting().with(scheduled()))).toBe('none')
})

test('who gets a permit, and who is cancelled, is in its own context', async () => {
  const events: string[] = []
  const taking = Do(function* (name: string, one: Semaphore) {
    storage.enterWith(name)
    try {
      yield* Acquire(one)
      events.push(`${name} has it in ${seen()}`)
      yield* Yield()
      yield* Release(one)
    } finally {
      events.push(`${name} ends in ${seen()}`)
    }
  })
  const main = Do(function* () {
    const one = yield* CreateSemaphore(1)
    const a = yield* Spawn(taking('a', one))
    const b = yield* Spawn(taking('b', one))
    const c = yield* Spawn(taking('c', one))
    yield* Yield()
    yield* Cancel(c)
    yield* Gather(a, b)
    return seen()
  })
  expect(await runAsync(main().with(scheduled()))).toBe('none')
  expect(events).toEqual(['a has it in a', 'a ends in a', 'c ends in c', 'b has it in b', 'b ends in b'])
})

test('a task that computes for several slices stays in its context', async () => {
  const busy = Do(function* (name: string) {
    storage.enterWith(name)
    for (let i = 0; i < 20_000; i++) {
      yield* CreatePromise()
      if (seen() !== name) return `lost ${name}`
    }
    return seen()
  })
  const main = Do(function* () {
    return yield* Gather(yield* Spawn(busy('a')), yield* Spawn(busy('b')))
  })
  expect(await runAsync(main().with(scheduled()), { yieldEveryMs: 0 })).toEqual(['a', 'b'])
})

test('tasks that switch all the time let the event loop in', async () => {
  let ticks = 0
  const main = Do(function* () {
    const state = { stopped: false }
    const ticking = setInterval(() => {
      state.stopped = ++ticks === 3
    }, 0)
    const yielding = Do(function* () {
      while (!state.stopped) yield* Yield()
    })
    yield* Gather(yield* Spawn(yielding()), yield* Spawn(yielding()))
    clearInterval(ticking)
  })
  await runAsync(main().with(scheduled()), { yieldEveryMs: 1 })
  expect(ticks).toBe(3)
})

test('the same under the scheduler of a VM', async () => {
  using vm = new VM()
  vm.scheduler().install()
  expect(await vm.runAsync(together())).toEqual(['none', 'none a a a a', 'none b b b b', 'none c c c c'])
})

test('tasks that are cancelled before they start disturb nobody else', async () => {
  const main = Do(function* () {
    const wanderers = [yield* Spawn(wanderer('a')), yield* Spawn(wanderer('b'))]
    yield* Yield()
    const early = []
    for (let i = 0; i < 5; i++) early.push(yield* Spawn(wanderer('early')))
    for (const task of early) yield* Cancel(task)
    return yield* Gather(...wanderers)
  })
  expect(await runAsync(main().with(scheduled()))).toEqual(['none a a a a', 'none b b b b'])
})

test('tasks of a scheduler inside go on in their contexts, while nobody else is ready', async () => {
  const inner = (name: string) =>
    together()
      .with(scheduled())
      .map(results => [name, ...results])
  const main = Do(function* () {
    storage.enterWith('root')
    const results = yield* Gather(yield* Spawn(inner('x')), yield* Spawn(inner('y')))
    return [seen(), results]
  })
  const expected = ['root', 'root a a a a', 'root b b b b', 'root c c c c']
  expect(await runAsync(main().with(scheduled()))).toEqual([
    'root',
    [
      ['x', ...expected],
      ['y', ...expected],
    ],
  ])
})

test('a task that another one hands off to goes on in its own context', async () => {
  const rounds = 50
  const entering = Do(function* (
    name: string,
    mine: readonly VmPromise<string>[],
    other: readonly VmPromise<string>[],
  ) {
    const all: string[] = []
    for (let i = 0; i < rounds; i++) {
      storage.enterWith(`${name}${i}`)
      if (name === 'a') yield* CompletePromise(other[i] as VmPromise<string>, 'to b')
      yield* Wait((mine[i] as VmPromise<string>).future)
      all.push(seen())
      if (name === 'b') yield* CompletePromise(other[i] as VmPromise<string>, 'to a')
    }
    return all
  })
  const main = Do(function* () {
    const [ofA, ofB]: VmPromise<string>[][] = [[], []]
    for (let i = 0; i < rounds; i++) {
      ofA?.push(yield* CreatePromise<string>())
      ofB?.push(yield* CreatePromise<string>())
    }
    const a = yield* Spawn(entering('a', ofA as VmPromise<string>[], ofB as VmPromise<string>[]))
    const b = yield* Spawn(entering('b', ofB as VmPromise<string>[], ofA as VmPromise<string>[]))
    return yield* Gather(a, b)
  })
  const expected = ['a', 'b'].map(name => Array.from({ length: rounds }, (_, i) => `${name}${i}`))
  expect(await runAsync(main().with(scheduled()))).toEqual(expected)
})

test('a task cleans up in its own context, and leaves others in theirs', async () => {
  const cleanups: string[] = []
  const hanging = Do(function* () {
    storage.enterWith('hanging')
    try {
      yield* Wait((yield* CreatePromise()).future)
    } finally {
      cleanups.push(seen())
    }
  })
  const main = Do(function* () {
    storage.enterWith('root')
    const task = yield* Spawn(hanging())
    yield* Yield()
    yield* Cancel(task)
    yield* Yield()
    return seen()
  })
  expect(await runAsync(main().with(scheduled()))).toBe('root')
  expect(cleanups).toEqual(['hanging'])
})

test('who traces asynchronous resources hears that contexts are gone', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const alive = new Set<number>()
  let made = 0
  const hook = createHook({
    init: (id, type) => {
      if (type !== 'doeff-vm task') return
      made++
      alive.add(id)
    },
    destroy: id => void alive.delete(id),
  }).enable()
  try {
    for (let i = 0; i < 20; i++) await runAsync(together().with(scheduled()))
    // Some may be gone by now: when garbage is collected is the engine's affair.
    expect(made).toBeGreaterThan(100)
    for (let i = 0; i < 10 && alive.size > 0; i++) {
      gc()
      await turnOfTheEventLoop()
    }
    expect(alive.size).toBeLessThan(made / 4)
  } finally {
    hook.disable()
  }
})

test('a synchronous run is in the context of its caller', () => {
  const main = Do(function* () {
    return yield* Wait(yield* Spawn(Yield().map(seen)))
  })
  expect(storage.run('mine', () => run(main().with(scheduled())))).toBe('mine')
})
