// Try: turns how a program ends into a value.

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { Handler } from '../language/handler'
import { asProgram, Kind, Program } from '../language/program'
import { Effect as EffectNumber, Native } from '../wire/protocol'
import type { Result } from '../language/result'
import type { Effect, HandledBy, WithoutFailures } from '../language/effect-row'

/** The effect type of {@link Try}. */
export interface TryEffect
  extends Effect<'Try', [program: Program<unknown, unknown>], unknown>, HandledBy<'tryHandler'> {}

const tryType = new EffectType(EffectNumber.TRY, 'Try')

/**
 * Runs `program` and answers `Ok(value)` or `Err(error)`. It does not roll state back.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const fails = Do(function* () { throw new Error('no') })
 * run(Try(fails()).with(tryHandler)).ok // false
 */
export const Try = asConstructor(function (program: unknown) {
  return new Program(Kind.PERFORM, tryType, asProgram(program, 'Try'), undefined, undefined, 1)
}, tryType) as unknown as (<A, E>(program: Program<A, E>) => Program<Result<A>, WithoutFailures<E> | TryEffect>) &
  ConstructorOf<TryEffect>

/**
 * Handles {@link Try}.
 *
 * @example
 * run(Try(pure(42)).with(tryHandler)) // { ok: true, value: 42 }
 */
export const tryHandler: Handler<TryEffect> = new Handler('try', [], undefined, {
  native: Native.TRY,
  seed: () => [],
})
