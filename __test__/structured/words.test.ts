// Small words: programs one after the other, and side by side whatever becomes of each.

import fc from 'fast-check'

import {
  All,
  allSettled,
  attempt,
  Cancel,
  Do,
  forever,
  Get,
  Listen,
  Modify,
  Now,
  orElse,
  pure,
  raceAll,
  repeat,
  retry,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  tap,
  Tell,
  traverse,
  Wait,
  writer,
  zip,
  type Program,
} from '../../index'
import { failureOf, run, thrownBy } from '../support/leaks'

const simulate = <A>(program: Program<A, unknown>): A =>
  run(program.with(simulatedClock()).with(scheduled()) as never) as A

const fails = Do(function* (error: unknown): Generator<never, never> {
  throw error
})

/** Ends after so many milliseconds, with a value or with an error; notes when it is unwound. */
const after = (ms: number, value: unknown, events: unknown[] = []) =>
  Do(function* () {
    let isOver = false
    try {
      yield* Sleep(ms)
      isOver = true
      if (value instanceof Error) throw value
      return value
    } finally {
      if (!isOver) events.push(`${ms} unwound`)
    }
  })()

describe('one after the other', () => {
  test('zip is traverse, with the types of each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), numbers => {
        const told = (n: number) => Tell(n).map(() => n)
        const log = (program: Program<unknown, never>) => run(Listen(program).with(writer()))
        expect(log(zip(...numbers.map(told)) as never)).toEqual(log(traverse(numbers, told) as never))
      }),
      { numRuns: 50 },
    )
  })

  test('zip ends with the first error: what comes after it is not run', () => {
    const program = zip(Tell('a'), fails('no'), Tell('b'))
    expect(run(Listen(attempt(program)).with(writer()))).toEqual([{ ok: false, error: 'no' }, ['a']])
  })

  test('tap keeps the result, and its errors are errors of the program', () => {
    expect(run(Listen(tap(pure(1), n => Tell(n))).with(writer()))).toEqual([1, [1]])
    expect(failureOf(tap(pure(1), () => fails('no')))).toBe('no')
    expect(failureOf(tap(fails('first'), () => fails('second')))).toBe('first')
  })

  test('orElse runs the other program only after an error, and outside of the try', () => {
    expect(run(orElse(pure(1), () => fails('no')))).toBe(1)
    expect(run(orElse(fails('no'), error => pure([error])))).toEqual(['no'])
    expect(failureOf(orElse(fails('first'), () => fails('second')))).toBe('second')
  })

  test('orElse does not catch a cancellation', () => {
    const events: string[] = []
    const program = Do(function* () {
      const task = yield* Spawn(orElse(Sleep(100), () => pure(void events.push('caught'))))
      yield* Sleep(1)
      yield* Cancel(task)
      return (yield* attempt(Wait(task))).ok
    })
    expect(simulate(program())).toBe(false)
    expect(events).toEqual([])
  })

  test('repeat answers the results in order; none, of no time', () => {
    const next = Modify<number>('n', n => (n ?? 0) + 1)
    expect(run(repeat(next, 4).with(state({ n: 0 })))).toEqual([0, 1, 2, 3])
    expect(run(zip(repeat(next, 0), Get('n')).with(state({ n: 7 })))).toEqual([[], 7])
  })

  test('forever ends with an error, or is cancelled', () => {
    let left = 1000
    const work = Do(function* () {
      if (left-- === 0) throw new RangeError('enough')
    })
    expect(failureOf(forever(work()))).toBeInstanceOf(RangeError)
    const program = Do(function* () {
      const task = yield* Spawn(forever(Sleep(10)))
      yield* Sleep(35)
      yield* Cancel(task)
      yield* attempt(Wait(task))
      return yield* Now()
    })
    expect(simulate(program())).toBe(35)
  })

  test.each([
    [() => zip(7 as never), 'zip takes a program, not 7.'],
    [() => tap(7 as never, () => pure(1)), 'tap takes a program, not 7.'],
    [() => tap(pure(1), 7 as never), 'tap takes a program and a function that gives one, not 7.'],
    [() => orElse(pure(1), pure(1) as never), 'orElse takes a program and a function that gives one, not pure(1).'],
    [() => forever((() => pure(1)) as never), /^forever takes a program, not /],
    [() => repeat(pure(1), -1), 'repeat: times is a count, not -1.'],
    [() => repeat(pure(1), 0.5), 'repeat: times is a count, not 0.5.'],
  ])('what is no use is refused at the call: %#', (action, message) => {
    const error = thrownBy(action) as Error
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })
})

describe('side by side', () => {
  test('allSettled answers how each ended, in order, and ends no other', () => {
    const error = new Error('no')
    const programs = [after(30, 'slow'), after(10, error), pure('at once'), fails('now')]
    expect(simulate(zip(allSettled(programs), Now()))).toEqual([
      [
        { ok: true, value: 'slow' },
        { ok: false, error },
        { ok: true, value: 'at once' },
        { ok: false, error: 'now' },
      ],
      30,
    ])
  })

  test('allSettled of programs that succeed is All', () => {
    const programs = [after(2, 1), after(1, 2)]
    expect(simulate(allSettled(programs).map(all => all.map(each => each.ok && each.value)))).toEqual(
      simulate(All(programs)),
    )
    expect(simulate(allSettled(new Set([pure(1)])))).toEqual([{ ok: true, value: 1 }])
    expect(simulate(allSettled([]))).toEqual([])
  })

  test('raceAll answers the first to end and unwinds the others', () => {
    const events: unknown[] = []
    const race = raceAll([after(30, 'slow', events), after(10, 'fast', events), after(20, 'late', events)])
    expect(simulate(zip(race, Now()))).toEqual(['fast', 10])
    expect(events.toSorted()).toEqual(['20 unwound', '30 unwound'])
  })

  test('raceAll throws when the first to end has failed', () => {
    const events: unknown[] = []
    const error = new Error('no')
    expect(simulate(attempt(raceAll([after(30, 'slow', events), after(10, error, events)])))).toEqual({
      ok: false,
      error,
    })
    expect(events).toEqual(['30 unwound'])
    expect(simulate(attempt(raceAll([fails('now'), pure(1)])))).toEqual({ ok: false, error: 'now' })
  })

  test.each([
    [() => allSettled(7 as never), 'allSettled takes a list of programs, not 7.'],
    [() => allSettled([7 as never]), 'allSettled takes a program, not 7.'],
    [() => raceAll([]), 'raceAll takes at least one program: none would end first.'],
    [() => raceAll(undefined as never), 'raceAll takes a list of programs, not undefined.'],
  ])('what is no use is refused at the call: %#', (action, message) => {
    expect(thrownBy(action)).toMatchObject({ message })
  })
})

describe('retry', () => {
  const timed = (policy: Parameters<typeof retry>[1]) => {
    const times: number[] = []
    const program = Do(function* () {
      times.push(yield* Now())
      throw new Error(`attempt ${times.length}`)
    })
    const error = simulate(
      attempt(retry(program(), policy)).map(result => !result.ok && (result.error as Error).message),
    )
    return [error, times]
  }

  test('asks for the delay: of the error, and the attempt that has failed', () => {
    const asked: unknown[] = []
    const delay = (error: unknown, attempted: number) => {
      asked.push([(error as Error).message, attempted])
      return attempted * 10
    }
    expect(timed({ attempts: 4, delay })).toEqual(['attempt 4', [0, 10, 30, 60]])
    expect(asked).toEqual([
      ['attempt 1', 1],
      ['attempt 2', 2],
      ['attempt 3', 3],
    ])
    expect(timed({ attempts: 3, delay, maxDelay: 15 })).toEqual(['attempt 3', [0, 10, 25]])
  })

  test('begins no attempt after the total time', () => {
    expect(timed({ attempts: 9, delay: 10, factor: 1, total: 25 })).toEqual(['attempt 3', [0, 10, 20]])
    expect(timed({ attempts: 9, delay: 10, factor: 1, total: 20 })).toEqual(['attempt 3', [0, 10, 20]])
    expect(timed({ attempts: 9, delay: 10, total: 0 })).toEqual(['attempt 1', [0]])
  })

  test('tells of each error that is followed by another attempt', () => {
    const told: unknown[] = []
    const onRetry = (error: unknown, attempted: number, pause: number) =>
      told.push([(error as Error).message, attempted, pause])
    timed({ attempts: 3, delay: 5, onRetry })
    expect(told).toEqual([
      ['attempt 1', 1, 5],
      ['attempt 2', 2, 10],
    ])
  })

  test('refuses a delay that is none where it is needed, and options of no use at the call', () => {
    expect(timed({ attempts: 2, delay: () => -1 })[0]).toBe(
      'retry: delay is a function that gives milliseconds, not negative; -1 is none.',
    )
    expect(thrownBy(() => retry(pure(1), { attempts: 1, total: -1 }))).toBeInstanceOf(RangeError)
    expect(thrownBy(() => retry(pure(1), { attempts: 1, onRetry: 7 as never }))).toBeInstanceOf(TypeError)
  })
})
