// Control primitives: what a program may ask of the machine itself rather than of a handler. Yielded, they are
// performed in place; returned, they are tail calls.

import type { Continuation } from './continuation'
import { asHandler, type AnyHandler, type CatchAll, type Handler, type RawCatchAll } from './handler'
import { asProgram, control, Kind, type Program, type ProgramGenerator } from './program'
import type { TraceLink } from './trace'
import type { ResultUnder } from './result-map'
import type { Async, Control, Delegated, GeneratorRow, ResultOf } from './row'

/** The value argument may be left out where the suspended perform awaits none. */
type ValueFor<V> = undefined extends V ? [value?: V] : [value: V]

/** Answers `value`. */
export function Pure<A>(value: A): Control<A> {
  return control(Kind.PURE, value)
}

/**
 * Resumes `k` with a value and answers the final result of its computation. `return Resume(k, value)` is the tail
 * form: the returning frame is gone first.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 */
export function Resume<V, R>(k: Continuation<V, R>, ...value: ValueFor<V>): Control<R> {
  return control(Kind.RESUME, k, value[0])
}

/** As `return Resume(k, value)` from wherever it is yielded: the yielding generator is closed first. Never answers. */
export function Transfer<V, R>(k: Continuation<V, R>, ...value: ValueFor<V>): Control<R> {
  return control(Kind.TRANSFER, k, value[0])
}

/** Throws `error` where `k` is suspended and answers the final result of its computation. */
export function ResumeThrow<V, R>(k: Continuation<V, R>, error: unknown): Control<R> {
  return control(Kind.RESUME_THROW, k, error)
}

/** The tail form of {@link ResumeThrow}; closes the yielding generator first. Never answers. */
export function TransferThrow<V, R>(k: Continuation<V, R>, error: unknown): Control<R> {
  return control(Kind.TRANSFER_THROW, k, error)
}

/** Closes `k`'s frames, innermost first, and answers `undefined` when they are closed. */
export function Discontinue(k: Continuation<never>): Control<undefined> {
  return control(Kind.DISCONTINUE, k)
}

/**
 * Runs `body` under a handler. The handler is a value made with `handler`, or an untyped generator function
 * `(effect, k)`; the body is a program, an effect or a generator function without parameters.
 *
 * @throws InvalidHandlerError, InvalidProgramError when either is something else.
 */
export function WithHandler(
  handler: CatchAll | RawCatchAll,
  body: (() => ProgramGenerator<unknown, unknown>) | Program<unknown, unknown>,
): Control<unknown>
export function WithHandler<Yielded, Result, H, P, F, R>(
  handler: Handler<H, P, F, R, ResultOf<Result>>,
  body: () => ProgramGenerator<Yielded, Result>,
): Control<ResultUnder<R, ResultOf<Result>> | F, Exclude<GeneratorRow<Yielded, Result>, H> | P>
export function WithHandler<A, E, H, P, F, R>(
  handler: Handler<H, P, F, R, A>,
  body: Program<A, E>,
): Control<ResultUnder<R, A> | F, Exclude<E, H> | P>
export function WithHandler(handler: unknown, body: unknown): Control<never> {
  return control(Kind.WITH_HANDLER, asHandler(handler, 'WithHandler'), asProgram(body, 'WithHandler'))
}

/**
 * In a clause: declines. The same `k` goes to the next outer handler, with the same effect or another one; the
 * declining clause is closed. Never answers.
 *
 * @throws NoHandlerContextError (at the yield) outside of a clause.
 */
export function Delegate(): Control<never, Delegated>
export function Delegate<E = never>(effect: Program<unknown, E> | object): Control<never, E>
export function Delegate(effect?: unknown): Control<never, never> {
  return control(Kind.DELEGATE, effect, arguments.length > 0)
}

/** `return Tail(program)` runs the program in place of the returning one: a tail call, in flat memory. */
export function Tail<A, E>(program: Program<A, E>): Control<A, E> {
  return control(Kind.TAIL, asProgram(program, 'Tail'))
}

/**
 * In a clause: answers its continuation, not consumed.
 *
 * @throws NoHandlerContextError (at the yield) outside of a clause.
 */
export function GetContinuation(): Control<Continuation<unknown, unknown>> {
  return control(Kind.GET_CONTINUATION)
}

/**
 * Answers the handlers in scope, innermost first; in a clause, those of the callsite. They can be installed again in
 * the same run, and a built-in one then shares its store.
 */
export function GetHandlers(): Control<readonly AnyHandler[]> {
  return control(Kind.GET_HANDLERS)
}

/**
 * Answers an unstarted continuation of `program` under `handlers`, innermost first, as {@link GetHandlers} gives them.
 * Only {@link ResumeContinuation} can start it.
 */
export function CreateContinuation<A, E>(program: Program<A, E>): Control<Continuation<unknown, A>, E>
export function CreateContinuation(
  program: Program<unknown, unknown>,
  handlers: readonly AnyHandler[],
): Control<Continuation<unknown, unknown>>
export function CreateContinuation(
  program: Program<unknown, unknown>,
  handlers: readonly AnyHandler[] = [],
): Control<Continuation<unknown, never>, never> {
  const body = asProgram(program, 'CreateContinuation')
  const installed = handlers.reduce((inner, each) => inner.with(asHandler(each, 'CreateContinuation') as Handler), body)
  return control(Kind.CREATE_CONTINUATION, installed)
}

/** Starts an unstarted continuation (the value is ignored) or resumes a started one; answers its result. */
export function ResumeContinuation<V, R>(k: Continuation<V, R>, value?: V): Control<R> {
  return control(Kind.RESUME_CONTINUATION, k, value)
}

/**
 * Awaits `action()` outside of the machine and answers what it resolves to; a rejection is thrown at the yield. The
 * whole run waits meanwhile.
 *
 * @throws AsyncInSyncRunError (at the yield) in a synchronous run.
 */
export function AsyncEscape<A>(action: () => PromiseLike<A> | A): Control<A, Async> {
  return control(Kind.ASYNC_ESCAPE, action)
}

/** Answers the programs and handlers from here outward, or of `k`: frames as data, at most 256. */
export function GetTraceback(k?: Continuation): Control<readonly TraceLink[]> {
  return control(Kind.GET_TRACEBACK, k)
}
