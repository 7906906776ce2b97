// `Cancel`: asks another task to end.

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { InvalidWaitableError } from '../messages/errors'
import { Kind, Program } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import { show } from '../messages/show'
import { Waitable, type AnyTask } from '../language/waitable'

/** The effect type of {@link Cancel}. */
export interface CancelEffect extends Effect<'Cancel', [task: AnyTask], void>, HandledBy<'scheduled()'> {}

const cancelType = new EffectType(EffectNumber.CANCEL, 'Cancel')

/**
 * Asks a task to end: it unwinds at its next suspension, its `finally` blocks run. If it is suspended now, that is when its
 * turn comes; if what it waited for is there already, it gets that first. A task that has ended is left alone.
 *
 * @throws InvalidWaitableError when `task` is not a task.
 * @example
 * const parent = Do(function* () {
 *   const task = yield* Spawn(Sleep(60_000))
 *   yield* Cancel(task)
 *   return 'not waiting'
 * })
 * await runAsync(parent().with(scheduled())) // 'not waiting'
 */
export const Cancel = asConstructor(function (task: unknown) {
  if (!(task instanceof Waitable) || task.kind !== 'Task') {
    throw new InvalidWaitableError(`Cancel takes a task, not ${show(task)}.`)
  }
  if (task.extra?.isRoot === true) {
    throw new InvalidWaitableError(
      'Cancel takes a spawned task; the root task ends by a return, a throw, or the signal of its run.',
    )
  }
  return new Program(Kind.PERFORM_ON, cancelType, task, undefined, undefined, 1)
}, cancelType) as unknown as ConstructorOf<CancelEffect>
