// Families: several effects declared at once, and a handler that answers all of them or is refused by name.

import { OwnWeakMap } from '../builtins/collections'
import { each } from '../builtins/iterate'
import { filter, fix, freeze, hasOwn, indexOf, join, keysOf, map } from '../builtins/intrinsics'
import { makeConstructor, newType, type EffectConstructor, type EffectOf } from './effect'
import { InvalidEffectError, InvalidHandlerError } from '../messages/errors'
import { Handler, type FunResult } from './handler'
import { show } from '../messages/show'

declare const shape: unique symbol

/** What one effect of a family carries and is answered with. */
export interface Operation<Payload extends readonly unknown[], Answer> {
  readonly [shape]: (payload: Payload) => Answer
}

const operations = new OwnWeakMap<object, true>()

/**
 * Says what one effect of a family carries and is answered with: `op<[id: number], Item | null>()`.
 *
 * @example
 * const Clock = effects('Clock', { now: op<[], number>() })
 * run(Clock.now().with(handler('noon', Clock, { now: () => 12 }))) // 12
 */
export function op<Payload extends readonly unknown[] = [], Answer = void>(): Operation<Payload, Answer> {
  const made = freeze({})
  operations.set(made, true)
  return made as Operation<Payload, Answer>
}

/** Any operation. Its types are those that `op` was given: nothing is inferred from here. */
interface AnyOperation {
  readonly [shape]: unknown
}

type Operations = Readonly<Record<string, AnyOperation>>

/** The constructors of a family, by name: `Repo.find(1)` is an effect named `Repo.find`. */
export type Family<Name extends string, Ops> = {
  readonly [K in keyof Ops & string]: Ops[K] extends Operation<infer Payload, infer Answer>
    ? EffectConstructor<`${Name}.${K}`, Payload, Answer>
    : never
}

/** The effects of a family, to write rows by hand: `Program<Item, EffectsOf<typeof Repo>>`. */
export type EffectsOf<F> = EffectOf<F[keyof F]>

/** The payload of one effect of a family. */
export type PayloadIn<F, K> = K extends keyof F
  ? F[K] extends EffectConstructor<string, infer Payload, infer _Answer>
    ? Payload
    : never
  : never

/** What the clauses of a family may give. */
export type FamilyResults<F> = {
  readonly [K in keyof F]: F[K] extends EffectConstructor<string, infer _Payload, infer Answer>
    ? FunResult<Answer>
    : never
}

/** A function, or a generator function, for each effect of a family. */
export type FamilyClauses<F, Results> = {
  readonly [K in keyof Results]: (...payload: PayloadIn<F, K>) => Results[K]
}

interface Declared {
  readonly name: string
  readonly keys: readonly string[]
}

const families = new OwnWeakMap<object, Declared>()

/**
 * Declares several effects at once. `Repo.find` makes effects named `Repo.find`; `handler('in memory', Repo, { … })` answers all of
 * them.
 *
 * @throws InvalidEffectError when an operation was not made by `op`.
 * @example
 * const Repo = effects('Repo', { find: op<[id: number], string | undefined>(), save: op<[id: number, text: string]>() })
 * const stored = new Map<number, string>()
 * const inMemory = handler('in memory', Repo, {
 *   find: id => stored.get(id),
 *   save: (id, text) => { stored.set(id, text) },
 * })
 * const program = Do(function* () { yield* Repo.save(1, 'tea'); return yield* Repo.find(1) })
 * run(program().with(inMemory)) // 'tea'
 */
export function effects<const Name extends string, Ops extends Operations>(
  name: Name,
  operations: Ops,
): Family<Name, Ops>
export function effects(name: string, given: Operations): unknown {
  if (typeof given !== 'object' || given === null) {
    throw new InvalidEffectError(`effects('${name}', …) takes an object of operations, not ${show(given)}.`)
  }
  const keys = keysOf(given)
  const family = {}
  for (const key of each(keys)) {
    const operation = given[key] as object | undefined
    if (typeof operation !== 'object' || !operations.has(operation)) {
      throw new InvalidEffectError(
        `${String(name)}.${key} is declared with op<[…payload], Answer>(), not with ${show(operation)}.`,
      )
    }
    fix(family, key, makeConstructor(newType(`${String(name)}.${key}`, false)))
  }
  freeze(family)
  families.set(family, { name: String(name), keys })
  return family
}

/** A handler with a clause for each effect of a family. @throws InvalidHandlerError naming what is missing or too much. @internal */
export function handlerOfFamily(name: string, family: unknown, clauses: unknown): Handler<never, unknown, unknown> {
  const declared = typeof family === 'object' && family !== null ? families.get(family) : undefined
  if (declared === undefined) {
    throw new InvalidHandlerError(
      `handler('${name}', family, clauses) takes what effects('Name', { … }) gave, not ${show(family)}.`,
    )
  }
  if (typeof clauses !== 'object' || clauses === null) {
    throw new InvalidHandlerError(`${name} has an object of clauses for ${declared.name}, not ${show(clauses)}.`)
  }
  checkKeys(name, declared, clauses)
  let made: Handler<never, unknown, unknown> = new Handler(name, [], undefined, undefined)
  for (const key of each(declared.keys)) {
    const effect = (family as Record<string, unknown>)[key]
    made = made.fun(effect as never, (clauses as Record<string, unknown>)[key] as never) as never
  }
  return made
}

function checkKeys(name: string, declared: Declared, clauses: object): void {
  const missing = filter(declared.keys, key => !hasOwn(clauses, key))
  if (missing.length > 0) throw new InvalidHandlerError(`${name} has no clause for ${listed(declared, missing)}.`)
  const unknown = filter(keysOf(clauses), key => indexOf(declared.keys, key) === -1)
  if (unknown.length === 0) return
  throw new InvalidHandlerError(
    `${name} has a clause for ${listed(declared, unknown)}, which ${declared.name} does not have; it has ${join(declared.keys, ', ')}.`,
  )
}

function listed({ name }: Declared, keys: readonly string[]): string {
  return join(
    map(keys, key => `${name}.${key}`),
    ', ',
  )
}
