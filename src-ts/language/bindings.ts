// Bindings: what State and Reader handlers are filled from.

import { each } from '../builtins/iterate'
import { DoeffTypeError } from '../messages/errors'
import { append } from '../builtins/intrinsics'
import { show } from '../messages/show'

const { entries } = Object

/** Keys and values: an object (its own string keys), a Map, or a list of pairs. */
export type Bindings = object | Iterable<readonly [key: unknown, value: unknown]>

/** The entries of bindings, in order. @internal */
export function entriesOf(bindings: Bindings, asker: string): Iterable<readonly [key: unknown, value: unknown]> {
  if (typeof bindings !== 'object' || bindings === null) {
    throw new DoeffTypeError('ERR_INVALID_BINDINGS', `${asker} takes an object, a Map or pairs, not ${show(bindings)}.`)
  }
  return Symbol.iterator in bindings
    ? (bindings as Iterable<readonly [unknown, unknown]>)
    : (entries(bindings) as [unknown, unknown][])
}

/** One entry; its key and value are read as a Map would read them. @throws DoeffTypeError when it is no pair. @internal */
export function asPair(entry: unknown): readonly [key: unknown, value: unknown] {
  if (typeof entry === 'object' && entry !== null) return entry as readonly [unknown, unknown]
  throw new DoeffTypeError('ERR_INVALID_BINDINGS', `Bindings are pairs of a key and a value, not ${show(entry)}.`)
}

/** The entries of bindings as they are now. @internal */
export function pairsOf(bindings: Bindings, asker: string): (readonly [key: unknown, value: unknown])[] {
  const pairs: (readonly [unknown, unknown])[] = []
  for (const entry of each(entriesOf(bindings, asker))) {
    const pair = asPair(entry)
    append(pairs, [pair[0], pair[1]])
  }
  return pairs
}
