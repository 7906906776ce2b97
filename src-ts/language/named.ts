// What a run may be started with. Lenient: besides programs, a generator function or a raw generator, which runs once.

import { types } from 'node:util'

import { customProgram, once, performing } from './call'
import { InvalidProgramError } from '../messages/errors'
import { isKind, Kind, Program, type ProgramGenerator } from './program'
import { show } from '../messages/show'
import { untypedEffect } from './effect'
import type { GeneratorRow, Handled, ResultOf } from './effect-row'

/** What may be started: a program, a generator, a generator function; a function that makes a program is told to be none. */
export type Runnable =
  | Program<unknown, unknown>
  | ProgramGenerator<unknown, unknown>
  | (() => ProgramGenerator<unknown, unknown> | Program<unknown, unknown>)

/** The result of what is started. */
export type ResultOfRun<P> = P extends Program<infer A, unknown> ? (0 extends 1 & P ? P : A) : ResultOf<Parts<P>[1]>

/** The row of what is started. */
export type RowOfRun<P> = P extends Program<unknown, infer E> ? E : GeneratorRow<Parts<P>[0], Parts<P>[1]>

/** What a generator yields and what it returns. */
type Parts<P> = P extends
  Generator<infer Yielded, infer R, unknown> | (() => Generator<infer Yielded, infer R, unknown>)
  ? [Yielded, R]
  : [never, never]

/**
 * What a door takes: the program itself when nothing but `Allowed` is left in its row, otherwise a text that says what to
 * do. It is conditional in `P`, so that an error shows nothing but that text; and asks for `Runnable` first, because the
 * compiler finds there what a `yield` of a generator function answers.
 */
export type Checked<P, Allowed = never> = P extends Runnable
  ? 0 extends 1 & P
    ? P
    : P extends () => Program<unknown, unknown>
      ? 'This function makes a program: call it, as in run(program())'
      : P extends () => Generator<unknown, unknown, infer Next>
        ? [unknown] extends [Next]
          ? Complete<P, Allowed>
          : PlainYield
        : Complete<P, Allowed>
  : never

/** The program itself when its row is empty, otherwise what is left to do. */
type Complete<P, Allowed> = Handled<Exclude<RowOfRun<P>, Allowed>> extends infer Text extends string ? Text : P

type PlainYield = 'A plain yield answers unknown: write yield* to get the answer of a program with its type'

/** The program that `x` stands for. @throws InvalidProgramError naming what was given. */
export function asRunnable(x: unknown): Program<unknown, unknown> {
  if (x instanceof Program) return checkedKind(x as Program<unknown, unknown>)
  if (types.isAsyncFunction(x) || (types.isGeneratorObject(x) && Symbol.asyncIterator in x)) {
    throw new InvalidProgramError(
      `${show(x)} is asynchronous, and an async function is not a program: write function* and use Await(promise).`,
    )
  }
  if (types.isGeneratorFunction(x)) return new Program(Kind.CALL, null, x, undefined, undefined, 0)
  if (types.isGeneratorObject(x)) return new Program(Kind.CALL, null, () => once(x, 'run'), undefined, undefined, 0)
  if (typeof x === 'object' && x !== null) {
    const program = customProgram(x) ?? untypedEffect(x)
    if (program !== undefined) return new Program(Kind.CALL, null, performing, program, undefined, 1)
  }
  const hint = typeof x === 'function' ? ' If it makes a program, call it.' : ''
  throw new InvalidProgramError(`run takes a program or a generator function, not ${show(x)}.${hint}`)
}

function checkedKind(program: Program<unknown, unknown>): Program<unknown, unknown> {
  if (isKind(program.kind)) return program
  throw new InvalidProgramError('What was given looks like a program and is none: make programs with Do(…).')
}
