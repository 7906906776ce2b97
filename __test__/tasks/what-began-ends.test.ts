// What began ends, what was acquired is released: ordinary programs whose cleanup waits, and what may come meanwhile.

import {
  Acquire,
  All,
  Any,
  Await,
  bracket,
  Cancel,
  CreateSemaphore,
  Do,
  ensure,
  fail,
  Failure,
  Get,
  pure,
  Race,
  Release,
  retry,
  runAsync,
  scheduled,
  Scope,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  Timeout,
  traverse,
  uncancelable,
  Wait,
  withPermit,
  Yield,
  type Program,
  type Task,
} from '../../index'
import { thrownBy } from '../support/leaks'
import { rejectionOf, turnOfTheEventLoop } from '../support/tasks'
import { log, timed } from '../support/workers'

type Any = Program<unknown, unknown>

const note = (event: string) => pure(0).map(() => void log.push(event))
const closing = Do(function* closing() {
  log.push('closing')
  yield* Sleep(10)
  log.push('closed')
})
const failsAt = Do(function* failsAt(ms: number) {
  yield* Sleep(ms)
  throw new Error('sibling')
})

/** A resource whose use ends at once, so that its cleanup has begun by itself. */
const used = () =>
  bracket(
    pure('conn'),
    () => pure('used'),
    () => closing(),
  )
/** A program that is interrupted in its use. */
const inUse = () =>
  bracket(
    pure('conn'),
    () => Sleep(1e6),
    () => closing(),
  )
const held = Do(function* held() {
  const one = yield* CreateSemaphore(1)
  return yield* withPermit(one, ensure(Sleep(1e6), closing()))
})

/** What may come while something cleans up: each ends the program at 5 ms, some of it once more while it cleans up. */
const interruptions: [name: string, around: (program: Any) => Any][] = [
  ['a sibling that fails', program => All([program, failsAt(5)])],
  [
    'a sibling of a traverse that fails',
    program => traverse([program, failsAt(5)], each => each as Any, { concurrency: 2 }),
  ],
  ['a sibling that wins', program => Any([program, Sleep(5)])],
  ['a Timeout', program => Timeout(5, program)],
  ['a Timeout in a Timeout', program => Timeout(8, Timeout(5, program))],
  ['the end of a Scope', program => Scope(Spawn(program).flatMap(() => Sleep(5)))],
  ['the end of the root program', program => Spawn(program).flatMap(() => Sleep(5))],
  [
    'Cancel, twice',
    program =>
      Do(function* () {
        const task = yield* Spawn(program)
        yield* Sleep(5)
        yield* Cancel(task)
        yield* Sleep(2)
        yield* Cancel(task)
        yield* Sleep(99)
      })(),
  ],
  ['a task that fails and is waited for', program => All([All([program, Sleep(99)]), failsAt(5)])],
]

describe.each(interruptions)('%s', (_name, around) => {
  test.each<[string, () => Any]>([
    ['that began by itself', used],
    ['of what is interrupted', inUse],
    ['that gives a permit back', held],
    ['around a Timeout', () => ensure(Timeout(1e6, Sleep(1e6)), closing())],
    ['that uses forms itself', () => ensure(Sleep(1e6), Timeout(50, All([closing(), Sleep(1)])))],
    ['that retries', () => ensure(Sleep(1e6), retry(closing(), { attempts: 2 }))],
  ])('lets cleanup %s be carried through', (_what, program) => {
    try {
      timed(around(program()) as Program<unknown>)
    } catch {
      // What it ends with is another matter.
    }
    expect(log).toEqual(['closing', 'closed'])
  })

  test('sees nothing of what is uncancelable', () => {
    const region = uncancelable(
      note('in')
        .flatMap(() => Sleep(10))
        .flatMap(() => note('out')),
    )
    try {
      timed(around(region) as Program<unknown>)
    } catch {
      // As above.
    }
    expect(log).toEqual(['in', 'out'])
  })
})

test('an abort of the run lets cleanup be carried through, on the real clock too', async () => {
  const controller = new AbortController()
  const program = ensure(
    Do(function* () {
      setImmediate(() => controller.abort(new Error('stop')))
      yield* Sleep(1e6)
    })(),
    Timeout(60_000, All([note('one'), Await(turnOfTheEventLoop()).flatMap(() => note('two'))])),
  )
  const rejection = await rejectionOf(runAsync(program.with(scheduled()), { signal: controller.signal }))
  expect(rejection).toEqual(new Error('stop'))
  expect(log).toEqual(['one', 'two'])
})

test('a form ends after its tasks, also when it is cancelled while it ends them', () => {
  const slow = ensure(
    Sleep(1000),
    Sleep(50).flatMap(() => note('cleaned up')),
  )
  const program = Do(function* () {
    try {
      yield* Timeout(20, Timeout(5, slow))
    } catch {
      log.push('over')
    }
    yield* Sleep(100)
  })
  timed(program())
  expect(log).toEqual(['cleaned up', 'over'])
})

describe('a task that has failed and is cancelled while it cleans up', () => {
  const program = (task: Any) =>
    Do(function* () {
      const failing = yield* Spawn(task)
      yield* Sleep(1)
      yield* Cancel(failing)
      yield* Sleep(99)
      return failing.status
    })()
  const real = Do(function* () {
    throw new Error('real')
  })
  class Broken extends Failure('Broken') {}

  test.each<[string, () => Any, unknown]>([
    ['an error', () => ensure(real(), Sleep(10)), new Error('real')],
    ['a typed failure', () => ensure(fail(new Broken()), Sleep(10)), new Broken()],
    ['an error in a form', () => ensure(All([real(), Sleep(5)]), Sleep(10)), new Error('real')],
    [
      'an error in its use of a resource',
      () =>
        bracket(
          pure(1),
          () => real(),
          () => Sleep(10),
        ),
      new Error('real'),
    ],
  ])('has failed with it: %s', async (_what, task, error) => {
    const seen: unknown[] = []
    const timed = program(task()).with(simulatedClock()).with(scheduled()) as Program<unknown>
    expect(await runAsync(timed, { onUnobservedFailure: error => seen.push(error) })).toBe('failed')
    expect(seen).toEqual([error])
  })
})

test('All loses no failure: those of the same turn that it does not throw are reported', async () => {
  const seen: string[] = []
  const failing = Do(function* (name: string) {
    yield* Yield()
    throw new Error(name)
  })
  const all = All([failing('a'), failing('b'), failing('c')]).with(scheduled())
  const error = await rejectionOf(runAsync(all, { onUnobservedFailure: error => seen.push((error as Error).message) }))
  expect(error).toEqual(new Error('a'))
  expect(seen).toEqual(['b', 'c'])
})

describe('what was acquired in the moment of a cancellation is released', () => {
  let open = 0
  beforeEach(() => {
    open = 0
  })
  const close = () => pure(0).map(() => void open--)
  /** Opens, and cancels who has asked for it in the very same turn. */
  const opening = (user: () => Task) =>
    Do(function* () {
      yield* Sleep(10)
      open++
      yield* Cancel(user())
      return 'conn'
    })()

  test.each<[string, (open: Any) => Any]>([
    ['by itself', open => open],
    ['in a Timeout', open => Timeout(1000, open)],
    ['in a Timeout that ends at the same time', open => Timeout(10, open)],
    ['in All', open => All([open, Sleep(10)])],
    ['in Any', open => Any([Sleep(1e6), open])],
    ['in a Scope', open => Scope(open)],
    ['by a task of its own', open => Spawn(open).flatMap(task => Wait(task))],
    ['with retries', open => retry(open, { attempts: 3 })],
  ])('%s', (_how, by) => {
    let user: Task | undefined
    const program = Do(function* () {
      const resource = by(opening(() => user as Task))
      user = (yield* Spawn(bracket(resource, () => Sleep(1e6), close))) as Task
      yield* Sleep(99)
    })
    timed(program())
    expect(open).toBe(0)
  })

  test('the loser of Any that ended in the same turn as the winner', () => {
    const opened = (ms: number) =>
      bracket(
        Sleep(ms).map(() => void open++),
        () => pure(ms),
        close,
      )
    expect(timed(Any([opened(5), opened(5)]))).toBe(5)
    expect(open).toBe(0)
  })

  test('what is still awaited when time is up, and comes in that turn', async () => {
    const opened = Await(turnOfTheEventLoop()).map(() => void open++)
    const user = Do(function* () {
      try {
        yield* bracket(Timeout(0, opened), () => pure(1), close)
      } catch {
        // Whether it came in time does not matter here.
      }
    })
    // Somebody computes meanwhile, so that both have come when the next turn begins.
    const busy = Do(function* () {
      yield* Await(turnOfTheEventLoop())
      for (let at = 0; at < 1e5; at++) yield* Get('n')
    })
    await runAsync(All([user(), busy()]).with(state()).with(scheduled()) as Program<unknown>)
    expect(open).toBe(0)
  })
})

describe('permits', () => {
  test('one given back by who has none is not taken from a living holder', () => {
    const program = Do(function* () {
      const two = yield* CreateSemaphore(2)
      const holder = yield* Spawn(Acquire(two).flatMap(() => Sleep(1e6)))
      yield* Yield()
      yield* Acquire(two)
      yield* Wait(yield* Spawn(Release(two)))
      yield* Cancel(holder)
      yield* Yield()
      // Both are free again, and there are no more than two.
      yield* Acquire(two)
      yield* Timeout(10, Acquire(two))
      return yield* Timeout(10, Acquire(two)).map(() => 'a third')
    })
    expect((thrownBy(() => timed(program())) as Error).name).toBe('TimeoutError')
  })

  test('one that comes in the instant in which time is up belongs to somebody', () => {
    const program = Do(function* () {
      const one = yield* CreateSemaphore(1)
      yield* Acquire(one)
      const waiting = yield* Spawn(
        Do(function* () {
          try {
            yield* Timeout(10, withPermit(one, pure('got it')))
          } catch {
            log.push('too late')
          }
        })(),
      )
      yield* Sleep(10)
      yield* Release(one)
      yield* Wait(waiting)
      yield* Acquire(one)
      return 'free'
    })
    expect(timed(program())).toBe('free')
  })

  test('the loser of a Race for one keeps none', () => {
    const program = Do(function* () {
      const one = yield* CreateSemaphore(1)
      const first = yield* Spawn(withPermit(one, Sleep(5)))
      const second = yield* Spawn(withPermit(one, Sleep(1e6)))
      yield* Race([first, second])
      yield* Cancel(second)
      yield* Yield()
      yield* withPermit(one, note('free'))
    })
    timed(program())
    expect(log).toEqual(['free'])
  })
})

describe('simulated time does not jump over what is settled', () => {
  const simulated = (program: Any) => runAsync(program.with(simulatedClock()).with(scheduled()) as Program<unknown>)

  test.each<[string, () => Promise<number>]>([
    ['already', () => Promise.resolve(7)],
    ['in a microtask', async () => 7],
    ['in some microtasks', () => Promise.resolve().then(() => Promise.resolve().then(() => 7))],
  ])('%s', async (_when, fake) => {
    expect(await simulated(Timeout(1000, Await(fake())))).toBe(7)
    expect(await simulated(Any([Sleep(10), Await(fake())]))).toBe(7)
  })

  test('in a loop that lets the event loop have its turns', async () => {
    const looping = Do(function* () {
      let sum = 0
      for (let at = 0; at < 2000; at++)
        sum += (yield* Any([Sleep(10).map(() => 0), Await(Promise.resolve().then(() => 1))])) as number
      return sum
    })
    const timed = looping().with(simulatedClock()).with(scheduled())
    for (const yieldEveryMs of [0, 1]) expect(await runAsync(timed, { yieldEveryMs })).toBe(2000)
  })
})
