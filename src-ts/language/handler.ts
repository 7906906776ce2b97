// Handlers: values that say how effects are answered. A handler is built clause by clause and never changes; each
// step gives a new one. Nothing here runs a clause; the driver does.

import type { Continuation } from './continuation'
import { each } from '../builtins/iterate'
import { asFunction, asGeneratorFunction, Clause, isGeneratorFunction, type ClauseSpec } from './clause'
import { typeOf, type EffectKey } from './effect'
import { InvalidHandlerError } from '../messages/errors'
import { findIndex, fix, freeze, map } from '../builtins/intrinsics'
import { freezeSpec, type Around, type NativeSpec } from './native-spec'
import type { Program, ProgramGenerator } from './program'
import { Clause as ClauseKind, Native } from '../wire/protocol'
import type { Identity } from './result-map'
import type { AnyEffect, ClauseRow, GeneratorRow, ResultOf, RowOf } from './effect-row'
import { show } from '../messages/show'

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
