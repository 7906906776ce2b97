// Resources and retries: programs around programs, made of nothing but plain control flow.

import { isHopeless } from '../messages/errors'
import { isInteger, min } from '../builtins/intrinsics'
import { checkFunction } from '../messages/check'
import { bracketing, type Bracket } from '../language/bracketing'
import { asProgram, Kind, Program } from '../language/program'
import type { RealTime, RowOf } from '../language/effect-row'
import { show } from '../messages/show'
import {
  Acquire,
  Now,
  Release,
  Sleep,
  type NowEffect,
  type SemaphoreEffect,
  type SleepEffect,
} from '../effects/scheduler'
import type { Semaphore } from '../machine/semaphore'

type AnyProgram = Program<unknown, unknown>
type Steps<R> = Generator<Program<unknown, unknown>, R, unknown>

/** How a resource is acquired. */
export interface BracketOptions {
  /** Whether `acquire` may be cancelled while it waits; what it has answered is released all the same. */
  readonly cancelable?: boolean
}

/**
 * Acquires a resource, uses it, and releases it however the use ends. `acquire` and `release` are not cancelled: between
 * the end of `acquire` and that of `release` there is no instant at which the resource can be lost. `use` is cancelled as
 * anything else. With `{ cancelable: true }`, `acquire` may be cancelled while it waits.
 *
 * @throws InvalidProgramError when `acquire` is not a program.
 *
 * @example
 * const events: string[] = []
 * const open = Do(function* () { events.push('open'); return 'file' })
 * const close = Do(function* (file: string) { events.push(`close ${file}`) })
 * run(bracket(open(), file => pure(file.length), close)) // 4
 * events // ['open', 'close file']
 */
export function bracket<R, A, E, U extends Program<unknown, unknown>, F extends Program<unknown, unknown>>(
  acquire: Program<R, E>,
  use: (resource: R) => U & Program<A, unknown>,
  release: (resource: R) => F,
  options: BracketOptions = {},
): Program<A, E | RowOf<U> | RowOf<F>> {
  const checked = asProgram(acquire, 'bracket')
  return bracketing({
    acquire: checked,
    use: use as Bracket['use'],
    release: release as Bracket['release'],
    cancelable: options.cancelable === true,
  }) as Program<A, E | RowOf<U> | RowOf<F>>
}

/**
 * Runs `program` with a permit of the semaphore, which is given back however the program ends. It may be cancelled while
 * it waits for the permit.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const two = Do(function* () {
 *   const one = yield* CreateSemaphore(1)
 *   return yield* All([withPermit(one, pure('a')), withPermit(one, pure('b'))])
 * })
 * run(two().with(scheduled())) // ['a', 'b']
 */
export function withPermit<A, E>(semaphore: Semaphore, program: Program<A, E>): Program<A, E | SemaphoreEffect> {
  const checked = asProgram(program, 'withPermit')
  return bracket(
    Acquire(semaphore),
    () => checked,
    () => Release(semaphore),
    { cancelable: true },
  ) as Program<A, E | SemaphoreEffect>
}

/**
 * Runs `program`, then `cleanup`, however the program ends. `cleanup` is not cancelled.
 *
 * @example
 * const events: string[] = []
 * const done = Do(function* () { events.push('done') })
 * run(ensure(pure(42), done())) // 42
 * events // ['done']
 */
export function ensure<A, E, F>(program: Program<A, E>, cleanup: Program<unknown, F>): Program<A, E | F> {
  const last = new Program<unknown, unknown>(Kind.SHIELD, null, asProgram(cleanup, 'ensure'), undefined, undefined, 1)
  return new Program(Kind.CALL, null, ensured, asProgram(program, 'ensure'), last, 2)
}

function* ensured(program: AnyProgram, cleanup: AnyProgram): Steps<unknown> {
  try {
    return yield program
  } finally {
    yield cleanup
  }
}

/** How to retry. */
export interface RetryPolicy {
  /** How often the program is run at most; a positive integer. */
  readonly attempts: number
  /** Milliseconds before the second attempt, 0 by default; or a function of the error and the attempt that has failed, 1 for the first. */
  readonly delay?: number | ((error: unknown, attempt: number) => number)
  /** What a delay that is a number is multiplied with after each attempt; 2 by default. */
  readonly factor?: number
  /** The longest delay, in milliseconds; none by default. */
  readonly maxDelay?: number
  /** Which part of each delay is random, from 0 (none, the default) to 1 (all of it). */
  readonly jitter?: number
  /** Where randomness comes from; `Math.random` by default. */
  readonly random?: () => number
  /** No attempt begins later than so many milliseconds after the first one began; any may by default. */
  readonly total?: number
  /** Told of each error that is followed by another attempt, with the attempt that has failed and the pause before the next. */
  readonly onRetry?: (error: unknown, attempt: number, pause: number) => void
  /** Whether an error is worth another attempt; by default every one is that may go away. */
  readonly when?: (error: unknown, attempt: number) => boolean
}

/**
 * Runs `program` until it succeeds, at most `attempts` times, with growing delays between the attempts. The last error
 * is thrown. An error that says that the program or the machine is wrong is thrown at once, and `when` is not asked: those
 * of this package, except TimeoutError and TooManyTasksError.
 *
 * @throws RangeError when a number of the policy makes no sense; TypeError when `when` or `random` is not a function.
 * @example
 * let left = 2
 * const flaky = Do(function* () { if (left-- > 0) throw new Error('not yet'); return 'done' })
 * const patient = retry(flaky(), { attempts: 3, delay: 1000 })
 * run(patient.with(simulatedClock()).with(scheduled())) // 'done'
 */
export function retry<A, E>(
  program: Program<A, E>,
  policy: RetryPolicy & { readonly total: number },
): Program<A, E | SleepEffect | NowEffect | RealTime>
export function retry<A, E>(program: Program<A, E>, policy: RetryPolicy): Program<A, E | SleepEffect | RealTime>
export function retry(program: AnyProgram, policy: RetryPolicy): AnyProgram {
  return new Program(Kind.CALL, null, retried, asProgram(program, 'retry'), checked(policy), 2)
}

/** @throws RangeError, TypeError naming the part of the policy that is of no use. */
function checked(policy: RetryPolicy): Required<RetryPolicy> {
  if (typeof policy !== 'object' || policy === null) {
    throw new TypeError(`retry: the policy is an object, not ${show(policy)}.`)
  }
  const { attempts, delay = 0, factor = 2, maxDelay = Infinity, jitter = 0 } = policy
  const { random = Math.random, when = () => true, total = Infinity, onRetry = () => {} } = policy
  if (!isInteger(attempts) || attempts < 1) {
    throw new RangeError(`retry: attempts is a positive integer, not ${show(attempts)}.`)
  }
  if (typeof delay !== 'function')
    checkNumber('delay', delay, Number.MAX_VALUE, 'a number of milliseconds, not negative')
  checkNumber('total', total, Infinity, 'a number of milliseconds, not negative')
  checkNumber('factor', factor, Number.MAX_VALUE, 'a number that is not negative')
  checkNumber('maxDelay', maxDelay, Infinity, 'a number of milliseconds, not negative')
  checkNumber('jitter', jitter, 1, 'a number from 0 to 1')
  checkFunction(random, 'retry', 'random')
  checkFunction(when, 'retry', 'when')
  checkFunction(onRetry, 'retry', 'onRetry')
  return { attempts, delay, factor, maxDelay, jitter, random, when, total, onRetry }
}

function checkNumber(name: string, x: unknown, most: number, what: string): void {
  if (typeof x === 'number' && x >= 0 && x <= most) return
  throw new RangeError(`retry: ${name} is ${what}; ${show(x)} is none.`)
}

function* retried(program: AnyProgram, policy: Required<RetryPolicy>): Steps<unknown> {
  let longest = typeof policy.delay === 'number' ? policy.delay : 0
  // The clock is asked only if somebody wants to know.
  const until = policy.total === Infinity ? Infinity : ((yield Now()) as number) + policy.total
  for (let attempt = 1; ; attempt++) {
    let failure: unknown
    try {
      return yield program
    } catch (error) {
      if (attempt === policy.attempts || isHopeless(error) || !policy.when(error, attempt)) throw error
      failure = error
    }
    if (typeof policy.delay === 'function') longest = delayOf(policy.delay, failure, attempt)
    const pause = min(longest, policy.maxDelay) * (1 - policy.jitter * policy.random())
    if (until !== Infinity && ((yield Now()) as number) + pause > until) throw failure
    policy.onRetry(failure, attempt, pause)
    if (pause > 0) yield Sleep(pause)
    longest *= policy.factor
  }
}

/** @throws RangeError when the function gives no time. */
function delayOf(delay: (error: unknown, attempt: number) => number, error: unknown, attempt: number): number {
  const ms: unknown = delay(error, attempt)
  checkNumber('delay', ms, Number.MAX_VALUE, 'a function that gives milliseconds, not negative')
  return ms as number
}
