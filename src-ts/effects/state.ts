// State: one store of entries, owned by the handler. Keys are any value, compared like the keys of a Map.

import { EffectType, makeConstructor, type ConstructorOf } from '../language/effect'
import { Handler } from '../language/handler'
import { Kind, type Program } from '../language/program'
import { Effect as EffectNumber, Native } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import { entriesOf, type Bindings } from '../language/bindings'

/** The effect type of {@link Get}. */
export interface GetEffect extends Effect<'Get', [key: unknown], unknown>, HandledBy<'state()'> {}
/** The effect type of {@link Put}. */
export interface PutEffect extends Effect<'Put', [key: unknown, value: unknown], void>, HandledBy<'state()'> {}
/** The effect type of {@link Modify}. */
export interface ModifyEffect
  extends Effect<'Modify', [key: unknown, change: (old: never) => unknown], unknown>, HandledBy<'state()'> {}
/** What {@link state} handles. */
export type StateEffect = GetEffect | PutEffect | ModifyEffect

/**
 * Answers the value under `key`, or `undefined`.
 *
 * @example
 * run(Get('n').with(state({ n: 42 }))) // 42
 * run(Get('missing').with(state())) // undefined
 */
export const Get = makeConstructor(new EffectType(EffectNumber.GET, 'Get'), Kind.PERFORM_KEYED) as {
  <V = unknown>(key: unknown): Program<V | undefined, GetEffect>
} & ConstructorOf<GetEffect>

/**
 * Sets the value under `key`.
 *
 * @example
 * run(Put('n', 42).flatMap(() => Get('n')).with(state())) // 42
 */
export const Put = makeConstructor(
  new EffectType(EffectNumber.PUT, 'Put'),
  Kind.PERFORM_KEYED,
) as ConstructorOf<PutEffect>

/**
 * Sets the value under `key` to `change(old)` and answers the old one. If `change` throws, nothing is changed.
 *
 * @throws what `change` throws (at the yield).
 * @example
 * run(Modify<number>('n', n => (n ?? 0) + 1).with(state({ n: 1 }))) // 1
 */
export const Modify = makeConstructor(new EffectType(EffectNumber.MODIFY, 'Modify'), Kind.PERFORM_KEYED) as {
  <V>(key: unknown, change: (old: V | undefined) => V): Program<V | undefined, ModifyEffect>
} & ConstructorOf<ModifyEffect>

/**
 * A State handler with a store of its own, new for each run of the handled program. `initial` is an object, a Map or
 * a list of pairs.
 *
 * @throws DoeffTypeError (when it is installed) when `initial` is none of them.
 * @example
 * const next = Do(function* () { return yield* Modify<number>('id', id => (id ?? 0) + 1) })
 * run(next().with(state({ id: 7 }))) // 7
 */
export function state(initial: Bindings = {}): Handler<StateEffect> {
  return new Handler('state', [], undefined, { native: Native.STATE, seed: () => entriesOf(initial, 'state') })
}
