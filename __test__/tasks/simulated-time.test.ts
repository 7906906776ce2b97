// Simulated time: when no task can go on, the clock jumps to the next timer. Hours take no time and are the same every
// time.

import fc from 'fast-check'

import {
  All,
  Await,
  Cancel,
  CreateExternalPromise,
  CreatePromise,
  DeadlockError,
  Do,
  Gather,
  Now,
  type Program,
  pure,
  Race,
  retry,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  type Task,
  Timeout,
  TimeoutError,
  Wait,
  Yield,
} from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'
import { goAsync, warningsDuring } from '../support/tasks'

const HOUR = 3_600_000
const simulate = <A>(program: Program<A, unknown>, start?: number): A =>
  run(program.with(simulatedClock(start === undefined ? {} : { start })).with(scheduled()) as never) as A

test('ten hours pass in no time', () => {
  const program = Do(function* () {
    for (let i = 0; i < 10; i++) yield* Sleep(HOUR)
    return yield* Now()
  })
  expect(simulate(program())).toBe(10 * HOUR)
})

test('it starts at 0, or where it is told to, in each run anew', () => {
  const slow = Sleep(5).flatMap(() => Now())
  const clock = simulatedClock()
  for (let i = 0; i < 2; i++) expect(run(slow.with(clock).with(scheduled()))).toBe(5)
  expect(simulate(slow, 1000)).toBe(1005)
})

test('stands still while any task can go on', () => {
  const program = Do(function* () {
    yield* Spawn(Sleep(1), { daemon: true })
    for (let i = 0; i < 100; i++) yield* Yield()
    return yield* Now()
  })
  expect(simulate(program())).toBe(0)
})

test('of several clocks, the one that was asked first jumps first', () => {
  const order = (outerFirst: boolean) => {
    const woken: string[] = []
    const sleeping = (name: string, ms: number) => Sleep(ms).map(() => void woken.push(name))
    const program = Do(function* () {
      const outer = yield* Spawn(sleeping('outer', 1000))
      if (outerFirst) yield* Yield()
      yield* sleeping('inner', 1).with(simulatedClock()).with(scheduled())
      yield* Wait(outer)
    })
    simulate(program())
    return woken
  }
  expect(order(true)).toEqual(['outer', 'inner'])
  expect(order(false)).toEqual(['inner', 'outer'])
})

test('sleepers wake in the order of their times, those of one instant in the order of falling asleep', () => {
  const sleeps = fc.array(fc.nat(10), { maxLength: 30 })
  fc.assert(
    fc.property(sleeps, times => {
      const log: [number, number][] = []
      simulate(
        Do(function* () {
          const tasks: Task[] = []
          for (const [at, ms] of times.entries()) {
            tasks.push(
              yield* Spawn(function* () {
                yield* Sleep(ms)
                log.push([yield* Now(), at])
              }),
            )
          }
          yield* Gather(...tasks)
        })(),
      )
      const expected = [...times.entries()].map(([at, ms]): [number, number] => [ms, at])
      expected.sort(([a, i], [b, j]) => a - b || i - j)
      expect(log).toEqual(expected)
    }),
    { numRuns: 100 },
  )
})

test('a timer that was called off does not hold up the clock', () => {
  const program = Do(function* () {
    const task = yield* Spawn(Sleep(HOUR))
    yield* Yield()
    yield* Cancel(task)
    yield* Sleep(5)
    return yield* Now()
  })
  expect(simulate(program())).toBe(5)
})

test('of thousands of timers, most of them called off, the others are kept', () => {
  const program = Do(function* () {
    for (let i = 0; i < 2000; i++) yield* Timeout(HOUR + i, Sleep(1))
    return yield* Now()
  })
  expect(simulate(program())).toBe(2000)
})

test('Sleep(0) lets the others run, and no time pass', () => {
  const log: string[] = []
  const program = Do(function* () {
    const other = yield* Spawn(function* () {
      log.push('other')
    })
    yield* Sleep(0)
    log.push('awake')
    yield* Wait(other)
    return yield* Now()
  })
  expect(simulate(program())).toBe(0)
  expect(log).toEqual(['other', 'awake'])
})

test('fractions and huge times are exact', () => {
  expect(simulate(Sleep(0.5).flatMap(() => Now()))).toBe(0.5)
  expect(simulate(Sleep(1e15).flatMap(() => Now()))).toBe(1e15)
})

test('Sleep(Infinity) never ends: a deadlock when nothing else can happen, a timeout can end it', () => {
  expect(() => simulate(Sleep(Infinity))).toThrow(DeadlockError)
  expect(() => run(Sleep(Infinity).with(scheduled()).with(simulatedClock()) as never)).toThrow(DeadlockError)
  expect(() => simulate(Timeout(10, Sleep(Infinity)))).toThrow(TimeoutError)
})

test('nobody who sleeps, nobody who can go on: a deadlock instead of a hang', () => {
  const stuck = Sleep(10).flatMap(() => CreatePromise().flatMap(promise => Wait(promise.future)))
  expect(() => simulate(stuck)).toThrow(DeadlockError)
})

test.each([-1, NaN, '5', undefined, null])('Sleep(%p) is refused where the effect is made', ms => {
  expect(thrownBy(() => Sleep(ms as never))).toBeInstanceOf(RangeError)
})

test('Timeout and retry go by it', () => {
  let attempts = 0
  const program = Do(function* () {
    const flaky = Do(function* () {
      if (++attempts < 5) throw new Error('not yet')
      return yield* Now()
    })
    return yield* Timeout(HOUR, retry(flaky(), { attempts: 5, delay: 1000 }))
  })
  expect(simulate(program())).toBe(1000 + 2000 + 4000 + 8000)
})

test('it may stand outside of the scheduler as well', () => {
  const slow = Sleep(HOUR).flatMap(() => Now())
  expect(run(slow.with(scheduled()).with(simulatedClock()) as never)).toBe(HOUR)
  const raced = Timeout(5, Sleep(HOUR))
  expect(() => run(raced.with(scheduled()).with(simulatedClock()) as never)).toThrow(TimeoutError)
})

test('so it may around the scheduler of a VM', () => {
  const vm = newVm()
  const slow = Sleep(HOUR).flatMap(() => Now())
  expect(vm.run(slow.with(vm.scheduler()).with(simulatedClock()))).toBe(HOUR)
  expect(vm.run(slow.with(simulatedClock()).with(vm.scheduler()))).toBe(HOUR)
})

test('two clocks are two times: each goes by its own', () => {
  const program = Do(function* () {
    const inner = Sleep(100)
      .flatMap(() => Now())
      .with(simulatedClock({ start: 1000 }))
    const outer = Sleep(10).flatMap(() => Now())
    return yield* All([inner, outer])
  })
  expect(simulate(program())).toEqual([1100, 10])
})

test('a clock around a scheduler inside is that one’s alone', () => {
  const program = Do(function* () {
    const inner = Sleep(100)
      .flatMap(() => Now())
      .with(scheduled())
      .with(simulatedClock({ start: 1000 }))
    return [yield* inner, yield* Sleep(10).flatMap(() => Now())]
  })
  expect(simulate(program())).toEqual([1100, 10])
  const around = program().with(scheduled()).with(simulatedClock())
  expect(run(around as Program<unknown>)).toEqual([1100, 10])
})

test('real time goes on as it did after a scheduler inside with a clock of its own', async () => {
  const before = Date.now()
  const now = await goAsync(function* () {
    yield* pure(0).with(scheduled()).with(simulatedClock())
    return yield* Now()
  })
  expect(now).toBeGreaterThanOrEqual(before)
})

test('under a step by step run, and an asynchronous one, it is the same', async () => {
  const program = All([Sleep(10).flatMap(() => Now()), Sleep(HOUR).flatMap(() => Now())])
    .with(simulatedClock())
    .with(scheduled())
  const vm = newVm()
  expect(await vm.runAsync(program)).toEqual([10, HOUR])
  vm.startProgram(program)
  let step = vm.stepOnce()
  while (step.tag === 'continue') step = vm.stepOnce()
  expect(step).toEqual({ tag: 'done', value: [10, HOUR] })
})

test('in an asynchronous run time does not wait for what only the event loop can bring', async () => {
  const program = Do(function* () {
    const promise = yield* CreateExternalPromise<string>()
    const timer = setTimeout(promise.complete, 60_000, 'outside')
    const { value } = yield* Race(promise.future, yield* Spawn(Sleep(HOUR).map(() => 'clock')))
    clearTimeout(timer)
    return value
  })
  expect(await newVm().runAsync(program().with(simulatedClock()).with(scheduled()))).toBe('clock')
})

describe('simulated time does not jump over what comes without the event loop', () => {
  const inMicrotasks = async (n: number) => {
    for (let i = 0; i < n; i++) await Promise.resolve()
    return 7
  }
  const inTicks = () => new Promise<number>(resolve => process.nextTick(() => process.nextTick(resolve, 7)))
  const external = Do(function* () {
    const promise = yield* CreateExternalPromise<number>()
    queueMicrotask(() => promise.complete(7))
    return yield* Wait(promise.future)
  })
  const timedOut = Do(function* () {
    try {
      return yield* Timeout(1000, Sleep(HOUR))
    } catch {
      return yield* Await(inMicrotasks(3))
    }
  })
  test.each<[string, () => Program<number | void, unknown>]>([
    ['what is settled', () => Await(Promise.resolve(7))],
    ['what settles in microtasks', () => Await(inMicrotasks(50))],
    ['what settles in ticks', () => Await(inTicks())],
    ['one after the other', () => Await(inMicrotasks(5)).flatMap(() => Await(inTicks()))],
    ['an external promise', external],
    ['after a jump as well', timedOut],
  ])('%s', async (_what, body) => {
    const inside = Timeout(2000, body()).with(simulatedClock()).with(scheduled()) as Program<number>
    const around = Timeout(2000, body()).with(scheduled()).with(simulatedClock()) as Program<number>
    expect(await newVm().runAsync(inside)).toBe(7)
    expect(await newVm().runAsync(around)).toBe(7)
    // Whoever drives a VM step by step awaits what it is told to.
    const vm = newVm()
    vm.startProgram(inside)
    let step = vm.stepOnce()
    for (; step.tag !== 'done'; step = vm.stepOnce()) {
      if (step.tag === 'callAsync') vm.feedAsyncResult(await step.func(...step.args))
    }
    expect(step.value).toBe(7)
  })
})

test('what sleeps when the root program ends is left over and unwound', async () => {
  const log: string[] = []
  const warnings = await warningsDuring(() =>
    simulate(
      Do(function* () {
        yield* Spawn(function* () {
          try {
            yield* Sleep(HOUR)
          } finally {
            log.push('unwound')
          }
        })
        yield* Yield()
      })(),
    ),
  )
  expect(log).toEqual(['unwound'])
  expect(warnings.map(({ code }) => code)).toEqual(['DOEFF_LEFTOVER_TASKS'])
})

test('the trace of a simulation is the same 100 times over', () => {
  const trace = () => {
    const log: string[] = []
    simulate(
      Do(function* () {
        const tasks: Task[] = []
        for (const ms of [5, 3, 5, 1, 0, 8]) {
          tasks.push(
            yield* Spawn(function* () {
              for (let i = 0; i < 3; i++) {
                yield* Sleep(ms)
                log.push(`${ms}@${yield* Now()}`)
              }
            }),
          )
        }
        yield* Gather(...tasks)
      })(),
    )
    return log.join(' ')
  }
  const first = trace()
  for (let i = 0; i < 100; i++) expect(trace()).toBe(first)
})

test.each([NaN, Infinity, '5', null])('a start that is no finite number is refused where it is given: %p', start => {
  const make = (): unknown => simulatedClock({ start: start as never })
  expect(make).toThrow(RangeError)
  expect(make).toThrow('simulatedClock: start is a number of milliseconds')
})
