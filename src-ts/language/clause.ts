// Clauses: how a handler answers one effect, as the driver calls it. Checked when a clause is added to a handler; nothing
// here runs one.

import { types } from 'node:util'

import { EffectType } from './effect'
import { InvalidHandlerError } from '../messages/errors'
import { freeze, isInteger } from '../builtins/intrinsics'
import { Clause as ClauseKind } from '../wire/protocol'
import { show } from '../messages/show'

/** What a clause is made from. @internal */
export interface ClauseSpec {
  readonly kind: ClauseKind
  /** `null` for a catch-all. */
  readonly type: EffectType | null
  /** The function, or the constant of a `val` clause. */
  readonly run: unknown
  /** The name of the handler. */
  readonly owner: string
  /** The program that a `fun` clause gives runs in the scope of the performer, instead of outside of the handler. */
  readonly isScoped?: boolean
}

/** One clause as the driver calls it. Nobody can change it. @internal */
export class Clause implements ClauseSpec {
  readonly kind: ClauseKind
  readonly type: EffectType | null
  readonly run: unknown
  readonly owner: string
  /** It is a catch-all that is a plain function: it may give the same generator again. */
  readonly mayRepeat: boolean
  readonly isScoped: boolean
  // eslint-disable-next-line no-unused-private-class-members -- whether it is there is asked
  readonly #isMade = true

  private constructor({ kind, type, run, owner, isScoped = false }: ClauseSpec) {
    const isOfAKind = isInteger(kind) && kind >= ClauseKind.VAL && kind <= ClauseKind.FINAL
    if (!isOfAKind || !(type === null || type instanceof EffectType)) {
      throw new InvalidHandlerError(`A clause of ${owner} is none: make handlers with handler(name).`)
    }
    this.kind = kind
    this.type = type
    this.run = run
    this.owner = owner
    this.isScoped = isScoped
    this.mayRepeat = type === null && !types.isGeneratorFunction(run)
    freeze(this)
  }

  /** The clause that is made from `spec`, if that is none already. */
  static of(spec: ClauseSpec): Clause {
    return #isMade in spec ? spec : new Clause(spec)
  }
}

/** Whether `f` is a generator function, and none that waits. @internal */
export function isGeneratorFunction(f: unknown): boolean {
  return types.isGeneratorFunction(f) && !types.isAsyncFunction(f)
}

/** `f`, a function. @throws InvalidHandlerError when it is none. @internal */
export function asFunction(f: unknown, name: string, kind: string): unknown {
  if (types.isAsyncFunction(f)) throw new InvalidHandlerError(adviceForAsync(name, kind))
  if (typeof f !== 'function') {
    throw new InvalidHandlerError(`A ${kind} clause of ${name} is a function, not ${show(f)}.`)
  }
  return f
}

/** An async function answers at once, with a promise; what it awaits is to be awaited by a program. */
function adviceForAsync(name: string, kind: string): string {
  const instead =
    kind === 'fun' ? 'answer with a program, as in (…) => Await(promise)' : 'write function* and yield* Await(promise)'
  return `A ${kind} clause of ${name} cannot be an async function: ${instead}.`
}

/** `f`, a generator function. @throws InvalidHandlerError when it is none. @internal */
export function asGeneratorFunction(f: unknown, name: string, kind: string): unknown {
  if (types.isAsyncFunction(f)) throw new InvalidHandlerError(adviceForAsync(name, kind))
  if (!isGeneratorFunction(f)) {
    throw new InvalidHandlerError(`A ${kind} clause of ${name} is a generator function (function*), not ${show(f)}.`)
  }
  return f
}
