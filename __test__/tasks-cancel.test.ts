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
  effect,
  Gather,
  Get,
  handler,
  InvalidWaitableError,
  pure,
  Put,
  Race,
  scheduled,
  Sleep,
  Spawn,
  state,
  type Program,
  type Task,
  TaskCancelledError,
  Tell,
  Wait,
  Yield,
} from '../index'
import { newVm, thrownBy } from './support/leaks'
import { go, goAsync, turnOfTheEventLoop } from './support/tasks'

/** Runs `program` in a task; notes when it is unwound or ends. */
const noting = Do(function* (log: string[], program: Program<unknown, never>) {
  try {
    yield* program
    log.push('ended')
  } finally {
    log.push('unwound')
  }
})
const statusOf = Do(function* (task: Task) {
  try {
    yield* Wait(task)
  } catch (error) {
    if (!(error instanceof TaskCancelledError)) throw error
  }
  return task.status
})
type Any = Program<unknown, never>

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

test('frames are closed innermost first', () => {
  const log: number[] = []
  const nest = Do(function* (depth: number): Generator<Program<unknown, never>, void> {
    try {
      if (depth === 0) yield CreatePromise().flatMap(p => Wait(p.future)) as Any
      else yield nest(depth - 1) as Any
    } finally {
      log.push(depth)
    }
  })
  go(function* () {
    const task = yield* Spawn(nest(4))
    yield* Yield()
    yield* Cancel(task)
    yield* statusOf(task)
  })
  expect(log).toEqual([0, 1, 2, 3, 4])
})

test('cleanup performs effects under the handlers of the task', () => {
  go(function* () {
    const items = yield* Do(function* () {
      const task = yield* Spawn(function* () {
        try {
          yield* Wait((yield* CreatePromise()).future)
        } finally {
          yield* Put('cleaned', (yield* Get('by')) as string)
        }
      })
      yield* Yield()
      yield* Put('by', 'finally')
      yield* Cancel(task)
      yield* statusOf(task)
      return yield* Get('cleaned')
    })().with(state())
    expect(items).toBe('finally')
  })
})

test('cleanup may wait, and is not cancelled once more', () => {
  const log: string[] = []
  go(function* () {
    const gate = yield* CreatePromise()
    const task = yield* Spawn(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        log.push('waits')
        yield* Wait(gate.future)
        log.push('goes on')
      }
    })
    yield* Yield()
    yield* Cancel(task)
    yield* Yield()
    yield* Cancel(task)
    yield* Yield()
    expect(task.status).toBe('pending')
    yield* CompletePromise(gate, 0)
    expect(yield* statusOf(task)).toBe('cancelled')
  })
  expect(log).toEqual(['waits', 'goes on'])
})

test('an error of the cleanup is the task’s own', () => {
  go(function* () {
    const task = yield* Spawn(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        throw new Error('cleanup')
      }
    })
    yield* Yield()
    yield* Cancel(task)
    let caught: unknown
    try {
      yield* Wait(task)
    } catch (error) {
      caught = error
    }
    expect(caught).toEqual(new Error('cleanup'))
    expect(task.status).toBe('failed')
  })
})

test('a task that has been woken and is cancelled before its turn does not go on', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    const task = yield* Spawn(noting(log, Wait(promise.future) as Any))
    yield* Yield()
    yield* CompletePromise(promise, 'value')
    yield* Cancel(task)
    expect(yield* statusOf(task)).toBe('cancelled')
  })
  expect(log).toEqual(['unwound'])
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
    for (const wait of [Wait, Gather, Race]) {
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

test('the signal of a running Await is aborted', async () => {
  const log: string[] = []
  await goAsync(function* () {
    const task = yield* Spawn(
      Await(
        signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => log.push('aborted'))
          }),
      ),
    )
    yield* Yield()
    yield* Cancel(task)
    yield* statusOf(task)
    yield* Await(turnOfTheEventLoop())
  })
  expect(log).toEqual(['aborted'])
})

test('the signal is aborted while other tasks keep computing', async () => {
  const seen = { aborted: false }
  await goAsync(function* () {
    const task = yield* Spawn(
      Await(
        signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => (seen.aborted = true))
          }),
      ),
    )
    yield* Yield()
    yield* Cancel(task)
    while (!seen.aborted) yield* Yield()
  })
  expect(seen.aborted).toBe(true)
})

test('the signal of an Await that has settled is not aborted', async () => {
  let signal!: AbortSignal
  await goAsync(function* () {
    yield* Await(given => {
      signal = given
      return turnOfTheEventLoop()
    })
  })
  expect(signal.aborted).toBe(false)
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

test('cleanup of a cancelled task may spawn; the task runs', () => {
  const log: string[] = []
  go(function* () {
    let child!: Task
    const task = yield* Spawn(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        child = yield* Spawn(function* () {
          log.push('spawned by cleanup')
        })
      }
    })
    yield* Yield()
    yield* Cancel(task)
    yield* statusOf(task)
    yield* Wait(child)
  })
  expect(log).toEqual(['spawned by cleanup'])
})

test('a task with a suspended clause, kept continuations and inner handlers unwinds completely', () => {
  const Ask2 = effect('Ask2')<[], string>()
  const log: string[] = []
  const kept: unknown[] = []
  const keeping = handler('keeping').raw(Ask2, function* (k) {
    kept.push(k)
    try {
      yield* Wait((yield* CreatePromise()).future)
    } finally {
      yield* Tell('clause')
    }
  })
  go(function* () {
    yield* Do(function* () {
      const task = yield* Spawn(
        Do(function* () {
          try {
            yield* Ask2()
          } finally {
            log.push('body')
          }
        })().with(keeping),
      )
      yield* Yield()
      yield* Cancel(task)
      yield* statusOf(task)
    })().with(handler('log').fun(Tell, message => void log.push(String(message))))
  })
  expect(log).toEqual(['clause', 'body'])
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

test('aborting the run unwinds every task', async () => {
  const log: string[] = []
  const controller = new AbortController()
  const vm = newVm()
  const program = Do(function* () {
    yield* Spawn(noting(log, Wait((yield* CreateExternalPromise()).future) as Any))
    yield* Spawn(noting(log, Sleep(1e9) as Any))
    yield* Spawn(noting(log, Await(new Promise(() => {})) as Any))
    yield* noting(log, Await(async () => controller.abort('stop')).flatMap(() => Await(new Promise(() => {}))) as Any)
  })
  await expect(vm.runAsync(program().with(scheduled()), { signal: controller.signal })).rejects.toBe('stop')
  expect(log).toEqual(['unwound', 'unwound', 'unwound', 'unwound'])
})

test('a program that aborts its own run and returns before it waits has returned', async () => {
  const controller = new AbortController()
  const program = Do(function* () {
    controller.abort('stop')
    yield* Yield()
    return 'value'
  })
  expect(await newVm().runAsync(program().with(scheduled()), { signal: controller.signal })).toBe('value')
})

test('a program that aborts its own run while it computes is unwound soon', async () => {
  const log: string[] = []
  const controller = new AbortController()
  const program = Do(function* () {
    try {
      controller.abort('stop')
      for (;;) yield* Yield()
    } finally {
      log.push('unwound')
    }
  })
  const running = newVm().runAsync(program().with(scheduled()), { signal: controller.signal })
  await expect(running).rejects.toBe('stop')
  expect(log).toEqual(['unwound'])
})
