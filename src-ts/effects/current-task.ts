// `CurrentTask`: who performs.

import { EffectType, type ConstructorOf } from '../language/effect'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import type { AnyTask } from '../language/waitable'
import { nullary } from './nullary'

/** The effect type of {@link CurrentTask}. */
export interface CurrentTaskEffect extends Effect<'CurrentTask', [], AnyTask>, HandledBy<'scheduled()'> {}

/**
 * Answers the handle of the task that performs it: its `id`, its `name`, the `parentId` of the task that spawned it. The root
 * task has a handle too, but nobody can wait for it or cancel it. A child of `All`, `Any` or `traverse` that asks is a task
 * from then on.
 *
 * @example
 * const who = Do(function* who() { return (yield* CurrentTask()).id })
 * run(Spawn(who()).flatMap(task => Wait(task)).with(scheduled())) // 1
 */
export const CurrentTask = nullary(
  new EffectType(EffectNumber.CURRENT_TASK, 'CurrentTask'),
) as ConstructorOf<CurrentTaskEffect>
