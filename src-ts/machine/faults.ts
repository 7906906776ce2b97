// Faults: what the machine refused, as the error a user reads.

import { Continuation } from '../language/continuation'
import {
  EscapedTaskError,
  ForeignContinuationError,
  MissingEnvKeyError,
  NoHandlerContextError,
  OneShotViolationError,
  OutOfOrderError,
  TooManyPermitsError,
  TooManyTasksError,
  UnhandledEffectError,
  UnstartedContinuationError,
} from '../messages/errors'
import type { Clause } from '../language/clause'
import { join, map } from '../builtins/intrinsics'
import { each } from '../builtins/iterate'
import type { EffectType } from '../language/effect'
import type { Handler } from '../language/handler'
import { placeIn } from '../messages/site'
import { word } from '../wire/mailbox'
import { nameOfKind, type Program } from '../language/program'
import { Fault, Word } from '../wire/protocol'
import type { Run } from './run'
import type { Waitable } from '../language/waitable'
import { show } from '../messages/show'
import { frameLink, linkText } from '../language/trace'

/** The fault in the last outcome. */
export function lastFault(): Fault {
  return word(Word.X) as Fault
}

/** The error for an effect that could not be performed. */
export function performError(run: Run, fault: Fault, effect: Program<unknown, unknown>): Error {
  if (fault === Fault.MISSING_ENV_KEY) {
    const key = effect.a
    return new MissingEnvKeyError(
      `No reader in scope binds ${show(key)}: add it to reader({…}), vm.setEnv({…}) or Local({…}, program).`,
      key,
    )
  }
  if (fault === Fault.TOO_MANY_PERMITS) {
    return new TooManyPermitsError(`${String(effect.a)}: every permit is in; Release gives back what Acquire took.`)
  }
  if (fault === Fault.TOO_MANY_TASKS) {
    return new TooManyTasksError('Spawn: as many tasks are alive as may be; see scheduled({ maxTasks }).')
  }
  if (fault === Fault.OUT_OF_ORDER) return new OutOfOrderError(`${show(effect)} is not possible now.`)
  const handlers = run.machine.handlersInScope(false)
  const names = map(handlers, ({ handler }) => handler?.name ?? 'built-in layer')
  const searched = names.length === 0 ? 'there is no handler in scope' : `searched: ${join(names, ', ')}`
  const shown = effect.type?.untyped === true ? effect.a : effect
  const namesake = namesakeAmong(handlers, effect.type)
  return new UnhandledEffectError(`No handler takes ${show(shown)} (${searched}).${namesake}`, shown, names)
}

/** What is said of a handler that takes another effect of this name: effects are told apart by their declaration. */
function namesakeAmong(handlers: readonly { handler: Handler | undefined }[], type: EffectType | null): string {
  for (const { handler } of each(handlers)) {
    for (const clause of each(handler?.clauses ?? [])) {
      if (type === null || clause.type === null || clause.type.name !== type.name) continue
      const other = declaredAt(clause.type)
      return ` ${handler?.name} takes another effect named ${type.name}${other}; this one is declared${declaredAt(type, 'elsewhere')}.`
    }
  }
  return ''
}

function declaredAt({ declared }: EffectType, unknown = ''): string {
  const place = declared === undefined ? undefined : placeIn(declared)
  if (place === undefined) return unknown === '' ? '' : ` ${unknown}`
  return unknown === '' ? `, declared at ${place}` : ` at ${place}`
}

/** The error for a task out of which a clause has left. */
export function escapedTask(left: unknown, task: Waitable | undefined, result: unknown, threw: boolean): Error {
  const { effect, handler } = Continuation.named(left) ?? namesOfClause(left)
  return new EscapedTaskError(
    `${String(task ?? 'A task')} has failed: its ${effect} was taken by ${handler}, a handler outside of it, whose clause ` +
      `${threw ? 'threw' : 'ended'} without resuming the task. Out of a task that was spawned nobody can leave; run the ` +
      'program by All, Any or traverse, or in the same task, or handle the effect inside of the task.',
    { effect, handler, task, result: threw ? undefined : result },
    threw ? { cause: result } : undefined,
  )
}

function namesOfClause(x: unknown): { effect: string; handler: string } {
  const { type, owner } = (x ?? {}) as Partial<Clause>
  return { effect: type?.name ?? 'effect', handler: owner ?? 'a handler' }
}

/** The error for a continuation that could not be used as `asked`. */
export function continuationError(fault: Fault, asked: string, k: Continuation): Error {
  if (fault === Fault.UNSTARTED_CONTINUATION) {
    return new UnstartedContinuationError(`${asked} needs a started continuation; use ResumeContinuation for this one.`)
  }
  if (fault === Fault.ONE_SHOT_VIOLATION) return usedError(asked, k)
  if (fault === Fault.ESCAPED_TASK) {
    return new EscapedTaskError(
      `${asked}: the continuation of ${Continuation.nameOf(k)} is of a task, whose result cannot be given to the handler ` +
        `around it. Resume it in tail position: return Resume(k, value).`,
      { ...Continuation.named(k), task: undefined, result: undefined },
    )
  }
  return new OutOfOrderError(`${asked} is not possible now.`)
}

/** The error for a continuation that was used before, or closed. */
export function usedError(asked: string, k: Continuation): Error {
  const use = Continuation.useOf(k)
  const first =
    use === undefined
      ? 'was closed when its clause ended without using it; a raw clause may keep its k'
      : `was used before, by ${nameOfKind(use)} ${linkText(frameLink(Continuation.userOf(k)))}`
  const name = `the continuation of ${Continuation.nameOf(k)}`
  return new OneShotViolationError(`${asked}: ${name} ${first}. A continuation can be used once.`)
}

/** The error for a continuation that belongs elsewhere. */
export function foreignError(asked: string, sameVm: boolean): Error {
  const where = sameVm ? 'a run that is over' : 'another VM'
  return new ForeignContinuationError(`${asked}: this continuation belongs to ${where}.`)
}

/** The error for a question that only a clause may ask. */
export function contextError(asked: string): Error {
  return new NoHandlerContextError(`${asked} is possible only inside of a handler's ctl, raw or catch-all clause.`)
}
