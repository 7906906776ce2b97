// Calling what users wrote: clauses on payloads, programs for their generators.

import { types } from 'node:util'

import { OwnWeakMap } from '../builtins/collections'
import type { Continuation } from './continuation'
import { each } from '../builtins/iterate'
import { InvalidHandlerError, InvalidProgramError } from '../messages/errors'
import type { Clause } from './clause'
import { Handler } from './handler'
import { apply, type AnyGenerator } from '../builtins/intrinsics'
import { isCustomProgram, Kind, payloadOf, Program } from './program'
import { show } from '../messages/show'

type AnyFunction = (...args: unknown[]) => unknown

/** Calls a plain function on an effect's payload. */
export function callWithPayload(f: AnyFunction, effect: Program): unknown {
  switch (effect.arity) {
    case 0:
      return f()
    case 1:
      return f(effect.a)
    case 2:
      return f(effect.a, effect.b)
    case 3:
      return f(effect.a, effect.b, effect.c)
    default:
      return apply(f, undefined, payloadOf(effect))
  }
}

/** Starts a `ctl`, `raw` or catch-all clause on an effect and its continuation. */
export function startClause(clause: Clause, k: Continuation, effect: Program): AnyGenerator {
  const f = clause.run as AnyFunction
  if (clause.type === null) return startCatchAll(f, clause, k, effect)
  switch (effect.arity) {
    case 0:
      return f(k) as AnyGenerator
    case 1:
      return f(k, effect.a) as AnyGenerator
    case 2:
      return f(k, effect.a, effect.b) as AnyGenerator
    default:
      return apply(f, undefined, [k, ...each(payloadOf(effect))]) as AnyGenerator
  }
}

function startCatchAll(
  f: AnyFunction,
  { owner: name, mayRepeat }: Clause,
  k: Continuation,
  effect: Program,
): AnyGenerator {
  const result = f(effect.type?.untyped === true ? effect.a : effect, k)
  if (types.isGeneratorObject(result)) return mayRepeat ? once(result, name) : (result as AnyGenerator)
  if (result instanceof Program) return result.kind >= Kind.PURE ? returning(result) : performing(result)
  if (Handler.isHandler(result)) {
    throw new InvalidHandlerError(`${name} is a function that makes a handler: call it, as in .with(${name}()).`)
  }
  if (types.isPromise(result)) {
    throw new InvalidHandlerError(
      `The handler ${name} gave a promise for ${show(effect)}: write it as function* and yield* Await(promise).`,
    )
  }
  throw new InvalidHandlerError(
    `The handler ${name} gave ${show(result)} for ${show(effect)}: write it as a generator function (function*), ` +
      'or return a program or a control primitive such as Delegate().',
  )
}

/** A new generator that runs `program`. @throws what the program's own code throws before its first yield. */
export function generatorOf(program: Program<unknown, unknown>): AnyGenerator {
  if (program.kind === Kind.CALL) return call(program)
  if (program.kind === Kind.CUSTOM) return checked((program.a as () => unknown)())
  return performing(program)
}

function call(program: Program<unknown, unknown>): AnyGenerator {
  const f = program.a as (...args: unknown[]) => AnyGenerator
  switch (program.arity) {
    case 0:
      return f()
    case 1:
      return f(program.b)
    case 2:
      return f(program.b, program.c)
    default:
      return apply(f, undefined, program.b as unknown[])
  }
}

const begun = new OwnWeakMap<object, true>()

/** A generator that a user has made, which may be begun once. @throws InvalidProgramError when it was begun before. */
export function once(generator: object, asked: string): AnyGenerator {
  if (begun.has(generator)) {
    throw new InvalidProgramError(`${asked} was given a generator that has begun before: it can run only once.`)
  }
  begun.set(generator, true)
  return generator as AnyGenerator
}

/** The program that an object with `toGenerator` stands for; `undefined` when `x` is not one. */
export function customProgram(x: object): Program | undefined {
  if (!isCustomProgram(x)) return undefined
  return new Program(Kind.CUSTOM, null, () => x.toGenerator(), undefined, undefined, 0)
}

function checked(generator: unknown): AnyGenerator {
  if (types.isGeneratorObject(generator)) return once(generator, 'toGenerator()')
  throw new InvalidProgramError(`toGenerator() must give a generator, not ${show(generator)}.`)
}

/** A generator that performs one program and returns its answer. */
export function* performing(program: unknown): AnyGenerator {
  return yield program
}

/** A generator that returns a control primitive at once: a tail call. */
// eslint-disable-next-line require-yield -- its only step is its return
function* returning(primitive: unknown): AnyGenerator {
  return primitive
}
