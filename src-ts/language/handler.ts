// Handlers: values that say how effects are answered. A handler is built clause by clause and never changes; each
// step gives a new one. Nothing here runs a clause; the driver does.

import { types } from 'node:util'

import { OwnWeakMap } from '../builtins/collections'
import type { Continuation } from './continuation'
import { each } from '../builtins/iterate'
import { EffectType, typeOf, type EffectKey } from './effect'
import { InvalidHandlerError } from '../messages/errors'
import { findIndex, fix, freeze, isInteger, map } from '../builtins/intrinsics'
import type { Program, ProgramGenerator } from './program'
import { Clause as ClauseKind, Native } from '../wire/protocol'
import type { Identity } from './result-map'
import type { AnyEffect, ClauseRow, GeneratorRow, ResultOf, RowOf } from './effect-row'
import { show } from '../messages/show'

/** What a clause is made from. @internal */
export interface ClauseSpec {
  readonly kind: ClauseKind
  /** `null` for a catch-all. */
  readonly type: EffectType | null
  /** The function, or the constant of a `val` clause. */
  readonly run: unknown
  /** The name of the handler. */
  readonly owner: string
}

/** One clause as the driver calls it. Nobody can change it. @internal */
export class Clause implements ClauseSpec {
  readonly kind: ClauseKind
  readonly type: EffectType | null
  readonly run: unknown
  readonly owner: string
  /** It is a catch-all that is a plain function: it may give the same generator again. */
  readonly mayRepeat: boolean
  // eslint-disable-next-line no-unused-private-class-members -- whether it is there is asked
  readonly #isMade = true

  private constructor({ kind, type, run, owner }: ClauseSpec) {
    const isOfAKind = isInteger(kind) && kind >= ClauseKind.VAL && kind <= ClauseKind.FINAL
    if (!isOfAKind || !(type === null || type instanceof EffectType)) {
      throw new InvalidHandlerError(`A clause of ${owner} is none: make handlers with handler(name).`)
    }
    this.kind = kind
    this.type = type
    this.run = run
    this.owner = owner
    this.mayRepeat = type === null && !types.isGeneratorFunction(run)
    freeze(this)
  }

  /** The clause that is made from `spec`, if that is none already. */
  static of(spec: ClauseSpec): Clause {
    return #isMade in spec ? spec : new Clause(spec)
  }
}

/** A built-in handler: which one, and what fills a store of its own. @internal */
export interface NativeSpec {
  readonly native: Native | undefined
  /** It is a scheduler that works like this. */
  readonly scheduler?: { readonly maxTasks: number; readonly preemptEvery: number }
  /** Entries for a new store, read at each installation. */
  readonly seed: () => Iterable<readonly [key: unknown, value: unknown]>
  /** Maps the result, given the entries of the store that ended. */
  readonly mapResult?: (value: unknown, entries: readonly (readonly [key: unknown, value: unknown])[]) => unknown
  /** The handler's number in the one VM whose own store it works on. */
  readonly bound?: { readonly vm: object; readonly id: number; readonly run?: number }
}

/** What a handler makes of the body, when it is nothing but a program around it. @internal */
export type Around = (body: Program<unknown, unknown>) => Program<unknown, unknown>

type AnyClass = abstract new (...args: never[]) => object

declare const about: unique symbol

/**
 * A handler. Its type says what it takes (`H`), what its clauses perform (`P`), what they may end the body with (`F`),
 * what becomes of the body's result (`R`, {@link Identity}: nothing), and which results its return clause accepts (`A`).
 * `Handler<StateEffect>` is the type of a handler that only answers.
 *
 * @example
 * const Fail = effect('Fail')<[message: string], never>()
 * const failing = handler('failing')
 *   .final(Fail, message => ({ ok: false, message }))
 *   .returns((value: number) => ({ ok: true, value }))
 * run(Fail('no').with(failing)) // { ok: false, message: 'no' }
 * run(pure(42).with(failing)) // { ok: true, value: 42 }
 */
export class Handler<in H = never, out P = never, out F = never, out R = Identity, in A = unknown> {
  /** Exists in types only. */
  declare readonly [about]: (takes: H, accepts: A) => { performs: P; ends: F; result: R }

  /** @internal */
  readonly clauses: readonly Clause[]
  /** The handlers that a composition installs instead of itself, outermost first. @internal */
  readonly parts: readonly Handler[] | undefined
  /** It was made here. */
  // eslint-disable-next-line no-unused-private-class-members -- whether it is there is asked
  readonly #isMade = true

  /** @internal */
  constructor(
    /** The name in messages and traces. */
    readonly name: string,
    clauses: readonly ClauseSpec[],
    /** @internal */ readonly returnClause: ((value: unknown) => unknown) | undefined,
    /** @internal */ readonly native: NativeSpec | undefined,
    parts?: readonly Handler[],
    /** Makes the program that stands around the body, instead of a boundary in the machine. @internal */
    readonly around?: Around,
  ) {
    // The machine knows them by their places, so nobody may change them later.
    this.clauses = clauses.length === 0 ? NO_CLAUSES : freeze(map(clauses, Clause.of))
    this.parts = parts === undefined ? undefined : freeze(parts)
    if (native !== undefined) freezeSpec(native)
    if (new.target === Handler) freeze(this)
    else fixAll(this, ['name', 'clauses', 'returnClause', 'native', 'parts', 'around'])
  }

  /** Whether `x` is a handler that was made here: not one that only inherits from it. @internal */
  static isHandler(x: unknown): x is Handler {
    return typeof x === 'object' && x !== null && #isMade in x
  }

  /**
   * Answers the effect with a constant. Costs no call.
   *
   * @throws InvalidHandlerError when the handler has a clause for the effect already.
   * @example
   * const Port = effect('Port')<[], number>()
   * run(Port().with(handler('ports').val(Port, 80))) // 80
   */
  val<Own extends AnyEffect>(effect: EffectKey<Own>, constant: Own['answer']): Handler<H | Own, P, F, R, A>
  val(effect: AnyClass, constant: unknown): Handler<H, P, F, R, A>
  val(effect: unknown, constant: unknown): Handler<never, unknown, unknown, R, A> {
    return this.#add(ClauseKind.VAL, effect, constant)
  }

  /**
   * Answers the effect in place by calling a plain function on its payload. Nothing is captured. When the function
   * gives a program, the program runs outside of this handler and its result is the answer.
   *
   * @throws InvalidHandlerError when `clause` is a generator function, or the effect has a clause already.
   * @example
   * const Size = effect('Size')<[text: string], number>()
   * run(Size('four').with(handler('sizes').fun(Size, text => text.length))) // 4
   * run(Size('four').with(handler('sizes').fun(Size, text => Ask<number>(text))).with(reader({ four: 4 }))) // 4
   */
  fun<Own extends AnyEffect, Result extends Own['answer'] | Program<Own['answer'], unknown>>(
    effect: EffectKey<Own>,
    clause: (...payload: Own['payload']) => Result,
  ): Handler<H | Own, P | RowOf<Result>, F, R, A>
  fun<C extends AnyClass, Result>(
    effect: C,
    clause: (effect: InstanceType<C>) => Result,
  ): Handler<H, P | RowOf<Result>, F, R, A>
  fun(effect: unknown, clause: unknown): Handler<never, unknown, unknown, R, A> {
    if (isGeneratorFunction(clause)) throw new InvalidHandlerError(this.#advice('fun', 'ctl', clause))
    return this.#add(ClauseKind.FUN, effect, asFunction(clause, this.name, 'fun'))
  }

  /**
   * Takes the effect with its continuation `k`: resume it once, in tail position or not, or never. When the clause
   * ends and has not used `k`, the body is unwound.
   *
   * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
   * @example
   * const Choose = effect('Choose')<[], boolean>()
   * const counting = handler('counting').ctl(Choose, function* (k: Continuation<boolean, number>) {
   *   return (yield* Resume(k, true)) + 1
   * })
   * run(Choose().map(yes => (yes ? 41 : 0)).with(counting)) // 42
   */
  ctl<Own extends AnyEffect, Yielded = never, Result = never>(
    effect: EffectKey<Own>,
    clause: (k: Continuation<Own['answer'], never>, ...payload: Own['payload']) => ProgramGenerator<Yielded, Result>,
  ): Handler<H | Own, P | ClauseRow<GeneratorRow<Yielded, Result>, Own>, F | ResultOf<Result>, R, A>
  ctl<C extends AnyClass, Yielded = never, Result = never>(
    effect: C,
    clause: (k: Continuation<unknown, never>, effect: InstanceType<C>) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | ClauseRow<GeneratorRow<Yielded, Result>, never>, F | ResultOf<Result>, R, A>
  ctl(effect: unknown, clause: unknown): Handler<never, unknown, unknown, R, A> {
    return this.#add(ClauseKind.CTL, effect, asGeneratorFunction(clause, this.name, 'ctl'))
  }

  /**
   * As `ctl`, but `k` may outlive the clause: keep it, return it, resume it later in the same run.
   *
   * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
   * @example
   * const Pause = effect('Pause')()
   * const pausing = handler('pausing').raw(Pause, function* (k) { return k })
   * run(function* () {
   *   const k = yield* Pause().map(() => 42).with(pausing)
   *   return typeof k === 'number' ? k : yield* Resume(k as Continuation<void, number>)
   * }) // 42
   */
  raw<Own extends AnyEffect, Yielded = never, Result = never>(
    effect: EffectKey<Own>,
    clause: (k: Continuation<Own['answer'], never>, ...payload: Own['payload']) => ProgramGenerator<Yielded, Result>,
  ): Handler<H | Own, P | ClauseRow<GeneratorRow<Yielded, Result>, Own>, F | ResultOf<Result>, R, A>
  raw<C extends AnyClass, Yielded = never, Result = never>(
    effect: C,
    clause: (k: Continuation<unknown, never>, effect: InstanceType<C>) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | ClauseRow<GeneratorRow<Yielded, Result>, never>, F | ResultOf<Result>, R, A>
  raw(effect: unknown, clause: unknown): Handler<never, unknown, unknown, R, A> {
    return this.#add(ClauseKind.RAW, effect, asGeneratorFunction(clause, this.name, 'raw'))
  }

  /**
   * Ends the body: it is unwound first, then the clause's result is the result of the whole handled program.
   *
   * @throws InvalidHandlerError when the effect has a clause already.
   * @example
   * const Fail = effect('Fail')<[message: string], never>()
   * run(Fail('no').with(handler('failing').final(Fail, message => `failed: ${message}`))) // 'failed: no'
   */
  final<C extends AnyClass, Yielded = never, Result = never>(
    effect: C,
    clause: (effect: InstanceType<C>) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | GeneratorRow<Yielded, Result>, F | ResultOf<Result>, R, A>
  final<C extends AnyClass, Result>(
    effect: C,
    clause: (effect: InstanceType<C>) => Result,
  ): Handler<H, P, F | Result, R, A>
  final<Own extends AnyEffect, Yielded = never, Result = never>(
    effect: EffectKey<Own>,
    clause: (...payload: Own['payload']) => ProgramGenerator<Yielded, Result>,
  ): Handler<H | Own, P | GeneratorRow<Yielded, Result>, F | ResultOf<Result>, R, A>
  final<Own extends AnyEffect, Result>(
    effect: EffectKey<Own>,
    clause: (...payload: Own['payload']) => Result,
  ): Handler<H | Own, P, F | Result, R, A>
  final(effect: unknown, clause: unknown): Handler<never, unknown, unknown, R, A> {
    return this.#add(ClauseKind.FINAL, effect, asFunction(clause, this.name, 'final'))
  }

  /**
   * Maps the body's normal result. Runs outside of this handler, once per handled program.
   *
   * @throws InvalidHandlerError when the handler has a return clause already.
   * @example
   * run(pure([1, 2]).with(handler('count').returns((items: number[]) => items.length))) // 2
   */
  returns<Value, Yielded = never, Result = never>(
    clause: (value: Value) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | GeneratorRow<Yielded, Result>, F, ResultOf<Result>, Value>
  returns<Value, Result>(clause: (value: Value) => Result): Handler<H, P, F, Result, Value>
  returns(clause: unknown): Handler<H, unknown, F, unknown, never> {
    this.#checkOpen()
    if (this.returnClause !== undefined) throw new InvalidHandlerError(`${this.name} has a return clause already.`)
    const run = asFunction(clause, this.name, 'returns') as (value: unknown) => unknown
    return new Handler(this.name, this.clauses, run, this.native)
  }

  #add(kind: ClauseKind, effect: unknown, run: unknown): Handler<never, unknown, unknown, R, A> {
    const type = typeOf(effect)
    if (type === undefined) {
      throw new InvalidHandlerError(
        `A clause of ${this.name} names an effect or a class of yours, not ${show(effect)}.`,
      )
    }
    this.#checkOpen()
    if (findIndex(this.clauses, clause => clause.type === type) !== -1) {
      throw new InvalidHandlerError(`${this.name} has a clause for ${type.name} already.`)
    }
    return new Handler(
      this.name,
      [...each(this.clauses), { kind, type, run, owner: this.name }],
      this.returnClause,
      undefined,
    )
  }

  #checkOpen(): void {
    if (this.native !== undefined) throw new InvalidHandlerError(`${this.name} is built in and takes no clauses.`)
    if (this.parts !== undefined) throw new InvalidHandlerError(`${this.name} is a composition and takes no clauses.`)
    if (this.around !== undefined) throw new InvalidHandlerError(`${this.name} catches failures and takes no clauses.`)
  }

  #advice(used: string, better: string, clause: unknown): string {
    return `A ${used} clause of ${this.name} is a plain function, not a generator: use .${better}(…) for ${show(clause)}.`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Handler(${this.name})`
  }
}

const NO_CLAUSES: readonly Clause[] = freeze([])

function freezeSpec(spec: NativeSpec): void {
  if (spec.scheduler !== undefined) freeze(spec.scheduler)
  if (spec.bound !== undefined) freeze(spec.bound)
  freeze(spec)
}

/** Makes properties that cannot be assigned to of those that `object` has. */
function fixAll(object: object, keys: readonly string[]): void {
  for (const key of each(keys)) fix(object, key, (object as Record<string, unknown>)[key])
}

/** A handler of whatever type. */
export type AnyHandler = Handler<never, unknown, unknown, unknown, never>

/**
 * Starts a handler; the name appears in messages and traces.
 *
 * @example
 * const Roll = effect('Roll')<[sides: number], number>()
 * const loaded = handler('loaded').fun(Roll, sides => sides)
 * run(Do(function* () { return yield* Roll(6) })().with(loaded)) // 6
 */
export function handler(name: string): Handler {
  return new Handler(String(name), [], undefined, undefined)
}

/** A handler value for one installation of a built-in handler: installed again, it shares the store. @internal */
export function instanceOf(vm: object, run: number, id: number, handler: Handler | undefined): Handler {
  const native = handler?.native?.native ?? Native.READER
  return new Handler(handler?.name ?? 'built-in layer', [], undefined, {
    native,
    seed: () => [],
    bound: { vm, id, run },
  })
}

/**
 * An untyped handler: a generator function (or a function that gives a program) called for every effect. The effect may
 * be annotated as what it is expected to be; nothing is checked.
 */
export type CatchAll = {
  // A method, whose parameters may be narrower than those declared here.
  clause(
    effect: unknown,
    k: Continuation<unknown, unknown>,
  ): ProgramGenerator<unknown, unknown> | Program<unknown, unknown>
}['clause']

/** A catch-all whose continuation may outlive it. */
export interface RawCatchAll {
  /** The function that was marked. */
  readonly rawCatchAll: CatchAll
}

/**
 * Marks a catch-all handler as `raw`: its `k` may outlive the clause, in the same run.
 *
 * @throws InvalidHandlerError when `f` is not a function.
 * @example
 * const Pause = effect('Pause')()
 * const kept: Continuation<unknown>[] = []
 * const pausing = raw(function* (_effect, k) { kept.push(k) })
 * run(function* () {
 *   yield* WithHandler(pausing, Pause().map(() => 42))
 *   return yield* Resume(kept[0]!)
 * }) // 42
 */
export function raw(f: CatchAll): RawCatchAll {
  asFunction(f, 'raw', 'catch-all')
  return { rawCatchAll: f }
}

const catchAlls = new OwnWeakMap<object, AnyHandler>()

/** The handler that `x` stands for: a handler, or a catch-all function. @internal */
export function asHandler(x: unknown, asker: string): AnyHandler {
  if (Handler.isHandler(x)) return x as AnyHandler
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
