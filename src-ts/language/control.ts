// Control primitives: what a program may ask of the machine itself rather than of a handler. Yielded, they are
// performed in place; returned, they are tail calls.

import type { Continuation } from './continuation'
import { each } from '../builtins/iterate'
import { asHandler, type CatchAll, type RawCatchAll } from './catch-all'
import type { AnyHandler, Handler } from './handler'
import { asProgram, control, Kind, type Program, type ProgramGenerator } from './program'
import type { TraceLink } from './trace'
import type { ResultUnder } from './result-map'
import type { Async, Control, Delegated, GeneratorRow, ResultOf } from './effect-row'
import type { Signal } from './signal'

/** The value argument may be left out where the suspended perform awaits none. */
type ValueFor<V> = undefined extends V ? [value?: V] : [value: V]

/**
 * Answers `value`: what {@link pure} does, under another name.
 *
 * @deprecated Write `pure(value)`, or return the value.
 * @example
 * run(function* () { return yield* Pure(42) }) // 42
 */
export function Pure<A>(value: A): Control<A> {
  return control(Kind.PURE, value)
}

/**
 * Resumes `k` with a value and answers the final result of its computation. `return Resume(k, value)` is the tail
 * form: the returning frame is gone first.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Twice = effect('Twice')<[n: number], number>()
 * const doubling = handler('doubling').ctl(Twice, function* (k, n) { return Resume(k, n * 2) })
 * run(Twice(21).with(doubling)) // 42
 */
export function Resume<V, R>(k: Continuation<V, R>, ...value: ValueFor<V>): Control<R> {
  return control(Kind.RESUME, k, value[0])
}

/**
 * As `return Resume(k, value)` from wherever it is yielded: the yielding generator is closed first. Never answers.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Twice = effect('Twice')<[n: number], number>()
 * const doubling = handler('doubling').ctl(Twice, function* (k, n) { return Transfer(k, n * 2) })
 * run(Twice(21).with(doubling)) // 42
 */
export function Transfer<V, R>(k: Continuation<V, R>, ...value: ValueFor<V>): Control<R> {
  return control(Kind.TRANSFER, k, value[0])
}

/**
 * Throws `error` where `k` is suspended and answers the final result of its computation.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Read = effect('Read')<[path: string], string>()
 * const none = handler('none').ctl(Read, function* (k, path) { return ResumeThrow(k, new Error(`no ${path}`)) })
 * const careful = Do(function* () {
 *   try { return yield* Read('a') } catch { return 'missing' }
 * })
 * run(careful().with(none)) // 'missing'
 */
export function ResumeThrow<V, R>(k: Continuation<V, R>, error: unknown): Control<R> {
  return control(Kind.RESUME_THROW, k, error)
}

/**
 * The tail form of {@link ResumeThrow}; closes the yielding generator first. Never answers.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Read = effect('Read')<[path: string], string>()
 * const none = handler('none').ctl(Read, function* (k, path) { return TransferThrow(k, new RangeError(path)) })
 * run(Read('a').with(none)) // throws RangeError
 */
export function TransferThrow<V, R>(k: Continuation<V, R>, error: unknown): Control<R> {
  return control(Kind.TRANSFER_THROW, k, error)
}

/**
 * Closes `k`'s frames, innermost first, and answers `undefined` when they are closed.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Stop = effect('Stop')()
 * const stopping = handler('stopping').ctl(Stop, function* (k) {
 *   yield* Discontinue(k)
 *   return 'stopped'
 * })
 * const events: string[] = []
 * const body = Do(function* () {
 *   try { yield* Stop() } finally { events.push('closed') }
 * })
 * run(body().with(stopping)) // 'stopped'
 * events // ['closed']
 */
export function Discontinue(k: Continuation<never>): Control<undefined> {
  return control(Kind.DISCONTINUE, k)
}

/**
 * Runs `body` under a handler. The handler is a value made with `handler`, or an untyped generator function
 * `(effect, k)`; the body is a program, an effect or a generator function without parameters.
 *
 * @throws InvalidHandlerError, InvalidProgramError when either is something else.
 * @example
 * class Twice { constructor(readonly n: number) {} }
 * function* doubling(effect: Twice, k: Continuation<number>) { return yield* Resume(k, effect.n * 2) }
 * run(WithHandler(doubling, function* () { return yield new Twice(21) })) // 42
 * run(WithHandler(state({ n: 42 }), Get('n'))) // 42
 */
export function WithHandler(
  handler: CatchAll | RawCatchAll,
  body: (() => ProgramGenerator<unknown, unknown>) | Program<unknown, unknown>,
): Control<unknown>
export function WithHandler<Yielded, Result, H, P, F, R>(
  handler: Handler<H, P, F, R, ResultOf<Result>>,
  body: () => ProgramGenerator<Yielded, Result>,
): Control<
  ResultUnder<R, ResultOf<Result>, GeneratorRow<Yielded, Result>> | F,
  Exclude<GeneratorRow<Yielded, Result>, H> | P
>
export function WithHandler<A, E, H, P, F, R>(
  handler: Handler<H, P, F, R, A>,
  body: Program<A, E>,
): Control<ResultUnder<R, A, E> | F, Exclude<E, H> | P>
export function WithHandler(handler: unknown, body: unknown): Control<never> {
  return control(Kind.WITH_HANDLER, asHandler(handler, 'WithHandler'), asProgram(body, 'WithHandler'))
}

/**
 * In a clause: declines. The same `k` goes to the next outer handler, with the same effect or another one; the
 * declining clause is closed. Never answers.
 *
 * @throws NoHandlerContextError (at the yield) outside of a clause.
 * @example
 * const Greet = effect('Greet')<[name: string], string>()
 * const plain = handler('plain').fun(Greet, name => `Hello, ${name}`)
 * const friendly = handler('friendly').ctl(Greet, function* (k, name) {
 *   return name === 'Ada' ? Resume(k, 'Hi, Ada!') : Delegate()
 * })
 * run(traverse(['Ada', 'Bob'], Greet).with(friendly).with(plain)) // ['Hi, Ada!', 'Hello, Bob']
 */
export function Delegate(): Control<never, Delegated>
export function Delegate<E = never>(effect: Program<unknown, E> | object): Control<never, E>
export function Delegate(effect?: unknown): Control<never, never> {
  return control(Kind.DELEGATE, effect, arguments.length > 0)
}

/**
 * `return Tail(program)` runs the program in place of the returning one: a tail call, in flat memory.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const isEven: (n: number) => Program<boolean> = Do(function* (n: number) {
 *   return n === 0 ? true : Tail(isOdd(n - 1))
 * })
 * const isOdd: (n: number) => Program<boolean> = Do(function* (n: number) {
 *   return n === 0 ? false : Tail(isEven(n - 1))
 * })
 * run(isEven(1000)) // true
 */
export function Tail<A, E>(program: Program<A, E>): Control<A, E> {
  return control(Kind.TAIL, asProgram(program, 'Tail'))
}

/**
 * In a clause: answers its continuation, not consumed.
 *
 * @throws NoHandlerContextError (at the yield) outside of a clause.
 * @example
 * const Twice = effect('Twice')<[n: number], number>()
 * const doubling = handler('doubling').ctl(Twice, function* (_, n) {
 *   return Resume(yield* GetContinuation(), n * 2)
 * })
 * run(Twice(21).with(doubling)) // 42
 */
export function GetContinuation(): Control<Continuation<unknown, unknown>> {
  return control(Kind.GET_CONTINUATION)
}

/**
 * Answers the handlers in scope, innermost first; in a clause, those of the callsite. They can be installed again in
 * the same run, and a built-in one then shares its store.
 *
 * @example
 * const names = Do(function* () { return (yield* GetHandlers()).map(({ name }) => name) })
 * run(names().with(writer()).with(state())) // ['writer', 'state']
 */
export function GetHandlers(): Control<readonly AnyHandler[]> {
  return control(Kind.GET_HANDLERS)
}

/**
 * Answers an unstarted continuation of `program` under `handlers`, innermost first, as {@link GetHandlers} gives them.
 * Only {@link ResumeContinuation} can start it.
 *
 * @throws InvalidProgramError, InvalidHandlerError when something else is among them.
 * @example
 * run(function* () {
 *   const k = yield* CreateContinuation(Get('n'), [state({ n: 42 })])
 *   return yield* ResumeContinuation(k)
 * }) // 42
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
  let installed = body
  for (const handler of each(handlers)) installed = installed.with(asHandler(handler, 'CreateContinuation') as Handler)
  return control(Kind.CREATE_CONTINUATION, installed)
}

/**
 * Starts an unstarted continuation (the value is ignored) or resumes a started one; answers its result.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * run(function* () {
 *   const k = yield* CreateContinuation(pure(42))
 *   return yield* ResumeContinuation(k)
 * }) // 42
 */
export function ResumeContinuation<V, R>(k: Continuation<V, R>, value?: V): Control<R> {
  return control(Kind.RESUME_CONTINUATION, k, value)
}

/**
 * Awaits `action()` outside of the machine and answers what it resolves to; a rejection is thrown at the yield. The
 * whole run waits meanwhile. The signal is aborted when the run is.
 *
 * @throws AsyncInSyncRunError (at the yield) in a synchronous run.
 * @example
 * const body = Do(function* () { return (yield* AsyncEscape(() => Promise.resolve(41))) + 1 })
 * await runAsync(body()) // 42
 */
export function AsyncEscape<A>(action: (signal: Signal) => PromiseLike<A> | A): Control<A, Async> {
  return control(Kind.ASYNC_ESCAPE, action)
}

/**
 * Answers the programs and handlers from here outward, or of `k`: frames as data, at most 256.
 *
 * @throws InvalidContinuationError (at the yield) when `k` is something else.
 * @example
 * const here = Do(function* here() { return (yield* GetTraceback()).map(({ name }) => name) })
 * run(here().with(writer())) // ['here', 'writer']
 */
export function GetTraceback(k?: Continuation): Control<readonly TraceLink[]> {
  return control(Kind.GET_TRACEBACK, k)
}
