// Small words for programs one after the other: nothing here needs a scheduler.

import { InvalidProgramError } from '../messages/errors'
import { append, isInteger, map } from '../builtins/intrinsics'
import { asProgram, Kind, Program, type AnswerOf, type ProgramGenerator } from '../language/program'
import type { RowOf, WithoutFailures } from '../language/effect-row'
import { show } from '../messages/show'
import type { AnswersOf } from './structured'

type AnyProgram = Program<unknown, unknown>
type Steps<R> = ProgramGenerator<AnyProgram, R>
type Next = (value: unknown) => unknown

/** A call of steps of ours. */
function steps<A, E>(f: (...args: never[]) => Steps<A>, a: unknown, b?: unknown): Program<A, E> {
  return new Program(Kind.CALL, null, f, a, b, 2)
}

function asNext(f: unknown, asker: string): Next {
  if (typeof f === 'function') return f as Next
  throw new InvalidProgramError(`${asker} takes a program and a function that gives one, not ${show(f)}.`)
}

/**
 * Runs the programs one after the other and answers their results in order. Side by side it is {@link All}.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * run(zip(pure(1), pure('a'))) // [1, 'a']
 */
export function zip<const P extends readonly AnyProgram[]>(...programs: P): Program<AnswersOf<P>, RowOf<P[number]>> {
  const checked = map(programs, program => asProgram(program, 'zip'))
  return steps(zipped, checked) as unknown as Program<AnswersOf<P>, RowOf<P[number]>>
}

function* zipped(programs: readonly AnyProgram[]): Steps<unknown[]> {
  const results: unknown[] = []
  for (let at = 0; at < programs.length; at++) append(results, yield programs[at] as AnyProgram)
  return results
}

/**
 * Runs `program`, then the program that `f` makes of its result, and answers the result of the first one.
 *
 * @throws InvalidProgramError when `program` is not a program or `f` not a function.
 * @example
 * run(Listen(tap(pure(42), n => Tell(`found ${n}`))).with(writer())) // [42, ['found 42']]
 */
export function tap<A, E, Own extends AnyProgram>(
  program: Program<A, E>,
  f: (value: A) => Own,
): Program<A, E | RowOf<Own>> {
  return steps(tapped, asProgram(program, 'tap'), asNext(f, 'tap')) as Program<A, E | RowOf<Own>>
}

function* tapped(program: AnyProgram, f: Next): Steps<unknown> {
  const value = yield program
  yield f(value) as AnyProgram
  return value
}

/**
 * Runs `program`; if it throws, whatever it throws, runs the program that `f` makes of the error. For failures alone there is
 * {@link catching}.
 *
 * @throws InvalidProgramError when `program` is not a program or `f` not a function.
 * @example
 * const parse = Do(function* (text: string) { return JSON.parse(text) as number })
 * run(orElse(parse('{'), () => pure(0))) // 0
 */
export function orElse<A, E, Own extends AnyProgram>(
  program: Program<A, E>,
  f: (error: unknown) => Own,
): Program<A | AnswerOf<Own>, WithoutFailures<E> | RowOf<Own>> {
  return steps(otherwise, asProgram(program, 'orElse'), asNext(f, 'orElse')) as never
}

function* otherwise(program: AnyProgram, f: Next): Steps<unknown> {
  let other: unknown
  try {
    return yield program
  } catch (error) {
    other = f(error)
  }
  return yield other as AnyProgram
}

/**
 * Runs `program` again and again, until it throws or is cancelled.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * let left = 3
 * const work = Do(function* () { if (left-- === 0) throw new RangeError('enough') })
 * run(forever(work())) // throws RangeError
 */
export function forever<E>(program: Program<unknown, E>): Program<never, E> {
  return steps(endless, asProgram(program, 'forever'))
}

function* endless(program: AnyProgram): Steps<never> {
  for (;;) yield program
}

/**
 * Runs `program` so many times, one after the other, and answers the results in order.
 *
 * @throws InvalidProgramError when `program` is not a program; RangeError when `times` is no count.
 * @example
 * const next = Modify<number>('n', n => (n ?? 0) + 1)
 * run(repeat(next, 3).with(state({ n: 5 }))) // [5, 6, 7]
 */
export function repeat<A, E>(program: Program<A, E>, times: number): Program<A[], E> {
  if (!isInteger(times) || times < 0) throw new RangeError(`repeat: times is a count, not ${show(times)}.`)
  return steps(repeated, asProgram(program, 'repeat'), times) as Program<A[], E>
}

function* repeated(program: AnyProgram, times: number): Steps<unknown[]> {
  const results: unknown[] = []
  while (results.length < times) append(results, yield program)
  return results
}
