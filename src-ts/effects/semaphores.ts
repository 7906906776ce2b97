// Semaphores: made, taken from, given back to.

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { InvalidWaitableError } from '../messages/errors'
import { isInteger } from '../builtins/intrinsics'
import { Kind, Program } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import { show } from '../messages/show'
import { Semaphore } from '../machine/semaphore'

/** The effect type of {@link CreateSemaphore}. */
export interface CreateSemaphoreEffect
  extends Effect<'CreateSemaphore', [permits: number], Semaphore>, HandledBy<'scheduled()'> {}
/** The effect type of {@link Acquire}. */
export interface AcquireEffect extends Effect<'Acquire', [semaphore: Semaphore], void>, HandledBy<'scheduled()'> {}
/** The effect type of {@link Release}. */
export interface ReleaseEffect extends Effect<'Release', [semaphore: Semaphore], void>, HandledBy<'scheduled()'> {}

/** The effect types of {@link CreateSemaphore}, {@link Acquire} and {@link Release}. */
export type SemaphoreEffect = CreateSemaphoreEffect | AcquireEffect | ReleaseEffect

const semaphoreType = new EffectType(EffectNumber.CREATE_SEMAPHORE, 'CreateSemaphore')

/**
 * A semaphore with `permits` permits, a positive integer.
 *
 * @throws RangeError when `permits` is none.
 * @example
 * const guarded = Do(function* () {
 *   const one = yield* CreateSemaphore(1)
 *   yield* Acquire(one)
 *   try { return 'alone' } finally { yield* Release(one) }
 * })
 * run(guarded().with(scheduled())) // 'alone'
 */
export const CreateSemaphore = asConstructor(function (permits: unknown) {
  if (!isInteger(permits) || permits < 1 || permits > 0x7fff_ffff) {
    throw new RangeError(`CreateSemaphore takes a positive integer, not ${show(permits)}.`)
  }
  return new Program(Kind.PERFORM, semaphoreType, permits, undefined, undefined, 1)
}, semaphoreType) as unknown as ConstructorOf<CreateSemaphoreEffect>

/**
 * Takes a permit; waits for one if none is free. Permits are given in the order in which they were asked for. A task that
 * is cancelled gives its permits back.
 *
 * @throws InvalidWaitableError when `semaphore` is something else.
 * @example
 * run(CreateSemaphore(1).flatMap(one => Acquire(one)).map(() => 'mine').with(scheduled())) // 'mine'
 */
export const Acquire = onSemaphore(
  new EffectType(EffectNumber.ACQUIRE, 'Acquire'),
) as unknown as ConstructorOf<AcquireEffect>

/**
 * Gives a permit back.
 *
 * @throws TooManyPermitsError (at the yield) when no permit is out.
 * @example
 * run(CreateSemaphore(1).flatMap(one => Release(one)).with(scheduled())) // throws TooManyPermitsError
 */
export const Release = onSemaphore(
  new EffectType(EffectNumber.RELEASE, 'Release'),
) as unknown as ConstructorOf<ReleaseEffect>

function onSemaphore(own: EffectType): unknown {
  return asConstructor(function (semaphore: unknown) {
    if (semaphore instanceof Semaphore) return new Program(Kind.PERFORM_ON, own, semaphore, undefined, undefined, 1)
    throw new InvalidWaitableError(`${own.name} takes what CreateSemaphore answered, not ${show(semaphore)}.`)
  }, own)
}
