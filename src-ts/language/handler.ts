// Handlers: values that say how effects are answered. A handler is built clause by clause and never changes; each
// step gives a new one. Nothing here runs a clause; the driver does.

import type { Continuation } from './continuation'
import { each } from '../builtins/iterate'
import { asFunction, asGeneratorFunction, Clause, isGeneratorFunction, type ClauseSpec } from './clause'
import { typeOf, type EffectKey, type EffectOf, type EffectType } from './effect'
import { InvalidHandlerError } from '../messages/errors'
import { findIndex, fix, freeze, map } from '../builtins/intrinsics'
import { freezeSpec, type Around, type NativeSpec } from './native-spec'
import { Do, type Program, type ProgramGenerator } from './program'
import { Clause as ClauseKind, Native } from '../wire/protocol'
import type { Identity } from './result-map'
import { scopedFunction, type AnyScoped, type RowOfBody, type ScopedClause, type ScopedResult } from './scoped'
import type { AcceptedBy, AnyEffect, ClauseRow, Control, GeneratorRow, IfVoid, Rest, ResultOf } from './effect-row'
import { show } from '../messages/show'

type AnyClass = abstract new (...args: never[]) => object

/** What a `fun` clause may give for the answer: the answer, a program of it, or the steps of one. */
export type FunResult<Answer> = Answer | Program<Answer, unknown> | ProgramGenerator<unknown, Answer>

/** The row of what a `fun` clause gives. */
export type FunRow<Result> =
  Result extends Program<unknown, infer E>
    ? E
    : Result extends Generator<infer Yielded, infer Returned, unknown>
      ? GeneratorRow<Yielded, Returned>
      : never

/** The clauses of a handler for the instances of a class. */
export interface ClassClauses<Instance, in H, out P, out F, out R, in A> {
  /** As the `val` of a handler. */
  val(constant: unknown): Handler<H, P, F, R, A>
  /** As the `fun` of a handler. */
  fun<Result>(clause: (effect: Instance) => Result): Handler<H, P | FunRow<Result>, F, R, A>
  /** As the `ctl` of a handler. */
  ctl<Yielded = never, Result = never, K = Rest>(
    clause: (k: Continuation<unknown, K>, effect: Instance) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H,
    P | ClauseRow<GeneratorRow<Yielded, Result>, never>,
    F | Exclude<ResultOf<Result>, Rest>,
    R,
    AcceptedBy<A, K>
  >
  /** As the `raw` of a handler. */
  raw<Yielded = never, Result = never, K = Rest>(
    clause: (k: Continuation<unknown, K>, effect: Instance) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H,
    P | ClauseRow<GeneratorRow<Yielded, Result>, never>,
    F | Exclude<ResultOf<Result>, Rest>,
    R,
    AcceptedBy<A, K>
  >
  /** As the `final` of a handler. */
  final<Yielded = never, Result = never>(
    clause: (effect: Instance) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | GeneratorRow<Yielded, Result>, F | ResultOf<Result>, R, A>
  final<Result>(clause: (effect: Instance) => Result): Handler<H, P, F | Result, R, A>
}

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
    /** What stands around the body installs another handler, and ends nothing. @internal */
    readonly installs = false,
  ) {
    // The machine knows them by their places, so nobody may change them later.
    this.clauses = clauses.length === 0 ? NO_CLAUSES : freeze(map(clauses, Clause.of))
    this.parts = parts === undefined ? undefined : freeze(parts)
    if (native !== undefined) freezeSpec(native)
    if (new.target === Handler) freeze(this)
    else fixAll(this, ['name', 'clauses', 'returnClause', 'native', 'parts', 'around', 'installs'])
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
  val<Own extends AnyEffect>(effect: EffectKey<Own>, constant: Own['answer']): Handler<H | Own, P, F, R, A> {
    return this.#add(ClauseKind.VAL, effect, constant)
  }

  /**
   * Answers the effect in place by calling a plain function on its payload. Nothing is captured. When the function
   * gives a program, or is a generator function, that runs outside of this handler and its result is the answer.
   *
   * @throws InvalidHandlerError when `clause` is not a function, or the effect has a clause already.
   * @example
   * const Size = effect('Size')<[text: string], number>()
   * run(Size('four').with(handler('sizes').fun(Size, text => text.length))) // 4
   * const asking = handler('asking').fun(Size, function* (text) { return (yield* Ask<number>(text)) + 1 })
   * run(Size('four').with(asking).with(reader({ four: 3 }))) // 4
   */
  fun<
    Own extends AnyEffect,
    Result extends
      | Own['answer']
      | Program<Own['answer'], unknown>
      | ProgramGenerator<unknown, Own['answer']>
      | IfVoid<Own['answer']>,
  >(
    effect: EffectKey<Own>,
    clause: (...payload: Own['payload']) => Result,
  ): Handler<H | Own, P | FunRow<Result>, F, R, A> {
    const f = isGeneratorFunction(clause) ? Do(clause as never) : asFunction(clause, this.name, 'fun')
    return this.#add(ClauseKind.FUN, effect, f)
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
  ctl<Own extends AnyEffect, Yielded = never, Result = never, K = Rest>(
    effect: EffectKey<Own>,
    clause: (k: Continuation<Own['answer'], K>, ...payload: Own['payload']) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H | Own,
    P | ClauseRow<GeneratorRow<Yielded, Result>, Own>,
    F | Exclude<ResultOf<Result>, Rest>,
    R,
    AcceptedBy<A, K>
  > {
    return this.#add(ClauseKind.CTL, effect, asGeneratorFunction(clause, this.name, 'ctl'))
  }

  /**
   * As `ctl`, but `k` may outlive the clause: keep it, return it, resume it later in the same run.
   *
   * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
   * @example
   * const Pause = effect('Pause')()
   * const pausing = handler('pausing').raw(Pause, function* (k: Continuation<void, number>) { return k })
   * run(function* () {
   *   const k = yield* Pause().map(() => 42).with(pausing)
   *   return typeof k === 'number' ? k : yield* Resume(k)
   * }) // 42
   */
  raw<Own extends AnyEffect, Yielded = never, Result = never, K = Rest>(
    effect: EffectKey<Own>,
    clause: (k: Continuation<Own['answer'], K>, ...payload: Own['payload']) => ProgramGenerator<Yielded, Result>,
  ): Handler<
    H | Own,
    P | ClauseRow<GeneratorRow<Yielded, Result>, Own>,
    F | Exclude<ResultOf<Result>, Rest>,
    R,
    AcceptedBy<A, K>
  > {
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
  final<Own extends AnyEffect, Yielded = never, Result = never>(
    effect: EffectKey<Own>,
    clause: (...payload: Own['payload']) => ProgramGenerator<Yielded, Result>,
  ): Handler<H | Own, P | GeneratorRow<Yielded, Result>, F | ResultOf<Result>, R, A>
  final<Own extends AnyEffect, Result>(
    effect: EffectKey<Own>,
    clause: (...payload: Own['payload']) => Result,
  ): Handler<H | Own, P, F | Result, R, A>
  final(effect: unknown, clause: unknown): Handler<unknown, never, never, never, unknown> {
    return this.#add(ClauseKind.FINAL, effect, asFunction(clause, this.name, 'final'))
  }

  /**
   * Maps the body's normal result. Runs outside of this handler, once per handled program.
   *
   * @throws InvalidHandlerError when the handler has a return clause already.
   * @example
   * run(pure([1, 2]).with(handler('count').returns((items: number[]) => items.length))) // 2
   */
  returns<Value, Yielded = never, Result extends A | Control<A, unknown> = never>(
    clause: (value: Value) => ProgramGenerator<Yielded, Result>,
  ): Handler<H, P | GeneratorRow<Yielded, Result>, F, ResultOf<Result>, Value>
  returns<Value, Result extends A>(clause: (value: Value) => Result): Handler<H, P, F, Result, Value>
  returns(clause: unknown): Handler<H, unknown, F, unknown, never> {
    this.#checkOpen()
    if (this.returnClause !== undefined) throw new InvalidHandlerError(`${this.name} has a return clause already.`)
    const run = asFunction(clause, this.name, 'returns') as (value: unknown) => unknown
    return new Handler(this.name, this.clauses, run, this.native)
  }

  /**
   * Answers an effect that carries a program with what the clause makes of it. All of that runs where the effect was
   * performed, under the handlers there: a handler that the clause puts around the program is the innermost.
   *
   * @throws InvalidHandlerError when the effect was not declared with `scopedEffect`, `clause` is no function, or the effect has
   * a clause already.
   * @example
   * const Quietly = scopedEffect('Quietly')()
   * const mute = handler('mute').fun(Tell, () => undefined)
   * const quiet = handler('quiet').scoped(Quietly, program => program.with(mute))
   * const body = Do(function* () { yield* Tell('a'); yield* Quietly(Tell('b')); yield* Tell('c') })
   * run(Listen(body()).with(quiet).with(writer())) // [undefined, ['a', 'c']]
   */
  scoped<Constructor extends AnyScoped, Result extends ScopedResult>(
    effect: Constructor,
    clause: ScopedClause<Constructor, Result>,
  ): Handler<H | EffectOf<Constructor>, P | Exclude<FunRow<Result>, RowOfBody>, F, R, A> {
    const f = asFunction(clause, this.name, 'scoped')
    const type = this.#typeOf(effect)
    return this.#add(ClauseKind.FUN, effect, scopedFunction(f, type, this.name), true) as never
  }

  /**
   * Names the effect that the instances of a class are; a clause of any kind follows. It is given the instance, and nothing is
   * known of the answer.
   *
   * @throws InvalidHandlerError when `effect` is not a class of yours.
   * @example
   * class Twice { constructor(readonly n: number) {} }
   * const doubling = handler('doubling').on(Twice).fun(({ n }) => n * 2)
   * run(Do(function* () { return yield new Twice(21) })().with(doubling)) // 42
   */
  on<C extends AnyClass>(effect: C): ClassClauses<InstanceType<C>, H, P, F, R, A> {
    const type = typeOf(effect)
    if (type?.untyped !== true) throw this.#noEffect(effect)
    const on = (kind: 'val' | 'fun' | 'ctl' | 'raw' | 'final') => (clause: never) =>
      (this[kind] as (effect: unknown, clause: unknown) => never).call(this, effect, clause)
    return { val: on('val'), fun: on('fun'), ctl: on('ctl'), raw: on('raw'), final: on('final') }
  }

  #noEffect(effect: unknown): InvalidHandlerError {
    return new InvalidHandlerError(`A clause of ${this.name} names an effect or a class of yours, not ${show(effect)}.`)
  }

  #typeOf(effect: unknown): EffectType {
    const type = typeOf(effect)
    if (type !== undefined) return type
    throw this.#noEffect(effect)
  }

  /** The type is that of a handler which fits everywhere. */
  #add(
    kind: ClauseKind,
    effect: unknown,
    run: unknown,
    isScoped = false,
  ): Handler<unknown, never, never, never, unknown> {
    const type = this.#typeOf(effect)
    this.#checkOpen()
    if (findIndex(this.clauses, clause => clause.type === type) !== -1) {
      throw new InvalidHandlerError(`${this.name} has a clause for ${type.name} already.`)
    }
    return new Handler(
      this.name,
      [...each(this.clauses), { kind, type, run, owner: this.name, isScoped }],
      this.returnClause,
      undefined,
    )
  }

  #checkOpen(): void {
    if (this.native !== undefined) throw new InvalidHandlerError(`${this.name} is built in and takes no clauses.`)
    if (this.parts !== undefined) throw new InvalidHandlerError(`${this.name} is a composition and takes no clauses.`)
    if (this.around !== undefined) throw new InvalidHandlerError(`${this.name} is complete and takes no clauses.`)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Handler(${this.name})`
  }
}

const NO_CLAUSES: readonly Clause[] = freeze([])

/** Makes properties that cannot be assigned to of those that `object` has. */
function fixAll(object: object, keys: readonly string[]): void {
  for (const key of each(keys)) fix(object, key, (object as Record<string, unknown>)[key])
}

/** A handler of whatever type. */
export type AnyHandler = Handler<never, unknown, unknown, unknown, never>

/** A handler value for one installation of a built-in handler: installed again, it shares the store. @internal */
export function instanceOf(vm: object, run: number, id: number, handler: Handler | undefined): Handler {
  const native = handler?.native?.native ?? Native.READER
  return new Handler(handler?.name ?? 'built-in layer', [], undefined, {
    native,
    seed: () => [],
    bound: { vm, id, run },
  })
}
