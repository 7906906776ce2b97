// Effect rows: what the type of a program says about the effects it may still perform.
//
// Types only. A row is a union of `Effect` types; `never` is the empty row and `unknown` a row that was lost. `Do`
// collects rows, `.with` subtracts from them, `run` asks for an empty one. An effect is in a row once, however often it
// is performed, and is the same effect when name, payload and answer are the same.

import type { Failure } from './failure'
import type { Program } from './program'

declare const exactly: unique symbol

/** The type of one effect in a row: its name, what it carries, what it is answered with. */
export interface Effect<Name extends string, Payload extends readonly unknown[], Answer> {
  readonly name: Name
  readonly payload: Payload
  readonly answer: Answer
  /** Makes the type invariant: a handler takes nothing but the very effects it was written for. */
  readonly [exactly]: (payload: Payload, answer: Answer) => void
}

/**
 * Any value, spelled out: where the bound of a type parameter names the primitive types, the compiler keeps the literals
 * that a clause answers with.
 */
export type Anything = string | number | boolean | bigint | symbol | {} | null | undefined | void

/** What a clause may answer besides, where the effect has no answer: anything, such as what `lines.push(line)` gives. */
export type IfVoid<Answer> = [Answer] extends [void] ? ([void] extends [Answer] ? Anything : never) : never

declare const rest: unique symbol

/** What a clause that does not say otherwise knows of the result of its `k`: that it is the result of the handled program. */
export interface Rest {
  readonly [rest]: true
}

/** Which results of the body a handler accepts whose clause has a `k` with the result `K`. */
export type AcceptedBy<A, K> = [K] extends [Rest] ? A : A & NoInfer<K>

/** Any effect. */
export interface AnyEffect {
  readonly name: string
  readonly payload: readonly unknown[]
  readonly answer: Anything
}

/**
 * The row contributed by what a generator yields. Untyped effects (instances of user classes) are not tracked, nor is
 * `any`, here and below.
 */
export type RowOf<Yielded> = Yielded extends Program<unknown, infer E> ? (0 extends 1 & Yielded ? never : E) : never

declare const control: unique symbol

/** A control primitive: returned from a generator it is performed as a tail call, and `Result` is the result. */
export interface Control<Result, E = never> extends Program<Result, E> {
  readonly [control]: true
}

/** The result of a generator that returned `R`: a returned control primitive stands for its own result. */
export type ResultOf<R> = R extends Control<infer Result, unknown> ? (0 extends 1 & R ? R : Result) : R

/** The row contributed by what a generator returned: a tail call performs the effects of what it calls. */
export type ReturnedRow<R> = R extends Control<unknown, infer E> ? (0 extends 1 & R ? never : E) : never

/** `never` for a generator that returns plain values only: where the choice is open, it is typed without tail calls. */
export type Tailing<R> = [Extract<R, Control<unknown, unknown>>] extends [never] ? never : unknown

/** The row of a whole generator. */
export type GeneratorRow<Yielded, R> = RowOf<Yielded> | ReturnedRow<R>

declare const delegated: unique symbol

/** Stands in the row of a clause that declined with `Delegate()`: the effect that the clause took, performed again. */
export interface Delegated {
  readonly name: 'Delegate'
  readonly [delegated]: true
}

/** The row of a clause for the effect `Own`: what it delegated is that very effect. */
export type ClauseRow<E, Own> = E extends Delegated ? Own : E

/** The names in a row. */
export type NamesOf<E> = [unknown] extends [E] ? string : E extends { readonly name: infer Name } ? Name : never

declare const handledBy: unique symbol

/** What the effects of a built-in handler have besides: how the handler that takes them is installed. */
export interface HandledBy<out Installed extends string> {
  /** Exists in types only. */
  readonly [handledBy]?: Installed
}

/** What is left to do for an effect, in words; the name of the effect comes first. */
type Missing<E> =
  E extends FailsWith<infer F>
    ? `${F['name']} is not caught: install catching(${F['name']}, …) or catchingAll`
    : E extends Async
      ? 'AsyncEscape waits for the outside: start the program with runAsync'
      : E extends RealTime
        ? 'Sleep lets time pass: start the program with runAsync, or install simulatedClock()'
        : E extends { readonly name: infer Name extends string; readonly [handledBy]?: infer Installed }
          ? Installed extends string
            ? `${Name} has no handler: install ${Installed}`
            : `${Name} has no handler`
          : never

/** What is asked of a program that is to run: nothing when its row is empty, otherwise a text that nothing fits. */
export type Handled<E> = 0 extends 1 & E
  ? unknown
  : [E] extends [never]
    ? unknown
    : [unknown] extends [E]
      ? Lost
      : Missing<E>

/** What is asked of a program whose row is not known. */
type Lost = 'The effects of this program are not known: write its row, as in Program<number, EffectOf<typeof ReadFile>>'

declare const waits: unique symbol

/** Stands in the row of a program that may wait for the outside: `runAsync` takes it, `run` does not. */
export interface Async {
  readonly name: 'AsyncEscape (needs runAsync)'
  readonly [waits]: true
}

declare const passes: unique symbol

/** Stands in the row of a program that lets time pass: `runAsync` takes it, `run` does not, `simulatedClock()` removes it. */
export interface RealTime {
  readonly name: 'Sleep (needs runAsync, or simulatedClock())'
  readonly [passes]: true
}

/** As {@link Handled}, where waiting for the outside is allowed. */
export type HandledAsync<E> = Handled<Exclude<E, Async | RealTime>>

declare const failure: unique symbol

/** One failure in a row. A handler that catches a class of failures catches its subclasses as well. */
export interface FailsWith<out F extends Failure> {
  readonly name: `Fails: ${F['name']}`
  readonly [failure]: F
}

/** Stands in the row of a program that may fail: with `NotFound`, or with each of `NotFound | Expired`. */
export type Fails<F extends Failure> = F extends Failure ? FailsWith<F> : never

/** The failures in a row. */
export type FailuresIn<E> = [unknown] extends [E] ? Failure : E extends FailsWith<infer F> ? F : never

/** A row without its failures. */
export type WithoutFailures<E> = Exclude<E, FailsWith<Failure>>
