// Handlers: values that say how effects are answered. A handler is built clause by clause and never changes; each
// step gives a new one. Nothing here runs a clause; the driver does.

import { types } from 'node:util'

import type { Continuation } from './continuation'
import { typeOf, type EffectConstructor, type EffectType } from './effect'
import { InvalidHandlerError } from './errors'
import type { Program, ProgramGenerator } from './program'
import { Clause as ClauseKind, type Native } from './protocol'
import type { Effect, ResultOf, ReturnedRow, RowOf } from './row'
import { show } from './show'

/** One clause as the driver calls it. @internal */
export interface Clause {
  readonly kind: ClauseKind
  /** `null` for a catch-all. */
  readonly type: EffectType | null
  /** The function, or the constant of a `val` clause. */
  readonly run: unknown
  /** The name of the handler. */
  readonly owner: string
}

/** A built-in handler: which one, and what fills a store of its own. @internal */
export interface NativeSpec {
  readonly native: Native
  /** Entries for a new store, read at each installation. */
  readonly seed: () => Iterable<readonly [key: unknown, value: unknown]>
  /** Maps the result, given the entries of the store that ended. */
  readonly mapResult?: (value: unknown, entries: readonly (readonly [key: unknown, value: unknown])[]) => unknown
  /** The handler's number in the one VM whose own store it works on. */
  readonly bound?: { readonly vm: object; readonly id: number }
}

/** The result type of a handler without a return clause: the body's own. */
export interface Identity {
  readonly identity: true
}

type AnyClass = abstract new (...args: never[]) => object

/**
 * A handler: takes the effects `H`, performs `P` in its clauses, may end the body with an `F`, and maps the body's
 * result to `R` ({@link Identity}: not at all).
 */
export class Handler<out H = unknown, out P = unknown, out F = unknown, out R = unknown> {
  /** Exists in types only. */
  declare readonly handles?: H
  /** Exists in types only. */
  declare readonly performs?: P
  /** Exists in types only. */
  declare readonly ends?: F
  /** Exists in types only. */
  declare readonly result?: R

  /** @internal */
  constructor(
    /** The name in messages and traces. */
    readonly name: string,
    /** @internal */ readonly clauses: readonly Clause[],
    /** @internal */ readonly returnClause: ((value: unknown) => unknown) | undefined,
    /** @internal */ readonly native: NativeSpec | undefined,
  ) {}

  /**
   * Answers the effect with a constant. Costs no call.
   *
   * @throws InvalidHandlerError when the handler has a clause for the effect already.
   */
  val<Name extends string, Payload extends readonly unknown[], Answer>(
    effect: EffectConstructor<Name, Payload, Answer>,
    constant: Answer,
  ): Handler<H | Effect<Name, Payload, Answer>, P, F, R> {
    return this.#add(ClauseKind.VAL, effect, constant)
  }

  /**
   * Answers the effect in place by calling a plain function on its payload. Nothing is captured. When the function
   * gives a program, the program runs outside of this handler and its result is the answer.
   *
   * @throws InvalidHandlerError when `clause` is a generator function, or the effect has a clause already.
   */
  fun<Name extends string, Payload extends readonly unknown[], Answer, E = never>(
    effect: EffectConstructor<Name, Payload, Answer>,
    clause: (...payload: Payload) => Answer | Program<Answer, E>,
  ): Handler<H | Effect<Name, Payload, Answer>, P | E, F, R>
  fun<C extends AnyClass>(effect: C, clause: (effect: InstanceType<C>) => unknown): Handler<H, P, F, R>
  fun(effect: unknown, clause: unknown): Handler<never, never, F, R> {
    if (isGeneratorFunction(clause)) throw new InvalidHandlerError(this.#advice('fun', 'ctl', clause))
    return this.#add(ClauseKind.FUN, effect, asFunction(clause, this.name, 'fun'))
  }

  /**
   * Takes the effect with its continuation `k`: resume it once, in tail position or not, or never. When the clause
   * ends and has not used `k`, the body is unwound.
   *
   * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
   */
  ctl<Name extends string, Payload extends readonly unknown[], Answer, Yielded, Result>(
    effect: EffectConstructor<Name, Payload, Answer>,
    clause: (k: Continuation<Answer, never>, ...payload: Payload) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H | Effect<Name, Payload, Answer>,
    P | RowOf<Yielded> | ReturnedRow<Result>,
    F | ResultOf<Result>,
    R
  >
  ctl<C extends AnyClass, Yielded, Result>(
    effect: C,
    clause: (k: Continuation<unknown, never>, effect: InstanceType<C>) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | RowOf<Yielded> | ReturnedRow<Result>, F | ResultOf<Result>, R>
  ctl(effect: unknown, clause: unknown): Handler<never, never, never, R> {
    return this.#add(ClauseKind.CTL, effect, asGeneratorFunction(clause, this.name, 'ctl'))
  }

  /**
   * As `ctl`, but `k` may outlive the clause: keep it, return it, resume it later in the same run.
   *
   * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
   */
  raw<Name extends string, Payload extends readonly unknown[], Answer, Yielded, Result>(
    effect: EffectConstructor<Name, Payload, Answer>,
    clause: (k: Continuation<Answer, never>, ...payload: Payload) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H | Effect<Name, Payload, Answer>,
    P | RowOf<Yielded> | ReturnedRow<Result>,
    F | ResultOf<Result>,
    R
  >
  raw<C extends AnyClass, Yielded, Result>(
    effect: C,
    clause: (k: Continuation<unknown, never>, effect: InstanceType<C>) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | RowOf<Yielded> | ReturnedRow<Result>, F | ResultOf<Result>, R>
  raw(effect: unknown, clause: unknown): Handler<never, never, never, R> {
    return this.#add(ClauseKind.RAW, effect, asGeneratorFunction(clause, this.name, 'raw'))
  }

  /**
   * Ends the body: it is unwound first, then the clause's result is the result of the whole handled program.
   *
   * @throws InvalidHandlerError when the effect has a clause already.
   */
  final<Name extends string, Payload extends readonly unknown[], Answer, Yielded, Result>(
    effect: EffectConstructor<Name, Payload, Answer>,
    clause: (...payload: Payload) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H | Effect<Name, Payload, Answer>,
    P | RowOf<Yielded> | ReturnedRow<Result>,
    F | ResultOf<Result>,
    R
  >
  final<Name extends string, Payload extends readonly unknown[], Answer, Result>(
    effect: EffectConstructor<Name, Payload, Answer>,
    clause: (...payload: Payload) => Result,
  ): Handler<H | Effect<Name, Payload, Answer>, P, F | Result, R>
  final<C extends AnyClass, Result>(effect: C, clause: (effect: InstanceType<C>) => Result): Handler<H, P, F | Result, R>
  final(effect: unknown, clause: unknown): Handler<never, never, never, R> {
    return this.#add(ClauseKind.FINAL, effect, asFunction(clause, this.name, 'final'))
  }

  /**
   * Maps the body's normal result. Runs outside of this handler, once per handled program.
   *
   * @throws InvalidHandlerError when the handler has a return clause already.
   */
  returns<A, Yielded, Result>(
    clause: (value: A) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | RowOf<Yielded> | ReturnedRow<Result>, F, ResultOf<Result>>
  returns<A, Result>(clause: (value: A) => Result): Handler<H, P, F, Result>
  returns(clause: unknown): Handler<H, never, F, never> {
    if (this.returnClause !== undefined) throw new InvalidHandlerError(`${this.name} has a return clause already.`)
    const run = asFunction(clause, this.name, 'returns') as (value: unknown) => unknown
    return new Handler(this.name, this.clauses, run, this.native)
  }

  #add(kind: ClauseKind, effect: unknown, run: unknown): Handler<never, never, never, R> {
    const type = typeOf(effect)
    if (type === undefined) {
      throw new InvalidHandlerError(`A clause of ${this.name} names an effect or a class of yours, not ${show(effect)}.`)
    }
    if (this.native !== undefined) throw new InvalidHandlerError(`${this.name} is built in and takes no clauses.`)
    if (this.clauses.some((clause) => clause.type === type)) {
      throw new InvalidHandlerError(`${this.name} has a clause for ${type.name} already.`)
    }
    return new Handler(this.name, [...this.clauses, { kind, type, run, owner: this.name }], this.returnClause, undefined)
  }

  #advice(used: string, better: string, clause: unknown): string {
    return `A ${used} clause of ${this.name} is a plain function, not a generator: use .${better}(…) for ${show(clause)}.`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Handler(${this.name})`
  }
}

/**
 * Starts a handler; the name appears in messages and traces.
 *
 * @example
 * const Roll = effect('Roll')<[sides: number], number>()
 * const loaded = handler('loaded').fun(Roll, sides => sides)
 * run(Do(function* () { return yield* Roll(6) })().with(loaded)) // 6
 */
export function handler(name: string): Handler<never, never, never, Identity> {
  return new Handler(String(name), [], undefined, undefined)
}

/** An untyped handler: a generator function (or a function that gives a program) called for every effect. */
export type CatchAll = (effect: never, k: Continuation<unknown, unknown>) => unknown

/** A catch-all whose continuation may outlive it. */
export interface RawCatchAll {
  /** @internal */ readonly rawCatchAll: CatchAll
}

/** Marks a catch-all handler as `raw`: its `k` may outlive the clause, in the same run. */
export function raw(f: CatchAll): RawCatchAll {
  asFunction(f, 'raw', 'catch-all')
  return { rawCatchAll: f }
}

const catchAlls = new WeakMap<object, Handler>()

/** The handler that `x` stands for: a handler, or a catch-all function. @internal */
export function asHandler(x: unknown, asker: string): Handler {
  if (x instanceof Handler) return x as Handler
  const isRaw = typeof x === 'object' && x !== null && typeof (x as RawCatchAll).rawCatchAll === 'function'
  const f: unknown = isRaw ? (x as RawCatchAll).rawCatchAll : x
  if (typeof f !== 'function' || types.isAsyncFunction(f)) {
    throw new InvalidHandlerError(`${asker} takes a handler or a generator function (effect, k), not ${show(x)}.`)
  }
  const key = x as object
  let found = catchAlls.get(key)
  if (found === undefined) {
    const kind = isRaw ? ClauseKind.RAW : ClauseKind.CTL
    const name = f.name || 'catch-all'
    found = new Handler(name, [{ kind, type: null, run: f, owner: name }], undefined, undefined)
    catchAlls.set(key, found)
  }
  return found
}

function isGeneratorFunction(f: unknown): boolean {
  return types.isGeneratorFunction(f) && !types.isAsyncFunction(f)
}

function asFunction(f: unknown, name: string, kind: string): unknown {
  if (typeof f !== 'function' || types.isAsyncFunction(f)) {
    throw new InvalidHandlerError(`A ${kind} clause of ${name} is a function, not ${show(f)}.`)
  }
  return f
}

function asGeneratorFunction(f: unknown, name: string, kind: string): unknown {
  if (!isGeneratorFunction(f)) {
    throw new InvalidHandlerError(`A ${kind} clause of ${name} is a generator function (function*), not ${show(f)}.`)
  }
  return f
}
