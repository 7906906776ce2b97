// Effect rows: what the type of a program says about the effects it may still perform.
//
// Types only. A row is a union of `Effect` types; `never` is the empty row. Rows are collected by `Do`, subtracted by
// `.with`, and must be empty for `run`.

import type { Program } from './program'

/** The type of one effect in a row: its name, what it carries, what it is answered with. */
export interface Effect<Name extends string, Payload extends readonly unknown[], Answer> {
  readonly name: Name
  readonly payload: Payload
  readonly answer: Answer
}

/** Any effect type; the bound of a row. */
export type AnyEffect = Effect<string, readonly unknown[], unknown>

/** The row contributed by what a generator yields. Untyped effects (instances of user classes) are not tracked. */
export type RowOf<Yielded> = Yielded extends Program<unknown, infer E> ? E : never

declare const control: unique symbol

/** A control primitive: returned from a generator it is performed as a tail call, and `Result` is the result. */
export interface Control<Result, E = never> extends Program<Result, E> {
  readonly [control]: true
}

/** The result of a generator that returned `R`: a returned control primitive stands for its own result. */
export type ResultOf<R> = R extends Control<infer Result, unknown> ? Result : R

/** The row contributed by what a generator returned. */
export type ReturnedRow<R> = R extends Control<unknown, infer E> ? E : never

/** The names in a row. */
export type NamesOf<E> = E extends Effect<infer Name, readonly unknown[], unknown> ? Name : never

/** Asked of a program that is to run: nothing when its row is empty, otherwise a property that names the rest. */
export type Handled<E> = [E] extends [never] ? unknown : { readonly 'unhandled effects': NamesOf<E> }
