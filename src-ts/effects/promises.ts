// Promises that the program settles, and those that are settled from outside.

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { InvalidWaitableError } from '../messages/errors'
import { Kind, Program } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import { show } from '../messages/show'
import { ExternalPromise } from '../machine/promises'
import { Waitable, type VmPromise } from '../language/waitable'
import { nullary } from './nullary'

/** The effect type of {@link CreatePromise}. */
export interface CreatePromiseEffect extends Effect<'CreatePromise', [], VmPromise>, HandledBy<'scheduled()'> {}
/** The effect type of {@link CompletePromise}. */
export interface CompletePromiseEffect
  extends Effect<'CompletePromise', [promise: VmPromise, value: unknown], void>, HandledBy<'scheduled()'> {}
/** The effect type of {@link FailPromise}. */
export interface FailPromiseEffect
  extends Effect<'FailPromise', [promise: VmPromise, error: unknown], void>, HandledBy<'scheduled()'> {}

/** The effect types of {@link CreatePromise}, {@link CompletePromise} and {@link FailPromise}. */
export type PromiseEffect = CreatePromiseEffect | CompletePromiseEffect | FailPromiseEffect
/** The effect type of {@link CreateExternalPromise}. */
export interface ExternalPromiseEffect
  extends
    Effect<'CreateExternalPromise', [options?: ExternalPromiseOptions], ExternalPromise<unknown>>,
    HandledBy<'scheduled()'> {}

/** How an external promise is to be. */
export interface ExternalPromiseOptions {
  /** Whether the process stays alive while a task waits for it; `true` by default. */
  readonly ref?: boolean
}

/**
 * A promise that a task settles.
 *
 * @example
 * const exchange = Do(function* () {
 *   const promise = yield* CreatePromise<number>()
 *   yield* Spawn(CompletePromise(promise, 42))
 *   return yield* Wait(promise.future)
 * })
 * run(exchange().with(scheduled())) // 42
 */
export const CreatePromise = nullary(new EffectType(EffectNumber.CREATE_PROMISE, 'CreatePromise')) as unknown as {
  <A = unknown>(): Program<VmPromise<A>, PromiseEffect>
} & ConstructorOf<CreatePromiseEffect>

/**
 * Settles a promise with a value. Who waits is queued; the caller goes on.
 *
 * @throws AlreadySettledError (at the yield) when the promise was settled before.
 * @example
 * const twice = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* CompletePromise(promise, 1)
 *   yield* CompletePromise(promise, 2)
 * })
 * run(twice().with(scheduled())) // throws AlreadySettledError
 */
export const CompletePromise = settling(
  new EffectType(EffectNumber.COMPLETE_PROMISE, 'CompletePromise'),
) as unknown as {
  <A>(promise: VmPromise<A>, value: A): Program<void, PromiseEffect>
} & ConstructorOf<CompletePromiseEffect>

/**
 * Settles a promise with an error, which is thrown where somebody waits.
 *
 * @throws AlreadySettledError (at the yield) when the promise was settled before.
 * @example
 * const failed = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* FailPromise(promise, new RangeError('no'))
 *   return yield* Wait(promise.future)
 * })
 * run(failed().with(scheduled())) // throws RangeError
 */
export const FailPromise = settling(new EffectType(EffectNumber.FAIL_PROMISE, 'FailPromise')) as unknown as {
  (promise: VmPromise, error: unknown): Program<void, PromiseEffect>
} & ConstructorOf<FailPromiseEffect>

const externalType = new EffectType(EffectNumber.CREATE_EXTERNAL_PROMISE, 'CreateExternalPromise')
const usualExternal = new Program(Kind.PERFORM, externalType, undefined, undefined, undefined, 0)

/**
 * A promise that is settled from outside: hand `complete` and `fail` to a callback. While a task waits for it, the run
 * is not deadlocked and the process stays alive (unless `ref: false`).
 *
 * @example
 * const later = Do(function* () {
 *   const promise = yield* CreateExternalPromise<number>()
 *   setTimeout(() => promise.complete(42), 1)
 *   return yield* Wait(promise.future)
 * })
 * await runAsync(later().with(scheduled())) // 42
 */
export const CreateExternalPromise = asConstructor(function (options?: unknown) {
  if (options === undefined) return usualExternal
  return new Program(Kind.PERFORM, externalType, options, undefined, undefined, 1)
}, externalType) as unknown as {
  <A = unknown>(options?: ExternalPromiseOptions): Program<ExternalPromise<A>, ExternalPromiseEffect>
} & ConstructorOf<ExternalPromiseEffect>

function settling(own: EffectType): unknown {
  return asConstructor(function (promise: unknown, value: unknown) {
    const { future } = (promise ?? {}) as Partial<VmPromise>
    if (!(future instanceof Waitable) || future.kind !== 'Promise') {
      const hint = promise instanceof ExternalPromise ? '; call its own complete(value) or fail(error)' : ''
      throw new InvalidWaitableError(`${own.name} takes what CreatePromise answered, not ${show(promise)}${hint}.`)
    }
    return new Program(Kind.PERFORM_ON, own, promise, value, undefined, 2)
  }, own)
}
