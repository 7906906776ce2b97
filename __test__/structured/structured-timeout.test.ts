// Timeout: the program in time, or nothing of it goes on.

import { Do, handler, Now, pure, Sleep, Timeout, TimeoutError, type Program } from '../../index'
import { thrownBy } from '../support/leaks'
import { warningsDuring } from '../support/tasks'
import { failing, forever, log, timed } from '../support/workers'

describe('Timeout', () => {
  test('answers what the program answers in time', () => {
    expect(
      timed(
        Timeout(
          100,
          Sleep(99).map(() => 'in time'),
        ),
      ),
    ).toBe('in time')
  })

  test('throws TimeoutError that names the program, when that is cancelled and unwound', () => {
    const slow = Do(function* slow() {
      try {
        yield* Sleep(1000)
      } finally {
        log.push('unwound')
      }
    })
    const error = thrownBy(() => timed(Timeout(10, slow()))) as Error
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.message).toMatch(/slow.* took longer than 10 ms/)
    expect(log).toEqual(['unwound'])
  })

  test('throws what the program throws', () => {
    expect(thrownBy(() => timed(Timeout(10, failing('own', 0))))).toEqual(new Error('own'))
  })

  test('at the very instant the program wins: what has ended when time is up has ended', () => {
    expect(
      timed(
        Timeout(
          10,
          Sleep(10).map(() => 'ended'),
        ),
      ),
    ).toBe('ended')
  })

  test('of no time at all still lets a program that does not wait answer', () => {
    expect(timed(Timeout(0, pure(1)))).toBe(1)
  })

  test('of a forever waiting program ends', () => {
    expect(thrownBy(() => timed(Timeout(10, forever('a'))))).toBeInstanceOf(TimeoutError)
    expect(log).toEqual(['a unwound'])
  })

  test('calls its timer off: the clock does not go on to it', () => {
    const program = Timeout(1e9, Sleep(5)).flatMap(() => Sleep(1))
    expect(timed(program.flatMap(() => Now()))).toBe(6)
  })

  test('inside of another one: the shorter wins, wherever it stands', () => {
    const outer = Timeout(10, Timeout(20, Sleep(100)))
    const inner = Timeout(20, Timeout(10, Sleep(100)))
    expect((thrownBy(() => timed(outer)) as Error).message).toMatch(/10 ms/)
    expect((thrownBy(() => timed(inner)) as Error).message).toMatch(/10 ms/)
  })

  test('leaves no warning', async () => {
    expect(await warningsDuring(() => thrownBy(() => timed(Timeout(10, Sleep(20)))))).toEqual([])
  })
})

describe('Timeout under a handler that takes Sleep', () => {
  /** Time flies. */
  const fast = handler('fast').fun(Sleep, ms => Sleep(ms / 10))
  const lasting = Do(function* lasting(ms: number) {
    try {
      yield* Sleep(ms)
      return 'ended'
    } finally {
      log.push('unwound')
    }
  })
  const inTime = (ms: number, program: Program<unknown, unknown>) =>
    timed(
      Timeout(ms, program)
        .with(fast)
        .flatMap(value => Now().map(now => [value, now])) as Program<unknown>,
    )

  test('goes by the time of that handler', () => {
    expect(inTime(200, lasting(50))).toEqual(['ended', 5])
    const error = thrownBy(() => inTime(50, lasting(200))) as Error
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.message).toMatch(/lasting.* took longer than 50 ms/)
    expect(log).toEqual(['unwound', 'unwound'])
  })

  test('throws what the program throws', () => {
    expect(thrownBy(() => inTime(50, failing('own', 0)))).toEqual(new Error('own'))
  })

  test('inside of another one: the shorter wins', () => {
    expect((thrownBy(() => inTime(50, Timeout(500, lasting(1000)))) as Error).message).toMatch(/50 ms/)
    expect((thrownBy(() => inTime(500, Timeout(50, lasting(1000)))) as Error).message).toMatch(/50 ms/)
  })

  test('leaves no task and no warning', async () => {
    expect(await warningsDuring(() => inTime(200, lasting(50)))).toEqual([])
    expect(await warningsDuring(() => thrownBy(() => inTime(50, lasting(200))))).toEqual([])
  })
})
