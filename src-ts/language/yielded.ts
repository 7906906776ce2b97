// What a generator yielded, when it is not a program of ours: an instance of a user class, a custom program, or a
// mistake that deserves a helpful error.

import { types } from 'node:util'

import { customProgram } from './call'
import { untypedEffect } from './effect'
import { InvalidYieldError } from '../messages/errors'
import { isFailure } from './failure'
import type { Program } from './program'
import { show } from '../messages/show'

/** The program that `item` stands for. @throws InvalidYieldError saying what to do instead. */
export function yieldedProgram(item: unknown): Program<unknown, unknown> {
  if (typeof item !== 'object' || item === null || types.isGeneratorObject(item) || isThenable(item)) {
    throw new InvalidYieldError(adviceFor(item))
  }
  if (isFailure(item)) throw new InvalidYieldError(adviceFor(item))
  const program = customProgram(item) ?? untypedEffect(item)
  if (program === undefined) throw new InvalidYieldError(adviceFor(item))
  return program
}

function isThenable(item: object): boolean {
  return types.isPromise(item)
}

function adviceFor(item: unknown): string {
  const what = `A program yielded ${show(item)}`
  if (types.isGeneratorObject(item)) return `${what}: wrap it with Do(…), a raw generator can run only once.`
  if (typeof item === 'function') return `${what}: call it, so that a program or an effect is yielded.`
  if (types.isPromise(item)) return `${what}: use Await(promise) under runAsync.`
  if (isFailure(item)) return `${what}: a failure is thrown, by yield* fail(failure).`
  return `${what}: only effects, programs and control primitives can be yielded.`
}
