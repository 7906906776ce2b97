// `Await`: JavaScript's own promises.

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { InvalidYieldError } from '../messages/errors'
import { Kind, Program } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Signal } from '../language/signal'
import type { Async, Effect, HandledBy } from '../language/effect-row'
import { show } from '../messages/show'

/** The effect type of {@link Await}. */
export interface AwaitEffect
  extends Effect<'Await', [action: unknown], unknown>, HandledBy<'scheduled() or awaitHandler()'> {}

const awaitType = new EffectType(EffectNumber.AWAIT, 'Await')

/**
 * Waits for a promise, or for what a function gives: it is called with a signal that is aborted when the task is
 * cancelled. Only this task waits; without a scheduler, under `awaitHandler()`, the whole program does. A rejection is
 * thrown at the yield, as it is.
 *
 * @throws AsyncInSyncRunError (at the yield) in a synchronous run.
 * @example
 * await runAsync(Await(Promise.resolve(42)).with(scheduled())) // 42
 * await runAsync(Await(signal => Promise.resolve(signal.aborted)).with(awaitHandler())) // false
 */
export const Await = asConstructor(function (action: unknown) {
  return new Program(Kind.PERFORM, awaitType, action, undefined, undefined, 1)
}, awaitType) as unknown as {
  <A>(action: PromiseLike<A> | ((signal: Signal) => PromiseLike<A> | A)): Program<A, AwaitEffect | Async>
} & ConstructorOf<AwaitEffect>

/** Refuses what cannot be awaited. @throws InvalidYieldError saying so. @internal */
export function checkThenable(x: unknown): void {
  if ((typeof x === 'object' && x !== null) || typeof x === 'function') return
  throw new InvalidYieldError(`Await takes a promise, or a function that gives one, not ${show(x)}.`)
}
