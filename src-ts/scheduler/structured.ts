// Structured forms: programs that spawn, and end what they have spawned before they end themselves.

import { OwnMap, OwnSet } from '../collections'
import { each, steps } from '../each'
import { TimeoutError } from '../errors'
import { EffectType } from '../effect'
import { Handler } from '../handler'
import { append, apply, filter, map } from '../intrinsics'
import { asProgram, Kind, Program, type AnswerOf } from '../program'
import { Clause as ClauseKind, Effect as EffectNumber } from '../protocol'
import type { RealTime, RowOf, WithoutFailures } from '../row'
import {
  Cancel,
  Gather,
  Race,
  Sleep,
  Spawn,
  Wait,
  type CancelEffect,
  type GatherEffect,
  type RaceEffect,
  type SleepEffect,
  type SpawnEffect,
  type WaitEffect,
} from './effects'
import { earliest, PENDING, type Task, type Waitable } from './waitable'

/** What the structured forms perform. */
export type StructuredEffect = SpawnEffect | WaitEffect | GatherEffect | RaceEffect | CancelEffect

type AnyProgram = Program<unknown, unknown>
type Steps<R> = Generator<Program<unknown, unknown>, R, unknown>

/** The results of several programs. */
export type AnswersOf<P extends readonly AnyProgram[]> = { -readonly [K in keyof P]: AnswerOf<P[K]> }

/**
 * Cancels tasks and waits until each has ended, however. The failure of a cleanup is reported as unobserved, unless others
 * know the task and have waited for it.
 */
function* end(tasks: readonly Task[], known = false): Steps<void> {
  const left = filter(tasks, ({ standing }) => standing === PENDING)
  for (const task of each(left)) yield Cancel(task)
  for (const task of each(left)) {
    const wasObserved = known && task.observed
    try {
      if (task.standing === PENDING) yield Wait(task)
    } catch (error) {
      // It did not end: this is a deadlock, or the end of a run that may not wait.
      if (task.standing === PENDING) throw error
    }
    if (!wasObserved) task.disown()
  }
}

/** Spawns the programs as `tasks`, which has those that were spawned even if one cannot be. */
function* spawnAll(programs: readonly AnyProgram[], tasks: Task[]): Steps<void> {
  for (const program of each(programs)) append(tasks, (yield Spawn(program)) as Task)
}

/**
 * Runs the programs side by side and answers their results in order. When one fails, the others are cancelled and
 * unwound, then its error is thrown.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * run(All([pure(1), pure('a')]).with(scheduled())) // [1, 'a']
 */
export function All<const P extends readonly AnyProgram[]>(
  programs: P,
): Program<AnswersOf<P>, RowOf<P[number]> | StructuredEffect> {
  const checked = map(programs, program => asProgram(program, 'All'))
  return new Program(Kind.CALL, null, all, checked, undefined, 1)
}

function* all(programs: readonly AnyProgram[]): Steps<unknown> {
  const tasks: Task[] = []
  try {
    yield* steps(spawnAll(programs, tasks))
    return yield apply(Gather, undefined, tasks)
  } finally {
    yield* steps(end(tasks))
  }
}

/**
 * Runs the programs side by side and answers the result of the first one that succeeds; the others are cancelled and
 * unwound. The failures of a program are no failures of `Any`: of an AggregateError the type of a program knows nothing.
 *
 * @throws AggregateError (at the yield) when all of them fail, with their errors in order.
 * @example
 * const no = Do(function* () { throw new Error('no') })
 * run(Any([no(), pure(42)]).with(scheduled())) // 42
 */
export function Any<const P extends readonly AnyProgram[]>(
  programs: P,
): Program<AnswerOf<P[number]>, WithoutFailures<RowOf<P[number]>> | StructuredEffect> {
  const checked = map(programs, program => asProgram(program, 'Any'))
  return new Program(Kind.CALL, null, any, checked, undefined, 1)
}

function* any(programs: readonly AnyProgram[]): Steps<unknown> {
  const tasks: Task[] = []
  const errors = new OwnMap<Task, unknown>()
  try {
    yield* steps(spawnAll(programs, tasks))
    for (let left = tasks; left.length > 0; left = filter(tasks, task => !errors.has(task))) {
      const attempt = yield* steps(firstOf(left))
      if (attempt.ok) return attempt.value
      errors.set(attempt.task, attempt.error)
    }
    throw new AggregateError(each(map(tasks, task => errors.get(task))), 'Any: every program failed.')
  } finally {
    yield* steps(end(tasks))
  }
}

type Attempt = { ok: true; value: unknown } | { ok: false; task: Task; error: unknown }

/** The first of the tasks to settle, and how. */
function* firstOf(tasks: readonly Task[]): Steps<Attempt> {
  try {
    return { ok: true, value: ((yield apply(Race, undefined, tasks)) as { value: unknown }).value }
  } catch (error) {
    const settled = filter(tasks, ({ standing }) => standing !== PENDING)
    // None did: this is a deadlock, or the end of a run that may not wait.
    if (settled.length === 0) throw error
    return { ok: false, task: earliest(settled), error }
  }
}

/**
 * Runs `program`; takes no longer than `ms` milliseconds of the clock in scope. After that the program is cancelled and
 * unwound.
 *
 * @throws TimeoutError (at the yield) when time is up.
 * @example
 * const slow = Sleep(60_000).map(() => 'done')
 * run(Timeout(1000, slow).with(simulatedClock()).with(scheduled())) // throws TimeoutError
 */
export function Timeout<A, E>(
  ms: number,
  program: Program<A, E>,
): Program<A, E | StructuredEffect | SleepEffect | RealTime> {
  return new Program(Kind.CALL, null, timeout, [ms, asProgram(program, 'Timeout'), Sleep(ms)], undefined, 3)
}

function* timeout(ms: number, program: AnyProgram, sleeping: AnyProgram): Steps<unknown> {
  const tasks: Task[] = []
  try {
    yield* steps(spawnAll([program], tasks))
    const task = tasks[0] as Task
    const timer = (yield Spawn(sleeping, { name: 'timer', priority: 'high' })) as Task
    append(tasks, timer)
    const { first, value } = (yield Race(task, timer)) as { first: Waitable; value: unknown }
    if (first === task) return value
    throw new TimeoutError(`Timeout: ${String(program)} took longer than ${ms} ms.`)
  } finally {
    yield* steps(end(tasks))
  }
}

/** The effect by which a `Scope` in scope is found; nobody performs it. @internal */
export const scopeType = new EffectType(EffectNumber.SCOPE, 'Scope')

/** How many are open in this process: while none is, nobody looks for one. */
let open = 0

/** Whether a task may have been spawned in a `Scope`. @internal */
export function areScopesOpen(): boolean {
  return open > 0
}

/** The tasks spawned in one `Scope`. */
class TaskScope extends Handler {
  readonly tasks = new OwnSet<Waitable>()

  constructor() {
    super('scope', [{ kind: ClauseKind.VAL, type: scopeType, run: undefined, owner: 'scope' }], undefined, undefined)
  }
}

/** The innermost `Scope` that a handler stands for. @internal */
export function taskScopeOf(handler: Handler | undefined): OwnSet<Waitable> | undefined {
  return handler instanceof TaskScope ? handler.tasks : undefined
}

/**
 * Runs `program`; the tasks that were spawned in it, by itself or by tasks of its own, are cancelled and unwound before
 * it ends, however it ends.
 *
 * @example
 * const events: string[] = []
 * const background = Do(function* () { try { yield* Sleep(60_000) } finally { events.push('unwound') } })
 * const program = Do(function* () { yield* Spawn(background()); yield* Yield(); return 'done' })
 * run(Scope(program()).with(simulatedClock()).with(scheduled())) // 'done'
 * events // ['unwound']
 */
export function Scope<A, E>(program: Program<A, E>): Program<A, E | StructuredEffect> {
  return new Program(Kind.CALL, null, scope, asProgram(program, 'Scope'), undefined, 1)
}

function* scope(program: AnyProgram): Steps<unknown> {
  const own = new TaskScope()
  open++
  try {
    return yield program.with(own as never)
  } finally {
    try {
      // Cleanup may spawn as well.
      while (own.tasks.size > 0) yield* steps(end(own.tasks.list() as Task[], true))
    } finally {
      open--
    }
  }
}
