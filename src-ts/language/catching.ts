// Catching failures: handlers that are a program around the body, with a `try` in it. What was thrown has left everything
// inside of them by then; what they answer with runs outside.

import { types } from 'node:util'

import { InvalidHandlerError } from '../messages/errors'
import { isFailure, isFailureClass, type Failure } from './failure'
import { Handler } from './handler'
import { findIndex, fix, join, map, slice } from '../builtins/intrinsics'
import { asProgram, control, Kind, Program, type ProgramGenerator } from './program'
import { Err, Ok, type Result } from './result'
import type { Caught } from './result-map'
import type { Fails, FailsWith, GeneratorRow, ResultOf, RowOf, WithoutFailures } from './effect-row'
import { show } from '../messages/show'

type Frame = (body: Program<unknown, unknown>) => ProgramGenerator<unknown, unknown>
type Class = abstract new (...args: never[]) => Failure
type Clause = (failure: unknown) => unknown

/** What a clause answers with: the result of a program, or the value. */
export type Answered<Result> = Result extends Program<infer A, unknown> ? A : Result

/** A handler that runs the body inside of a frame of its own. */
function wrapping(name: string, frame: Frame): Handler<never, unknown, unknown> {
  // Traces show the frame by the name of the handler.
  fix(frame, 'name', name, true)
  const around = (body: unknown) => new Program(Kind.CALL, null, frame, body, undefined, 1)
  return new Handler(name, [], undefined, undefined, undefined, around)
}

/**
 * Catches failures of a class, or of several: `.with(catching(NotFound, failure => …))`. The clause gets the failure; the
 * value that it returns, or the result of the program, is the result of the handled program. It runs outside: the handlers
 * inside of this one have been left. Everything else that was thrown goes on.
 *
 * @throws InvalidHandlerError when a class is not one of failures, or the clause is not a function.
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * class Gone extends Failure('Gone') {}
 * const missing = fail(new NotFound({ id: 1 }))
 * run(missing.with(catching(NotFound, ({ id }) => `no ${id}`))) // 'no 1'
 * run(missing.with(catching(NotFound, Gone, ({ name }) => Ask<string>(name))).with(reader({ NotFound: '404' }))) // '404'
 */
export function catching<Classes extends readonly Class[], Yielded = never, Result = never>(
  ...classesAndClause: [
    ...classes: Classes,
    clause: (failure: InstanceType<Classes[number]>) => ProgramGenerator<Yielded, Result>,
  ]
): Handler<Fails<InstanceType<Classes[number]>>, GeneratorRow<Yielded, Result>, ResultOf<Result>>
export function catching<Classes extends readonly Class[], Result>(
  ...classesAndClause: [...classes: Classes, clause: (failure: InstanceType<Classes[number]>) => Result]
): Handler<Fails<InstanceType<Classes[number]>>, RowOf<Result>, Answered<Result>>
export function catching(...given: unknown[]): Handler<never, unknown, unknown> {
  const classes = slice(given, 0, given.length - 1)
  const clause = given[given.length - 1]
  checkCatching(classes, clause)
  const names = map(classes, each => (each as Class & { prototype: Failure }).prototype.name)
  return wrapping(`catching(${join(names, ', ')})`, function* (body) {
    try {
      return yield body
    } catch (error) {
      if (findIndex(classes, each => error instanceof (each as Class)) === -1) throw error
      return answer((clause as Clause)(error))
    }
  })
}

function checkCatching(classes: readonly unknown[], clause: unknown): void {
  const wrong = findIndex(classes, each => !isFailureClass(each))
  if (classes.length === 0 || wrong !== -1) {
    const found = classes.length === 0 ? '' : `, not ${show(classes[wrong])}`
    throw new InvalidHandlerError(`catching takes classes that extend Failure('Name'), then a function${found}.`)
  }
  if (types.isAsyncFunction(clause)) {
    throw new InvalidHandlerError(
      'catching takes a function of the failure last, not an async one: write function* and yield* Await(promise).',
    )
  }
  if (typeof clause !== 'function' || isFailureClass(clause)) {
    throw new InvalidHandlerError(`catching takes a function of the failure last, not ${show(clause)}.`)
  }
}

/** What the frame of a handler returns for what its clause has returned: a tail call, or the value. */
function answer(x: unknown): unknown {
  if (types.isGeneratorObject(x))
    return control(Kind.TAIL, new Program(Kind.CALL, null, () => x, undefined, undefined, 0))
  if (x instanceof Program && x.kind < Kind.PURE) return control(Kind.TAIL, x)
  return x
}

/**
 * Catches every failure, and makes a {@link Result} of how the handled program ended: `Ok` of its result, or `Err` of the
 * failure, whose type is one of those in the row. An error that is no {@link Failure} goes on: it is a bug.
 *
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * const find = Do(function* (id: number) { return id === 1 ? 'Ada' : yield* fail(new NotFound({ id })) })
 * run(find(1).with(catchingAll)) // { ok: true, value: 'Ada' }
 * const result = run(find(2).with(catchingAll))
 * !result.ok && result.error.id // 2
 */
export const catchingAll = wrapping('catchingAll', function* (body) {
  try {
    return Ok(yield body)
  } catch (error) {
    if (!isFailure(error)) throw error
    return Err(error)
  }
}) as unknown as Handler<FailsWith<Failure>, never, never, Caught>

/**
 * Runs `program` and answers `Ok(value)` or `Err(error)`, whatever the error is, a bug too: so its type is unknown. It is
 * {@link Try} that needs no handler. For failures alone, with their types, there is {@link catchingAll}.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const parse = Do(function* (text: string) { return JSON.parse(text) as unknown })
 * run(attempt(parse('[1]'))) // { ok: true, value: [1] }
 * run(attempt(parse('[1'))).ok // false
 */
export function attempt<A, E>(program: Program<A, E>): Program<Result<A>, WithoutFailures<E>> {
  return new Program(Kind.CALL, null, attempted, asProgram(program, 'attempt'), undefined, 1)
}

function* attempted(program: Program): ProgramGenerator<Program, unknown> {
  try {
    return Ok(yield program)
  } catch (error) {
    return Err(error)
  }
}
