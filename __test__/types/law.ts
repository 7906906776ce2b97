// How the files of this folder state laws about types. They are compiled, never run: against the sources by the
// compiler, against the shipped declarations by `types.test.ts`. A wrong use is marked `@ts-expect-error`.

import type { Effect, Program } from '../../index'

/** Whether the two types are the same, `any` and `readonly` told apart. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
    ? (<T>() => T extends B ? 1 : 2) extends <T>() => T extends A ? 1 : 2
      ? true
      : false
    : false

/** Whether a value of the first type may stand where one of the second is asked for. */
export type Fits<A, B> = [A] extends [B] ? true : false

/** The law in words; its type argument is the law in types, and must be `true`. */
export declare function law<_Holds extends true>(sentence: string): void

/** Asks for a value of type `T`. */
export declare function needs<T>(value: T): void

/** The result of a program, or of a function that makes one. */
export type ResultIn<P> =
  P extends Program<infer A, unknown> ? A : P extends (...args: never[]) => Program<infer A, unknown> ? A : never

/** The row of a program, or of a function that makes one. */
export type RowIn<P> =
  P extends Program<unknown, infer E> ? E : P extends (...args: never[]) => Program<unknown, infer E> ? E : never

/** The effect with this name, without payload and answer. */
export type Bare<Name extends string> = Effect<Name, [], void>
