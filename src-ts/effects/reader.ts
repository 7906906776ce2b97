// Reader: an environment that programs ask and may override for a part of themselves.

import { asConstructor, EffectType, makeConstructor, type ConstructorOf } from '../language/effect'
import { Handler } from '../language/handler'
import { asProgram, Kind, Program } from '../language/program'
import { Effect as EffectNumber, Native } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'
import { entriesOf, pairsOf, type Bindings } from '../language/bindings'

/** The effect type of {@link Ask}. */
export interface AskEffect extends Effect<'Ask', [key: unknown], unknown>, HandledBy<'reader({ … })'> {}
/** The effect type of {@link Local}. */
export interface LocalEffect
  extends
    Effect<'Local', [bindings: Bindings, program: Program<unknown, unknown>], unknown>,
    HandledBy<'reader({ … })'> {}
/** What {@link reader} handles. */
export type ReaderEffect = AskEffect | LocalEffect

/**
 * Answers the value bound to `key`.
 *
 * @throws MissingEnvKeyError (at the yield) when no reader in scope binds it.
 * @example
 * run(Ask<number>('port').with(reader({ port: 80 }))) // 80
 * run(Ask('host').with(reader({ port: 80 }))) // throws MissingEnvKeyError
 */
export const Ask = makeConstructor(new EffectType(EffectNumber.ASK, 'Ask'), Kind.PERFORM_KEYED) as {
  <V = unknown>(key: unknown): Program<V, AskEffect>
} & ConstructorOf<AskEffect>

const localType = new EffectType(EffectNumber.LOCAL, 'Local')

/**
 * Runs `program` with more bindings and answers its result; they are gone on every exit.
 *
 * @throws DoeffTypeError, InvalidProgramError when `bindings` or `program` is something else.
 * @example
 * const name = Do(function* () { return yield* Ask<string>('name') })
 * run(Local({ name: 'inner' }, name()).with(reader({ name: 'outer' }))) // 'inner'
 */
export const Local = asConstructor(function (bindings: Bindings, program: unknown) {
  // Read now, so that later changes of the object do not leak in, and a wrong one is refused where it was written.
  const entries = pairsOf(bindings, 'Local')
  return new Program(Kind.PERFORM, localType, entries, asProgram(program, 'Local'), undefined, 2)
}, localType) as unknown as (<A, E>(bindings: Bindings, program: Program<A, E>) => Program<A, E | LocalEffect>) &
  ConstructorOf<LocalEffect>

/**
 * A Reader handler with an environment of its own. `env` is an object, a Map or a list of pairs.
 *
 * @throws DoeffTypeError (when it is installed) when `env` is none of them.
 * @example
 * run(Do(function* () { return yield* Ask<number>('port') })().with(reader({ port: 80 }))) // 80
 */
export function reader(env: Bindings): Handler<ReaderEffect> {
  return new Handler('reader', [], undefined, { native: Native.READER, seed: () => entriesOf(env, 'reader') })
}
