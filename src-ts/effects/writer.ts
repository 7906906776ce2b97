// Writer: an append-only log.

import { asConstructor, EffectType, makeConstructor, type ConstructorOf } from '../language/effect'
import { Handler } from '../language/handler'
import { asProgram, Kind, Program } from '../language/program'
import { Effect as EffectNumber, Native } from '../wire/protocol'
import type { Effect, HandledBy } from '../language/effect-row'

/** The effect type of {@link Tell}. */
export interface TellEffect extends Effect<'Tell', [message: unknown], void>, HandledBy<'writer()'> {}
/** The effect type of {@link Listen}. */
export interface ListenEffect
  extends Effect<'Listen', [program: Program<unknown, unknown>], unknown>, HandledBy<'writer()'> {}
/** What {@link writer} handles. */
export type WriterEffect = TellEffect | ListenEffect

/**
 * Appends a message to the log.
 *
 * @example
 * run(Listen(Tell('hello')).with(writer())) // [undefined, ['hello']]
 */
export const Tell = makeConstructor(new EffectType(EffectNumber.TELL, 'Tell')) as ConstructorOf<TellEffect>

const listenType = new EffectType(EffectNumber.LISTEN, 'Listen')

/**
 * Runs `program` and answers its result together with the messages it told. They stay in the outer log too.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const noisy = Do(function* () { yield* Tell('a'); return 1 })
 * run(Listen(noisy()).with(writer())) // [1, ['a']]
 */
export const Listen = asConstructor(function (program: unknown) {
  return new Program(Kind.PERFORM, listenType, asProgram(program, 'Listen'), undefined, undefined, 1)
}, listenType) as unknown as (<A, E>(
  program: Program<A, E>,
) => Program<[result: A, messages: unknown[]], E | ListenEffect>) &
  ConstructorOf<ListenEffect>

/**
 * A Writer handler with a log of its own, new for each run of the handled program.
 *
 * @example
 * run(Tell('hello').map(() => 42).with(writer())) // 42
 */
export function writer(): Handler<WriterEffect> {
  return new Handler('writer', [], undefined, { native: Native.WRITER, seed: () => [] })
}
