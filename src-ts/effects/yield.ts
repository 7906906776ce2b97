// `Yield`: another task's turn.

import { EffectType, type ConstructorOf } from '../language/effect'
import { Kind } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import { nullary } from './nullary'

/** The effect type of {@link Yield}. */
export interface YieldEffect extends Effect<'Yield', [], void>, HandledBy<'scheduled()'> {}

/**
 * Lets the tasks that are ready go first.
 *
 * @example
 * run(Yield().map(() => 42).with(scheduled())) // 42
 */
export const Yield = nullary(new EffectType(EffectNumber.YIELD, 'Yield'), Kind.PERFORM_ON) as ConstructorOf<YieldEffect>
