// Untyped handlers: a generator function that is called for every effect, and the handler that such a function stands for.

import { types } from 'node:util'

import { OwnWeakMap } from '../builtins/collections'
import { asFunction } from './clause'
import type { Continuation } from './continuation'
import { InvalidHandlerError } from '../messages/errors'
import { Handler, type AnyHandler } from './handler'
import type { Program, ProgramGenerator } from './program'
import { Clause as ClauseKind } from '../wire/protocol'
import { show } from '../messages/show'

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
