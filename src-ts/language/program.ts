// Programs: inert descriptions of what to do. An effect, a call of a `Do` function and a control primitive are all
// programs and all have one shape, so that the driver reads every one of them through the same hidden class.
//
// Nothing here runs anything; the driver does.

import { types } from 'node:util'

import { each } from '../builtins/iterate'
import type { EffectType } from './effect'
import { InvalidHandlerError, InvalidProgramError } from '../messages/errors'
import type { Handler } from './handler'
import { fix, isInteger, slice } from '../builtins/intrinsics'
import type { ResultUnder } from './result-map'
import { show, showCall } from '../messages/show'
import { noteSite } from '../messages/site'
import type { Control, GeneratorRow, ResultOf, RowOf, Tailing } from './effect-row'

/** What the driver does with a program. @internal */
export const enum Kind {
  /** `a` is a generator function; its arguments are `b` and `c`, or the array `b` when `arity` is above 2. */
  CALL,
  /** `a` is a function that gives a generator. */
  CUSTOM,
  /** `a` is the value. */
  VALUE,
  /** `b` runs under the handler `a`. */
  WITH,
  /** An effect; the payload is in `a`, `b`, `c`. */
  PERFORM,
  /** An effect whose `a` is a key of a store. */
  PERFORM_KEYED,
  /** An effect of the scheduler about `a`; see `scheduler/subject.ts`. */
  PERFORM_ON,
  /** From here to `JOIN`: programs in a region; see `scheduler/regions.ts`. `b` takes no longer than `a` milliseconds. */
  TIMEOUT,
  /** The tasks spawned in `a` end with it. */
  SCOPE,
  /** What the function `a` makes of a cancel scope. */
  CANCEL_SCOPE,
  /** `a`, or what the function `a` makes of the way to open a hole, is not cancelled. */
  SHIELD,
  /** `a` is in a hole of the shield of the number `b`. */
  RESTORE,
  /** The steps `a` of a form, given the children `b`; `c` is its name. */
  FORM,
  /** `a` is the child of the number `c` of the form `b`. */
  CHILD,
  /** Waits for the tasks of the form `a` until `b`. */
  JOIN,
  /** From here on: control primitives. */
  PURE,
  WITH_HANDLER,
  RESUME,
  TRANSFER,
  RESUME_THROW,
  TRANSFER_THROW,
  DISCONTINUE,
  DELEGATE,
  TAIL,
  GET_CONTINUATION,
  GET_HANDLERS,
  CREATE_CONTINUATION,
  RESUME_CONTINUATION,
  ASYNC_ESCAPE,
  GET_TRACEBACK,
  /** Throws `a`. */
  FAIL,
  /** One more than the last. */
  COUNT,
}

/** Whether it is one of them: a program may be forged, from the class itself or from an object that inherits from it. @internal */
export function isKind(kind: unknown): boolean {
  return isInteger(kind) && kind >= Kind.CALL && kind < Kind.COUNT
}

/**
 * A generator as programs write them. What it yields decides its row, what it returns its result. A plain `yield`
 * answers `unknown`; `yield*` answers what the program gives.
 */
export type ProgramGenerator<Yielded, Result> = Generator<Yielded, Result, unknown>

declare const row: unique symbol

/**
 * An inert, re-runnable description: running it gives an `A` and may perform the effects `E`, its row.
 *
 * A row is a union of effect types, `never` when nothing is performed. `Do` collects it from what the generator yields,
 * `.with` subtracts what a handler takes and adds what its clauses perform, `run` asks for an empty one. A program with
 * fewer effects fits where more are allowed. To write a row, name effects by their constructors:
 * `Program<number, EffectOf<typeof ReadFile> | TellEffect>`.
 *
 * @example
 * const program = Do(function* () { return (yield* Get<number>('n')) ?? 0 })()
 * run(program.with(state({ n: 20 })).map(n => n + 22)) // 42
 */
export class Program<out A = unknown, out E = never> {
  /** Exists in types only. */
  declare readonly [row]: E

  /** @internal */
  constructor(
    /** @internal */ readonly kind: Kind,
    /** @internal */ readonly type: EffectType | null,
    /** @internal */ readonly a: unknown,
    /** @internal */ readonly b: unknown,
    /** @internal */ readonly c: unknown,
    /** @internal */ readonly arity: number,
  ) {}

  /** `yield* program` is the typed form of `yield program`: the program itself is yielded, once. */
  [Symbol.iterator](): Iterator<Program<A, E>, A, unknown> {
    return new Once(this) as unknown as Iterator<Program<A, E>, A, unknown>
  }

  /**
   * This program under a handler; the first `.with` is the innermost.
   *
   * @throws InvalidHandlerError when `handler` is something else.
   * @example
   * run(Do(function* () { yield* Tell('hello'); return 1 })().with(writer())) // 1
   */
  with<H, P, F, R>(handler: Handler<H, P, F, R, A>): Program<ResultUnder<R, A, E> | F, Exclude<E, H> | P> {
    if ((handler as { clauses?: unknown } | undefined)?.clauses === undefined)
      throw new InvalidHandlerError(adviceForWith(handler))
    return new Program(Kind.WITH, null, handler, this, undefined, 2)
  }

  /**
   * This program with its result mapped by a plain function.
   *
   * @example
   * run(pure(21).map(n => n * 2)) // 42
   */
  map<B>(f: (value: A) => B): Program<B, E> {
    return new Program(Kind.CALL, null, mapped, this, f, 2)
  }

  /**
   * This program followed by the program that `f` makes of its result.
   *
   * @example
   * run(Get<number>('n').flatMap(n => Put('n', (n ?? 0) + 1)).flatMap(() => Get('n')).with(state({ n: 41 }))) // 42
   */
  flatMap<Next extends Program<unknown, unknown>>(f: (value: A) => Next): Program<AnswerOf<Next>, E | NextRow<Next>> {
    return new Program(Kind.CALL, null, chained, this, f, 2)
  }

  /** The program in one short line, for messages. */
  toString(): string {
    return describe(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return describe(this)
  }

  /** What `JSON.stringify` shows: an effect's name and payload; of any other program a short line. */
  toJSON(): unknown {
    return this.type === null ? { program: describe(this) } : { effect: this.type.name, payload: payloadOf(this) }
  }
}

/** The row of a program that follows another one. Of `any` it is `any`: the compiler compares programs by it. */
type NextRow<Next> = Next extends Program<unknown, infer E> ? (0 extends 1 & Next ? Next : E) : never

function adviceForWith(x: unknown): string {
  const what = `.with takes a handler, not ${show(x)}`
  if (types.isGeneratorFunction(x)) return `${what}: an untyped handler is installed by WithHandler(f, program).`
  if (typeof x === 'function') return `${what}: if it makes a handler, call it, as in .with(${x.name || 'f'}()).`
  return `${what}.`
}

/** What a program answers. */
export type AnswerOf<P> = P extends Program<infer A, unknown> ? A : never

/** Iterates over one program: yields it, then returns the answer. It serves as its own result objects. */
class Once {
  done = false
  value: unknown

  constructor(program: unknown) {
    this.value = program
  }

  next(answer: unknown): this {
    // The first call hands the program out; the second one brings the answer.
    if (this.done) return this
    if (this.#started) {
      this.done = true
      this.value = answer
    }
    this.#started = true
    return this
  }

  throw(error: unknown): never {
    this.done = true
    // The generator that waits here is on the stack now, and never else.
    noteSite(error, throwOnce)
    throw error
  }

  return(value: unknown): this {
    this.done = true
    this.value = value
    return this
  }

  [Symbol.iterator](): this {
    return this
  }

  #started = false
}

const throwOnce = Reflect.get(Once.prototype, 'throw') as Once['throw']

/**
 * Makes a function from arguments to programs out of a generator function. Each call gives a program; each run of it
 * calls the generator function afresh.
 *
 * @throws InvalidProgramError when `f` is not a generator function.
 * @example
 * const double = Do(function* (n: number) { return n * 2 })
 * run(double(21)) // 42
 */
export function Do<Args extends unknown[], Yielded, R>(
  f: ((...args: Args) => ProgramGenerator<Yielded, R>) & Tailing<R>,
): (...args: Args) => Program<ResultOf<R>, GeneratorRow<Yielded, R>>
export function Do<Args extends unknown[], Yielded, R>(
  f: (...args: Args) => ProgramGenerator<Yielded, R>,
): (...args: Args) => Program<R, RowOf<Yielded>>
export function Do(f: (...args: unknown[]) => ProgramGenerator<unknown, unknown>): (...args: unknown[]) => Program {
  if (!types.isGeneratorFunction(f) || types.isAsyncFunction(f)) throw new InvalidProgramError(adviceForDo(f))
  const make = function (b?: unknown, c?: unknown): Program {
    const arity = arguments.length
    if (arity <= 2) return new Program(Kind.CALL, null, f, b, c, arity)
    // eslint-disable-next-line prefer-rest-params -- a rest parameter would allocate on every call
    return new Program(Kind.CALL, null, f, slice(arguments), undefined, arity)
  }
  fix(make, 'name', f.name, true)
  return make
}

function adviceForDo(f: unknown): string {
  const asynchronous = typeof f === 'function' && types.isAsyncFunction(f)
  const hint = asynchronous ? ' An async function is not a program: use Await(promise) inside of one.' : ''
  return `Do takes a generator function (function*), not ${show(f)}.${hint}`
}

/**
 * The program that does nothing and answers `value`.
 *
 * @example
 * run(pure(42)) // 42
 */
export function pure<A>(value: A): Program<A> {
  return new Program(Kind.VALUE, null, value, undefined, undefined, 1)
}

/** What may stand for a program where one is asked for: a program, or a generator function without parameters. */
export type ProgramLike<A = unknown, E = unknown> = Program<A, E> | (() => ProgramGenerator<unknown, unknown>)

/** Gives the program that `body` stands for. @internal */
export function asProgram(body: unknown, asker: string): Program<unknown, unknown> {
  if (body instanceof Program) return body as Program<unknown, unknown>
  if (types.isGeneratorFunction(body) && !types.isAsyncFunction(body)) {
    return new Program(Kind.CALL, null, body, undefined, undefined, 0)
  }
  if (isCustomProgram(body)) return new Program(Kind.CUSTOM, null, () => body.toGenerator(), undefined, undefined, 0)
  const hint = types.isGeneratorObject(body) ? ' Wrap it with Do(…): a raw generator can run only once.' : ''
  throw new InvalidProgramError(`${asker} takes a program, not ${show(body)}.${hint}`)
}

/** The user's own kind of program: any object with `toGenerator`. @internal */
export function isCustomProgram(x: unknown): x is { toGenerator(): unknown } {
  return typeof x === 'object' && x !== null && typeof (x as { toGenerator?: unknown }).toGenerator === 'function'
}

function* mapped(program: Program, f: (value: unknown) => unknown): Generator {
  return f(yield program)
}

function* chained(program: Program, f: (value: unknown) => Program): Generator {
  return (yield f(yield program)) as unknown
}

/** Makes a program of the primitive kind. @internal */
export function control<Result, E = never>(kind: Kind, a?: unknown, b?: unknown, c?: unknown): Control<Result, E> {
  return new Program(kind, null, a, b, c, 0) as unknown as Control<Result, E>
}

/** The arguments of a call, as they were given. @internal */
export function argumentsOf({ b, c, arity }: Program<unknown, unknown>): unknown[] {
  return arity > 2 ? (b as unknown[]) : slice([b, c], 0, arity)
}

/** The payload of an effect, as it was given. @internal */
export function payloadOf(effect: Program<unknown, unknown>): unknown[] {
  const { a, b, c, arity } = effect
  if (arity > 3) return [a, b, ...each(c as unknown[])]
  return slice([a, b, c], 0, arity)
}

function describe(program: Program<unknown, unknown>): string {
  let handlers = ''
  let inner = program
  // Not by calling itself: there may be more handlers than the stack has room for.
  for (; inner.kind === Kind.WITH; inner = inner.b as Program) {
    handlers = `.with(${(inner.a as Handler).name})${handlers}`
  }
  return `${describeInner(inner)}${handlers}`
}

function describeInner(program: Program<unknown, unknown>): string {
  switch (program.kind) {
    case Kind.PERFORM:
    case Kind.PERFORM_KEYED:
    case Kind.PERFORM_ON:
      if (program.type?.isRedacted === true) return `${program.type.name}(…)`
      return showCall(program.type?.name ?? 'effect', payloadOf(program))
    case Kind.CALL:
      return showCall((program.a as { name: string }).name || 'program', argumentsOf(program))
    case Kind.VALUE:
      return showCall('pure', [program.a])
    case Kind.TIMEOUT:
      return showCall('Timeout', [program.a, program.b])
    case Kind.FORM:
      return showCall(program.c as string, [program.b])
    default:
      return nameOfKind(program.kind)
  }
}

/** Whether a resuming primitive throws its value. @internal */
export function isThrow(kind: Kind): boolean {
  return kind === Kind.RESUME_THROW || kind === Kind.TRANSFER_THROW
}

/** The public name of a control primitive. @internal */
export function nameOfKind(kind: Kind): string {
  return KIND_NAMES[kind] ?? 'program'
}

const KIND_NAMES: Readonly<Partial<Record<Kind, string>>> = {
  [Kind.TIMEOUT]: 'Timeout',
  [Kind.SCOPE]: 'Scope',
  [Kind.CANCEL_SCOPE]: 'CancelScope',
  [Kind.SHIELD]: 'uncancelable',
  [Kind.RESTORE]: 'restore',
  [Kind.PURE]: 'Pure',
  [Kind.WITH_HANDLER]: 'WithHandler',
  [Kind.RESUME]: 'Resume',
  [Kind.TRANSFER]: 'Transfer',
  [Kind.RESUME_THROW]: 'ResumeThrow',
  [Kind.TRANSFER_THROW]: 'TransferThrow',
  [Kind.DISCONTINUE]: 'Discontinue',
  [Kind.DELEGATE]: 'Delegate',
  [Kind.TAIL]: 'Tail',
  [Kind.GET_CONTINUATION]: 'GetContinuation',
  [Kind.GET_HANDLERS]: 'GetHandlers',
  [Kind.CREATE_CONTINUATION]: 'CreateContinuation',
  [Kind.RESUME_CONTINUATION]: 'ResumeContinuation',
  [Kind.ASYNC_ESCAPE]: 'AsyncEscape',
  [Kind.GET_TRACEBACK]: 'GetTraceback',
  [Kind.FAIL]: 'fail',
}
