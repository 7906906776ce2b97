// What a run may be started with. Lenient: besides programs, a generator function or a raw generator, which runs once.

import { types } from 'node:util'

import { customProgram, once, performing } from './call'
import { InvalidProgramError } from '../messages/errors'
import { isKind, Kind, Program, type ProgramGenerator } from './program'
import { show } from '../messages/show'
import { untypedEffect } from './effect'

/** What `run` accepts. */
export type Runnable<A = unknown, E = unknown, Yielded = unknown> =
  Program<A, E> | (() => ProgramGenerator<Yielded, A>) | ProgramGenerator<Yielded, A>

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
