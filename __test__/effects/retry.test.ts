// Retrying: so many attempts, with growing delays between them; the last error is thrown.

import fc from 'fast-check'

import {
  Ask,
  AsyncEscape,
  Cancel,
  CreatePromise,
  Do,
  effect,
  Get,
  Modify,
  Now,
  OneShotViolationError,
  type Program,
  pure,
  Put,
  reader,
  ReentrantRunError,
  retry,
  type RetryPolicy,
  scheduled,
  simulatedClock,
  Spawn,
  state,
  TimeoutError,
  TooManyTasksError,
  VmPoisonedError,
  Wait,
  Yield,
} from '../../index'
import { run, thrownBy } from '../support/leaks'

/** Fails until the attempt of that number; notes the time of each attempt. */
const flaky = (succeedsAt: number, times: number[] = []) =>
  Do(function* () {
    times.push(yield* Now())
    if (times.length < succeedsAt) throw new Error(`attempt ${times.length}`)
    return times.length
  })()
const simulate = <A>(program: Program<A, unknown>): A =>
  run(program.with(simulatedClock()).with(scheduled()) as never) as A

/** When each attempt was made. */
function timesOf(policy: RetryPolicy): number[] {
  const times: number[] = []
  try {
    simulate(retry(flaky(Infinity, times), policy))
  } catch {
    // All attempts failed.
  }
  return times
}

test('answers the first success', () => {
  expect(simulate(retry(flaky(1), { attempts: 5 }))).toBe(1)
  expect(simulate(retry(flaky(3), { attempts: 5 }))).toBe(3)
  expect(simulate(retry(flaky(5), { attempts: 5 }))).toBe(5)
})

test('throws the last error, as it is, after so many attempts', () => {
  expect(thrownBy(() => simulate(retry(flaky(9), { attempts: 4 })))).toEqual(new Error('attempt 4'))
  expect(thrownBy(() => simulate(retry(flaky(9), { attempts: 1 })))).toEqual(new Error('attempt 1'))
})

test.each<[string, RetryPolicy, number[]]>([
  ['no delay', { attempts: 3 }, [0, 0, 0]],
  ['delays double', { attempts: 5, delay: 10 }, [0, 10, 30, 70, 150]],
  ['by another factor', { attempts: 4, delay: 10, factor: 3 }, [0, 10, 40, 130]],
  ['not at all', { attempts: 4, delay: 10, factor: 1 }, [0, 10, 20, 30]],
  ['to the longest', { attempts: 5, delay: 10, maxDelay: 25 }, [0, 10, 30, 55, 80]],
  ['less by half of what is random', { attempts: 3, delay: 100, jitter: 0.5, random: () => 1 }, [0, 50, 150]],
  ['less by all of it', { attempts: 3, delay: 100, jitter: 1, random: () => 1 }, [0, 0, 0]],
  ['less by none of it', { attempts: 3, delay: 100, jitter: 1, random: () => 0 }, [0, 100, 300]],
])('%s', (_name, policy, times) => {
  expect(timesOf(policy)).toEqual(times)
})

test('with a random source of one’s own it is the same every time', () => {
  const seeded = () => {
    let seed = 1
    return () => (seed = (seed * 16807) % 2147483647) / 2147483647
  }
  const policy = () => ({ attempts: 6, delay: 100, jitter: 1, random: seeded() })
  expect(timesOf(policy())).toEqual(timesOf(policy()))
})

test('each pause is between what jitter leaves and the whole delay', () => {
  const policies = fc.record({
    attempts: fc.integer({ min: 2, max: 6 }),
    delay: fc.integer({ min: 1, max: 1000 }),
    factor: fc.integer({ min: 1, max: 3 }),
    maxDelay: fc.integer({ min: 1, max: 2000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(policies, policy => {
      const times = timesOf(policy)
      expect(times).toHaveLength(policy.attempts)
      let delay = policy.delay
      for (const [at, time] of times.slice(1).entries()) {
        const longest = Math.min(delay, policy.maxDelay)
        const pause = time - times[at]!
        expect(pause).toBeLessThanOrEqual(longest + 1e-6)
        expect(pause).toBeGreaterThanOrEqual(longest * (1 - policy.jitter) - 1e-6)
        delay *= policy.factor
      }
    }),
    { numRuns: 100 },
  )
})

test('when says which errors are worth it; it is asked with the error and the number of the attempt', () => {
  const asked: [string, number][] = []
  const policy: RetryPolicy = {
    attempts: 9,
    when: (error, attempt) => {
      asked.push([(error as Error).message, attempt])
      return attempt < 3
    },
  }
  expect(thrownBy(() => simulate(retry(flaky(9), policy)))).toEqual(new Error('attempt 3'))
  expect(asked).toEqual([
    ['attempt 1', 1],
    ['attempt 2', 2],
    ['attempt 3', 3],
  ])
})

test('what when throws is thrown', () => {
  const policy: RetryPolicy = {
    attempts: 2,
    when: () => {
      throw new Error('when')
    },
  }
  expect(thrownBy(() => simulate(retry(flaky(9), policy)))).toEqual(new Error('when'))
})

test('without a delay it needs no scheduler', () => {
  let left = 2
  const program = Do(function* () {
    if (left-- > 0) throw new Error('not yet')
    return yield* pure('done')
  })
  expect(run(retry(program(), { attempts: 3 }) as Program<string>)).toBe('done')
})

test('what an attempt did to State stays', () => {
  const counting = Do(function* () {
    yield* Modify<number>('n', n => (n ?? 0) + 1)
    if (((yield* Get<number>('n')) ?? 0) < 3) throw new Error('not yet')
    return yield* Get('n')
  })
  expect(
    simulate(
      Put('n', 0)
        .flatMap(() => retry(counting(), { attempts: 5, delay: 1 }))
        .with(state()),
    ),
  ).toBe(3)
})

test('a cancelled retry is not retried', () => {
  const log: string[] = []
  const slow = Do(function* () {
    try {
      for (;;) yield* Yield()
    } finally {
      log.push('unwound')
    }
  })
  simulate(
    Do(function* () {
      const task = yield* Spawn(retry(slow(), { attempts: 5 }))
      yield* Yield()
      yield* Cancel(task)
      for (let i = 0; i < 5; i++) yield* Yield()
      expect(task.status).toBe('cancelled')
    })(),
  )
  expect(log).toEqual(['unwound'])
})

test('each run of it begins anew', () => {
  const times: number[] = []
  const failing = retry(flaky(Infinity, times), { attempts: 2, delay: 5 })
  for (let i = 0; i < 2; i++) thrownBy(() => simulate(failing))
  expect(times).toEqual([0, 5, 0, 5])
})

const stuck = CreatePromise().flatMap(promise => Wait(promise.future))
const cancelled = Spawn(pure(1)).flatMap(task => Cancel(task).flatMap(() => Wait(task)))

test.each<[string, Program<unknown, unknown>]>([
  ['DeadlockError', stuck],
  ['TaskCancelledError', cancelled],
  ['AsyncInSyncRunError', AsyncEscape(() => 1)],
  ['UnhandledEffectError', effect('Nobody')()()],
  ['MissingEnvKeyError', Ask('none').with(reader({}))],
  [
    'InvalidYieldError',
    Do(function* () {
      yield 5
    })(),
  ],
  [
    'ReentrantRunError',
    Do(function* () {
      throw new ReentrantRunError('again')
    })(),
  ],
  [
    'VmPoisonedError',
    Do(function* () {
      throw new VmPoisonedError('broken')
    })(),
  ],
  [
    'OneShotViolationError',
    Do(function* () {
      throw new OneShotViolationError('used')
    })(),
  ],
])('%s says that the program or the machine is wrong: it is thrown at once, and when is not asked', (name, wrong) => {
  let attempts = 0
  const counted = pure(0).flatMap(() => (attempts++, wrong))
  const when = (): boolean => {
    throw new Error('asked')
  }
  const error = thrownBy(() => simulate(retry(counted, { attempts: 3, when }))) as Error
  expect([error.name, attempts]).toEqual([name, 1])
})

test.each([
  ['TimeoutError', () => new TimeoutError('late')],
  ['TooManyTasksError', () => new TooManyTasksError('full')],
  [
    'a Proxy that cannot be asked what it is',
    () =>
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error('asked')
          },
        },
      ),
  ],
])('%s may be gone the next time', (_name, make) => {
  let left = 2
  const failing = Do(function* () {
    if (left-- > 0) throw make()
    return 'done'
  })
  expect(simulate(retry(failing(), { attempts: 3 }))).toBe('done')
})

test.each<[string, Partial<RetryPolicy>]>([
  ['attempts', { attempts: 0 }],
  ['attempts', { attempts: 1.5 }],
  ['attempts', { attempts: Infinity }],
  ['attempts', { attempts: '3' as never }],
  ['delay', { delay: -1 }],
  ['delay', { delay: NaN }],
  ['factor', { factor: -1 }],
  ['maxDelay', { maxDelay: -1 }],
  ['jitter', { jitter: -0.1 }],
  ['jitter', { jitter: 1.1 }],
  ['jitter', { jitter: NaN }],
  ['delay', { delay: '5' as never }],
  ['delay', { delay: Infinity }],
  ['delay', { delay: null as never }],
  ['factor', { factor: NaN }],
  ['factor', { factor: Infinity }],
  ['maxDelay', { maxDelay: NaN }],
  ['maxDelay', { maxDelay: 1n as never }],
])('refuses senseless %s: %p', (name, policy) => {
  const error = thrownBy(() => retry(pure(1), { attempts: 3, ...policy })) as Error
  expect(error).toBeInstanceOf(RangeError)
  expect(error.message).toContain(`retry: ${name} is`)
})

test.each([
  ['when', 5],
  ['when', null],
  ['random', 0.5],
])('refuses %s that is no function: %p', (name, value) => {
  const error = thrownBy(() => retry(pure(1), { attempts: 3, [name]: value })) as Error
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toContain(`retry: ${name} is a function, not`)
})

test('refuses a policy that is none', () => {
  expect(() => retry(pure(1), undefined as never)).toThrow('retry: the policy is an object, not undefined.')
})
