// Cancelling: asked for, not done at once; the task unwinds when its turn comes, once, and gives back what it held.

import {
  Acquire,
  All,
  Await,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  Gather,
  InvalidWaitableError,
  pure,
  Race,
  scheduled,
  Sleep,
  Spawn,
  type Program,
  type Task,
  TaskCancelledError,
  Wait,
  Yield,
} from '../../index'
import { thrownBy } from '../support/leaks'
import { go, goAsync } from '../support/tasks'
import { type Any, noting, statusOf } from '../support/cancelling'

describe('a task that is parked unwinds when its turn comes', () => {
  const parked: [name: string, park: () => Program<unknown, unknown>][] = [
    ['on a task', () => Spawn(Do(endless)(), { daemon: true }).flatMap(task => Wait(task))],
    ['on a promise', () => CreatePromise().flatMap(promise => Wait(promise.future))],
    ['on an external promise', () => CreateExternalPromise().flatMap(promise => Wait(promise.future))],
    ['on a permit', () => CreateSemaphore(1).flatMap(one => Acquire(one).flatMap(() => Acquire(one)))],
    ['in Gather', () => CreatePromise().flatMap(promise => Gather(promise.future, promise.future))],
    ['in Race', () => CreatePromise().flatMap(promise => Race(promise.future, promise.future))],
    ['in Yield', () => Yield()],
    ['in All', () => All([CreatePromise().flatMap(promise => Wait(promise.future))])],
    [
      'under a scheduler inside',
      () =>
        CreatePromise()
          .flatMap(p => Wait(p.future))
          .with(scheduled()),
    ],
  ]
  function* endless() {
    for (;;) yield* Yield()
  }

  test.each(parked)('%s', (_where, park) => {
    const log: string[] = []
    go(function* () {
      const task = yield* Spawn(noting(log, park() as Any))
      yield* Yield()
      yield* Cancel(task)
      log.push('asked')
      expect(yield* statusOf(task)).toBe('cancelled')
    })
    expect(log).toEqual(['asked', 'unwound'])
  })

  test.each([
    ['in Sleep', () => Sleep(1e9)],
    ['in Await', () => Await(new Promise(() => {}))],
  ])('%s', async (_where, park) => {
    const log: string[] = []
    await goAsync(function* () {
      const task = yield* Spawn(noting(log, park() as Any))
      yield* Yield()
      yield* Cancel(task)
      log.push('asked')
      expect(yield* statusOf(task)).toBe('cancelled')
    })
    expect(log).toEqual(['asked', 'unwound'])
  })
})

test('a task that has not started runs nothing at all', () => {
  const log: string[] = []
  go(function* () {
    const task = yield* Spawn(noting(log, pure(0) as Any))
    yield* Cancel(task)
    expect(yield* statusOf(task)).toBe('cancelled')
  })
  expect(log).toEqual([])
})

test('a task that has ended is left alone', () => {
  go(function* () {
    const task = yield* Spawn(pure('value'))
    yield* Wait(task)
    yield* Cancel(task)
    expect(task.status).toBe('done')
    expect(yield* Wait(task)).toBe('value')
  })
})

test('twice is once', () => {
  const log: string[] = []
  go(function* () {
    const task = yield* Spawn(noting(log, CreatePromise().flatMap(p => Wait(p.future)) as Any))
    yield* Yield()
    yield* Cancel(task)
    yield* Cancel(task)
    yield* statusOf(task)
    yield* Cancel(task)
    expect(task.status).toBe('cancelled')
  })
  expect(log).toEqual(['unwound'])
})

test('a task that cancels itself goes on to its next suspension', () => {
  const log: string[] = []
  go(function* () {
    const own: Task = yield* Spawn(function* () {
      try {
        yield* Cancel(own)
        log.push('still here')
        yield* CreatePromise()
        log.push('and here')
        yield* Yield()
        log.push('never')
      } finally {
        log.push('unwound')
      }
    })
    expect(yield* statusOf(own)).toBe('cancelled')
  })
  expect(log).toEqual(['still here', 'and here', 'unwound'])
})

test('a task that cancels itself and returns before it suspends has returned', () => {
  go(function* () {
    const own: Task = yield* Spawn(function* () {
      yield* Cancel(own)
      return 'value'
    })
    expect(yield* Wait(own)).toBe('value')
  })
})

test('a task that cancels itself unwinds at its next suspension, after a scheduler inside of it has ended, too', () => {
  const log: string[] = []
  go(function* () {
    const settled = yield* Spawn(pure(0))
    // From now on the driver knows who takes it.
    yield* Wait(settled)
    const own: Task = yield* Spawn(function* () {
      yield* Cancel(own)
      yield* pure(0).with(scheduled())
      log.push('goes on')
      yield* Wait(settled)
      log.push('not here')
    })
    expect(yield* statusOf(own)).toBe('cancelled')
  })
  expect(log).toEqual(['goes on'])
})

test('the suspension that a cancelled task reaches is not carried out', () => {
  go(function* () {
    const one = yield* CreateSemaphore(1)
    const own: Task = yield* Spawn(function* () {
      yield* Cancel(own)
      yield* Acquire(one)
    })
    yield* statusOf(own)
    yield* Acquire(one)
  })
})

test('a task that has been answered and is cancelled before its turn goes on to its next suspension', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    const twice = Do(function* () {
      log.push(String(yield* Wait(promise.future)))
      yield* Yield()
      log.push('not here')
    })
    const task = yield* Spawn(noting(log, twice() as Any))
    yield* Yield()
    yield* CompletePromise(promise, 'value')
    yield* Cancel(task)
    yield* Cancel(task)
    expect(yield* statusOf(task)).toBe('cancelled')
  })
  expect(log).toEqual(['value', 'unwound'])
})

test('a task that has been answered, is cancelled before its turn and waits no more has ended', () => {
  go(function* () {
    const promise = yield* CreatePromise<string>()
    const task = yield* Spawn(Wait(promise.future))
    yield* Yield()
    yield* CompletePromise(promise, 'value')
    yield* Cancel(task)
    expect(yield* statusOf(task)).toBe('done')
    expect(yield* Wait(task)).toBe('value')
  })
})

test.each([
  ['a promise', (p: never) => CompletePromise(p, 0), () => CreatePromise()],
  [
    'an external promise',
    (p: { complete(v: number): void }) => pure(0).map(() => p.complete(0)),
    () => CreateExternalPromise(),
  ],
])('a task that was cancelled while it waited for %s never resumes', (_name, complete, create) => {
  const log: string[] = []
  go(function* () {
    const promise = (yield create() as never) as { future: Task }
    for (const wait of [Wait, Gather, Race] as (typeof Wait)[]) {
      const task = yield* Spawn(noting(log, wait(promise.future) as Any))
      yield* Yield()
      yield* Cancel(task)
      yield* statusOf(task)
    }
    yield complete(promise as never)
    for (let i = 0; i < 5; i++) yield* Yield()
  })
  expect(log).toEqual(['unwound', 'unwound', 'unwound'])
})

test('who waits for the cancelled task is told; who gathers it, too', () => {
  go(function* () {
    const task = yield* Spawn(Wait((yield* CreatePromise()).future), { name: 'victim' })
    const waiters = [yield* Spawn(Wait(task)), yield* Spawn(Gather(task)), yield* Spawn(Race(task))]
    yield* Yield()
    yield* Cancel(task)
    for (const waiter of waiters) {
      let caught: unknown
      try {
        yield* Wait(waiter as Task)
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(TaskCancelledError)
      expect((waiter as Task).status).toBe('failed')
    }
  })
})

test('a cancelled parent does not take its children with it', () => {
  const log: string[] = []
  go(function* () {
    let child!: Task
    const parent = yield* Spawn(function* () {
      child = yield* Spawn(noting(log, Yield().flatMap(() => Yield()) as Any))
      yield* Wait(child)
    })
    yield* Yield()
    yield* Cancel(parent)
    yield* statusOf(parent)
    yield* Wait(child)
    expect(child.status).toBe('done')
  })
  expect(log).toEqual(['ended', 'unwound'])
})

test.each([42, undefined, null, {}])('%p is not a task', x => {
  expect(thrownBy(() => Cancel(x as never))).toBeInstanceOf(InvalidWaitableError)
})

test('a future is not a task', () => {
  go(function* () {
    const promise = yield* CreatePromise()
    const error = thrownBy(() => Cancel(promise.future as never)) as Error
    expect(error).toBeInstanceOf(InvalidWaitableError)
    expect(error.message).toMatch(/^Cancel takes a task, not/)
  })
})
