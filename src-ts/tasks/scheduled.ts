// The handlers of the scheduler's effects: the scheduler itself, simulated time, and awaiting without a scheduler.

import { AsyncEscape, Resume, ResumeThrow } from '../language/control'
import { InvalidHandlerError } from '../messages/errors'
import { Handler } from '../language/handler'
import { handler } from '../language/make-handler'
import { isFinite, isInteger } from '../builtins/intrinsics'
import { Do } from '../language/program'
import type { Async, RealTime } from '../language/effect-row'
import { show } from '../messages/show'
import { ClockOfRun, stands } from '../machine/clock'
import { MOST_TASKS } from '../language/limits'
import {
  Await,
  CreateExternalPromise,
  CreatePromise,
  Now,
  Sleep,
  Wait,
  type AwaitEffect,
  type ExternalPromiseEffect,
  type NowEffect,
  type PromiseEffect,
  type SchedulerEffect,
  type SleepEffect,
  type WaitEffect,
} from '../effects/scheduler'
import { checkThenable } from '../effects/await'
import { runOf, SIMULATED } from '../machine/promises'

/** How a scheduler is to work. */
export interface SchedulerOptions {
  /** `Spawn` is refused while so many tasks are alive, children of forms included; 1,000,000 by default. */
  readonly maxTasks?: number
  /** A task is switched after this many effects, even if it does not wait; by default it is not. */
  readonly preemptEvery?: number
}

/**
 * The scheduler: answers `Spawn`, `Wait` and the others for the handled program, which is the root task. Tasks run one at
 * a time and switch only where they wait or yield; the same program runs in the same order every time. When the root
 * program ends, tasks that are left are cancelled and unwound.
 *
 * @throws InvalidHandlerError when an option is not a positive integer.
 * @example
 * const greet = Do(function* (name: string) { yield* Tell(name); return name.length })
 * const all = Do(function* () {
 *   const tasks = [yield* Spawn(greet('Ada')), yield* Spawn(greet('Grace'))] as const
 *   return yield* Gather(...tasks)
 * })
 * run(all().with(writer()).with(scheduled())) // [3, 5]
 */
export function scheduled(options: SchedulerOptions = {}): Handler<SchedulerEffect> {
  const { maxTasks = MOST_TASKS, preemptEvery = 0 } = options
  if (!isCount(maxTasks))
    throw new InvalidHandlerError(`scheduled: maxTasks is a positive integer, not ${show(maxTasks)}.`)
  if (preemptEvery !== 0 && !isCount(preemptEvery)) {
    throw new InvalidHandlerError(`scheduled: preemptEvery is a positive integer, not ${show(preemptEvery)}.`)
  }
  return new Handler('scheduled', [], undefined, {
    native: undefined,
    seed: () => [],
    scheduler: { maxTasks, preemptEvery },
  })
}

function isCount(x: unknown): boolean {
  return isInteger(x) && x > 0 && x < 2 ** 31
}

const sleeping = Do(function* (clock: ClockOfRun, ms: number) {
  // Time that never comes is nothing to wait for outside: who waits for nothing else is deadlocked.
  if (ms === Infinity) return yield* Wait((yield* CreatePromise<void>()).future)
  const promise = yield* CreateExternalPromise<void>()
  promise.future.extra = SIMULATED
  const callOff = clock.of(runOf(promise)).after(ms, promise.complete as () => void)
  try {
    yield* Wait(promise.future)
  } finally {
    callOff()
  }
})

const telling = Do(function* (clock: ClockOfRun) {
  return clock.of(runOf(yield* CreateExternalPromise())).now()
})

/**
 * Simulated time for `Sleep` and `Now`, and so for `Timeout` and `retry`: when no task is ready, the clock jumps to the
 * next timer. Deterministic; ten hours take no time. It starts at `start` milliseconds, 0 by default, in each run. Install
 * it inside of `scheduled()`.
 *
 * @throws RangeError when `start` is not a finite number.
 * @example
 * const slow = Do(function* () { yield* Sleep(36_000_000); return yield* Now() })
 * run(slow().with(simulatedClock()).with(scheduled())) // 36000000
 */
export function simulatedClock(
  options: { readonly start?: number } = {},
): Handler<SleepEffect | NowEffect | RealTime, ExternalPromiseEffect | PromiseEffect | WaitEffect> {
  const { start = 0 } = options
  if (!isFinite(start)) throw new RangeError(`simulatedClock: start is a number of milliseconds, not ${show(start)}.`)
  const clock = new ClockOfRun(start)
  const made = handler('simulatedClock')
    .fun(Sleep, ms => sleeping(clock, ms))
    .fun(Now, () => telling(clock))
  stands(made, clock)
  return made as Handler<SleepEffect | NowEffect | RealTime, ExternalPromiseEffect | PromiseEffect | WaitEffect>
}

/**
 * Handles `Await` without a scheduler: the whole program waits.
 *
 * @example
 * await runAsync(Await(Promise.resolve(42)).with(awaitHandler())) // 42
 */
export function awaitHandler(): Handler<AwaitEffect, Async> {
  return handler('await').ctl(Await, function* (k, action) {
    let value: unknown
    try {
      if (typeof action !== 'function') checkThenable(action)
      value = yield* AsyncEscape(signal =>
        typeof action === 'function' ? (action as (signal: AbortSignal) => unknown)(signal) : action,
      )
    } catch (error) {
      return ResumeThrow(k, error)
    }
    return Resume(k, value)
  }) as Handler<AwaitEffect, Async>
}
