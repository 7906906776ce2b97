// Bindings: what State and Reader handlers are filled from.

import { DoeffTypeError } from '../errors'
import { show } from '../show'

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
