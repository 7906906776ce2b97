// Structured forms: what they start has ended before they end themselves. Each is a cancel scope (`regions.ts`); those with
// children run steps that start the children one by one, in place, and wait for those that have suspended.

import { each } from '../builtins/iterate'
import { InvalidProgramError } from '../messages/errors'
import { keysOf, map, put, slice } from '../builtins/intrinsics'
import { asProgram, Kind, Program, type AnswerOf } from '../language/program'
import { Settlement, Until } from '../wire/protocol'
import type { RealTime, RowOf, WithoutFailures } from '../language/effect-row'
import { show } from '../messages/show'
import type { CancelEffect, GatherEffect, RaceEffect, SleepEffect, SpawnEffect, WaitEffect } from '../effects/scheduler'
import { child, type Form } from '../machine/form'
import { forgetFailure } from '../machine/report'
import type { CancelScopeControl } from '../tasks/own-scope'
import { PENDING, type Waitable } from '../language/waitable'

/** What the structured forms need: a scheduler. */
export type StructuredEffect = SpawnEffect | WaitEffect | GatherEffect | RaceEffect | CancelEffect

type AnyProgram = Program<unknown, unknown>
type Steps<R> = Generator<Program<unknown, unknown>, R, unknown>

/** The results of several programs. */
export type AnswersOf<P extends readonly AnyProgram[]> = { -readonly [K in keyof P]: AnswerOf<P[K]> }
/** The results of the programs of a record. */
export type AnswersIn<P extends Readonly<Record<string, AnyProgram>>> = { -readonly [K in keyof P]: AnswerOf<P[K]> }

/** The form whose steps these are. @internal */
export function form(steps: unknown, children: unknown, name: string): AnyProgram {
  return new Program<unknown, unknown>(Kind.FORM, null, steps, children, name, 0)
}

/** The programs in a list, or in any iterable. @throws InvalidProgramError when it is none, or has something else in it. */
function programsIn(items: unknown, asker: string): AnyProgram[] {
  if (
    typeof items !== 'object' ||
    items === null ||
    typeof (items as Iterable<unknown>)[Symbol.iterator] !== 'function'
  ) {
    throw new InvalidProgramError(`${asker} takes a list of programs, not ${show(items)}.`)
  }
  if (!Array.isArray(items)) return programsIn([...(items as Iterable<unknown>)], asker)
  const list = items as readonly unknown[]
  // In a copy every place is taken, so no setter that lists inherit gets an item.
  const programs = slice(list) as AnyProgram[]
  for (let at = 0; at < programs.length; at++) programs[at] = asProgram(programs[at], asker)
  return programs
}

/**
 * Runs the programs side by side and answers their results in order; of a record, a record. Each one starts at once and
 * runs until it suspends, before the next one starts. When one fails, the others are cancelled and unwound, then its error
 * is thrown.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * run(All([pure(1), pure('a')]).with(scheduled())) // [1, 'a']
 * run(All({ n: pure(1), s: pure('a') }).with(scheduled())) // { n: 1, s: 'a' }
 */
export function All<const P extends readonly AnyProgram[]>(
  programs: P,
): Program<AnswersOf<P>, RowOf<P[number]> | StructuredEffect>
export function All<P extends AnyProgram>(programs: Iterable<P>): Program<AnswerOf<P>[], RowOf<P> | StructuredEffect>
export function All<const P extends Readonly<Record<string, AnyProgram>>>(
  programs: P,
): Program<AnswersIn<P>, RowOf<P[keyof P]> | StructuredEffect>
export function All(programs: unknown): Program<never, never> {
  if (isRecord(programs)) {
    const names = keysOf(programs)
    const listed = form(
      all,
      map(names, name => asProgram(programs[name], 'All')),
      'All',
    )
    return new Program<never, never>(Kind.CALL, null, named, listed, names, 2)
  }
  return form(all, programsIn(programs, 'All'), 'All') as Program<never, never>
}

function isRecord(x: unknown): x is Record<string, unknown> {
  if (typeof x !== 'object' || x === null || x instanceof Program || Symbol.iterator in x) return false
  const prototype: unknown = Object.getPrototypeOf(x)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function* named(listed: AnyProgram, names: readonly string[]): Steps<unknown> {
  const results = (yield listed) as unknown[]
  const record = {}
  for (let at = 0; at < names.length; at++) put(record, names[at] as string, results[at])
  return record
}

/** Starts each child, and answers what those gave that have ended at once. */
function* all(own: Form, programs: readonly AnyProgram[]): Steps<unknown> {
  const results: unknown[] = slice(programs)
  for (let at = 0; at < programs.length; at++) {
    const program = programs[at] as AnyProgram
    results[at] = program.kind === Kind.VALUE ? program.a : yield child(own, program, at)
    if (own.tasks[at]?.isLost === true) throw lost(own)?.error()
  }
  if (own.size === 0) return results
  if (isPending(own)) yield join(own, Until.ALL)
  const failed = lost(own)
  if (failed !== undefined) throw failed.error()
  for (let at = 0; at < own.tasks.length; at++) {
    const task = own.tasks[at]
    if (task !== undefined) results[at] = task.value
  }
  return results
}

/** Whether a child has not ended: one that has become a task may have ended all the same when the next one starts. @internal */
export function isPending(own: Form): boolean {
  for (let at = 0; at < own.tasks.length; at++) if (own.tasks[at]?.standing === PENDING) return true
  return false
}

/** Waits for the tasks of the form. @internal */
export function join(own: Form, until: Until): AnyProgram {
  return new Program<unknown, unknown>(Kind.JOIN, null, own, until, undefined, 0)
}

/** The child that was first to end without a result, if one has: the form throws its error. @internal */
export function lost(own: Form): Waitable | undefined {
  const failed = earliestOf(own, task => task.isLost)
  if (failed === undefined) return undefined
  failed.observed = true
  forgetFailure(own.run, failed)
  return failed
}

function earliestOf(own: Form, matches: (task: Waitable) => boolean): Waitable | undefined {
  let first: Waitable | undefined
  for (let at = 0; at < own.tasks.length; at++) {
    const task = own.tasks[at]
    if (task !== undefined && matches(task) && (first === undefined || task.order < first.order)) first = task
  }
  return first
}

/**
 * Runs the programs side by side and answers the result of the first one that succeeds; the others are cancelled and
 * unwound. Each one starts at once and runs until it suspends, before the next one starts. The failures of a program are no
 * failures of `Any`: of an AggregateError the type of a program knows nothing.
 *
 * @throws InvalidProgramError when one is not a program; AggregateError (at the yield) when all of them fail, with their
 * errors in order.
 * @example
 * const no = Do(function* () { throw new Error('no') })
 * run(Any([no(), pure(42)]).with(scheduled())) // 42
 */
export function Any<const P extends readonly AnyProgram[]>(
  programs: P,
): Program<AnswerOf<P[number]>, WithoutFailures<RowOf<P[number]>> | StructuredEffect>
export function Any<P extends AnyProgram>(
  programs: Iterable<P>,
): Program<AnswerOf<P>, WithoutFailures<RowOf<P>> | StructuredEffect>
export function Any(programs: unknown): Program<never, never> {
  return form(any, programsIn(programs, 'Any'), 'Any') as Program<never, never>
}

function* any(own: Form, programs: readonly AnyProgram[]): Steps<unknown> {
  const errors: unknown[] = slice(programs)
  own.hears = true
  try {
    for (let at = 0; at < programs.length; at++) {
      try {
        const program = programs[at] as AnyProgram
        const value = program.kind === Kind.VALUE ? program.a : yield child(own, program, at)
        const task = own.tasks[at]
        if (task === undefined) return value
        if (task.standing === Settlement.RETURNED) return task.value
      } catch (error) {
        errors[at] = error
      }
    }
    if (isPending(own)) yield join(own, Until.FIRST)
    const first = earliestOf(own, task => task.standing === Settlement.RETURNED)
    if (first !== undefined) return first.value
  } finally {
    hearNoMore(own)
  }
  for (let at = 0; at < own.tasks.length; at++) {
    const task = own.tasks[at]
    if (task !== undefined) errors[at] = task.error()
  }
  throw new AggregateError(programs.length === 0 ? [] : each(errors), 'Any: every program failed.')
}

/** The form has its answer, or unwinds: what fails from now on, in a cleanup, is nobody's. */
function hearNoMore(own: Form): void {
  for (let at = 0; at < own.tasks.length; at++) {
    const task = own.tasks[at]
    if (task?.standing === PENDING) task.observed = false
  }
}

/**
 * Runs `program`, in the same task; takes no longer than `ms` milliseconds of the clock in scope. After that the program is
 * unwound. What has ended when time is up has ended: its result counts.
 *
 * @throws RangeError when `ms` is no number of milliseconds; TimeoutError (at the yield) when time is up.
 * @example
 * const slow = Sleep(60_000).map(() => 'done')
 * run(Timeout(1000, slow).with(simulatedClock()).with(scheduled())) // throws TimeoutError
 */
export function Timeout<A, E>(
  ms: number,
  program: Program<A, E>,
): Program<A, E | StructuredEffect | SleepEffect | RealTime> {
  if (typeof ms !== 'number' || !(ms >= 0)) throw new RangeError(`Timeout takes milliseconds, not ${show(ms)}.`)
  return new Program(Kind.TIMEOUT, null, ms, asProgram(program, 'Timeout'), undefined, 2)
}

/**
 * Runs `program`, in the same task; the tasks that were spawned in it, by itself or by tasks of its own, are cancelled and
 * unwound before it ends, however it ends.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const events: string[] = []
 * const background = Do(function* () { try { yield* Sleep(60_000) } finally { events.push('unwound') } })
 * const program = Do(function* () { yield* Spawn(background()); yield* Yield(); return 'done' })
 * run(Scope(program()).with(simulatedClock()).with(scheduled())) // 'done'
 * events // ['unwound']
 */
export function Scope<A, E>(program: Program<A, E>): Program<A, E | StructuredEffect> {
  return new Program(Kind.SCOPE, null, asProgram(program, 'Scope'), undefined, undefined, 1)
}

/**
 * Runs the program that `f` makes of a cancel scope, in the same task. `scope.cancel()`, or its deadline, unwinds the
 * program at its next suspension; the answer is `undefined` then.
 *
 * @throws InvalidProgramError when `f` is not a function.
 * @example
 * const untilCancelled = (scope: CancelScopeControl) => Do(function* () {
 *   scope.cancel()
 *   yield* Yield()
 *   return 'not reached'
 * })()
 * run(CancelScope(untilCancelled).with(scheduled())) // undefined
 */
export function CancelScope<A, E>(
  f: (scope: CancelScopeControl) => Program<A, E>,
): Program<A | undefined, E | StructuredEffect> {
  if (typeof f !== 'function') {
    throw new InvalidProgramError(`CancelScope takes a function from a scope to a program, not ${show(f)}.`)
  }
  return new Program(Kind.CANCEL_SCOPE, null, f, undefined, undefined, 1)
}

/** Runs a program in a hole of the shield that it was given for. */
export type Restore = <A, E>(program: Program<A, E>) => Program<A, E>

/**
 * Runs `program`, in the same task, without being cancelled: a cancellation, a timeout or an abort that comes meanwhile is
 * seen at the first suspension after it, or inside of `restore(…)`, which the function form is given.
 *
 * @throws InvalidProgramError when it is neither a program nor a function.
 * @example
 * const events: string[] = []
 * const careful = uncancelable(Sleep(20).map(() => events.push('carried through')))
 * run(Timeout(10, careful).with(simulatedClock()).with(scheduled())) // 1
 */
export function uncancelable<A, E>(program: Program<A, E>): Program<A, E>
export function uncancelable<A, E>(f: (restore: Restore) => Program<A, E>): Program<A, E>
export function uncancelable(x: unknown): Program<never, unknown> {
  const body = typeof x === 'function' ? x : asProgram(x, 'uncancelable')
  return new Program<never, unknown>(Kind.SHIELD, null, body, undefined, undefined, 1)
}
