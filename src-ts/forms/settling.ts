// Side by side, whatever becomes of each: all outcomes, or the first one.

import { attempt } from '../language/catching'
import { asProgram, Kind, Program, type AnswerOf, type ProgramGenerator } from '../language/program'
import { each } from '../builtins/iterate'
import { append } from '../builtins/intrinsics'
import type { Result } from '../language/result'
import type { RowOf, WithoutFailures } from '../language/effect-row'
import { InvalidProgramError } from '../messages/errors'
import { show } from '../messages/show'
import { All, Any, type StructuredEffect } from './structured'

type AnyProgram = Program<unknown, unknown>

/** How each of several programs has ended. */
export type SettledOf<P extends readonly AnyProgram[]> = { -readonly [K in keyof P]: Result<AnswerOf<P[K]>> }

/** The outcomes of the programs, as programs. */
function outcomesOf(programs: unknown, asker: string): Program<Result<unknown>, never>[] {
  if (typeof programs !== 'object' || programs === null || !(Symbol.iterator in programs)) {
    throw new InvalidProgramError(`${asker} takes a list of programs, not ${show(programs)}.`)
  }
  const outcomes: Program<Result<unknown>, never>[] = []
  for (const program of each(programs as Iterable<unknown>)) {
    append(outcomes, attempt(asProgram(program, asker)) as Program<Result<unknown>, never>)
  }
  return outcomes
}

/**
 * Runs the programs side by side, as {@link All} does, and answers how each one ended, in order: `Ok(value)` or `Err(error)`. The
 * failure of one ends no other.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * const no = Do(function* () { throw 'no' })
 * run(allSettled([pure(1), no()]).with(scheduled())) // [{ ok: true, value: 1 }, { ok: false, error: 'no' }]
 */
export function allSettled<const P extends readonly AnyProgram[]>(
  programs: P,
): Program<SettledOf<P>, WithoutFailures<RowOf<P[number]>> | StructuredEffect>
export function allSettled<P extends AnyProgram>(
  programs: Iterable<P>,
): Program<Result<AnswerOf<P>>[], WithoutFailures<RowOf<P>> | StructuredEffect>
export function allSettled(programs: unknown): Program<never, never> {
  return All(outcomesOf(programs, 'allSettled')) as unknown as Program<never, never>
}

/**
 * Runs the programs side by side; the first one to end decides: its result is answered, or its error thrown. The others are
 * cancelled and unwound. The first *success* is what {@link Any} answers; tasks that go on are raced by {@link Race}.
 *
 * @throws InvalidProgramError when one is not a program, or there is none.
 * @example
 * const after = (ms: number) => Sleep(ms).map(() => ms)
 * run(raceAll([after(20), after(10)]).with(simulatedClock()).with(scheduled())) // 10
 */
export function raceAll<const P extends readonly AnyProgram[]>(
  programs: P,
): Program<AnswerOf<P[number]>, RowOf<P[number]> | StructuredEffect>
export function raceAll<P extends AnyProgram>(programs: Iterable<P>): Program<AnswerOf<P>, RowOf<P> | StructuredEffect>
export function raceAll(programs: unknown): Program<never, never> {
  const outcomes = outcomesOf(programs, 'raceAll')
  if (outcomes.length === 0) throw new InvalidProgramError('raceAll takes at least one program: none would end first.')
  return new Program<never, never>(Kind.CALL, null, decided, Any(outcomes), undefined, 1)
}

function* decided(first: AnyProgram): ProgramGenerator<AnyProgram, unknown> {
  const outcome = (yield first) as Result<unknown>
  if (outcome.ok) return outcome.value
  throw outcome.error
}
