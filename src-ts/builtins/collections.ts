// Maps and sets of ours, whose methods are their own: an application that replaces those of `Map.prototype` does not reach
// them. They are called as any other. What users are given is an ordinary Map.
//
// Never iterated over: an iterator's `next` is shared by all. `OwnSet` lists its members instead.

import { append } from './intrinsics'

/** Gives a class of ours the methods that its instances would inherit, and makes sure they inherit nothing else. */
function own(made: object, original: object): void {
  const keys = Reflect.ownKeys(original)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol
    if (Object.hasOwn(made, key)) continue
    const property = Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor
    // What a property is made from must not inherit either.
    Object.setPrototypeOf(property, null)
    Object.defineProperty(made, key, property)
  }
  Object.setPrototypeOf(made, null)
  Object.freeze(made)
}

/** A Map of ours. */
export class OwnMap<K, V> extends Map<K, V> {
  // Without it, older engines pass the arguments on by iterating over them.
  // eslint-disable-next-line no-useless-constructor
  constructor() {
    super()
  }

  static {
    own(this.prototype, Map.prototype)
  }
}

/** A WeakMap of ours. */
export class OwnWeakMap<K extends object, V> extends WeakMap<K, V> {
  // eslint-disable-next-line no-useless-constructor -- as above
  constructor() {
    super()
  }

  static {
    own(this.prototype, WeakMap.prototype)
  }
}

const forEach = Set.prototype.forEach
const iteratorNext = Object.getPrototypeOf(new Set().values()).next as () => IteratorResult<unknown>
const { apply } = Reflect

/** A Set of ours. */
export class OwnSet<T> extends Set<T> {
  // eslint-disable-next-line no-useless-constructor -- as above
  constructor() {
    super()
  }

  /** Its members, in the order in which they were added. */
  list(): T[] {
    const members: T[] = []
    apply(forEach, this, [(member: T) => append(members, member)])
    return members
  }

  /** The member that was added first. */
  first(): T | undefined {
    return apply(iteratorNext, this.values(), []).value as T | undefined
  }

  static {
    own(this.prototype, Set.prototype)
  }
}

// --- for users ------------------------------------------------------------------------------------------------------

const { get, set, clear } = Map.prototype

/** An ordinary Map of these entries. */
export function mapOf(entries: readonly (readonly [key: unknown, value: unknown])[]): Map<unknown, unknown> {
  const made = new Map<unknown, unknown>()
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] as readonly [unknown, unknown]
    setIn(made, entry[0], entry[1])
  }
  return made
}

/** `map.get(key)` of an ordinary Map. */
export function getIn(map: Map<unknown, unknown>, key: unknown): unknown {
  return apply(get, map, [key])
}

/** `map.set(key, value)` of an ordinary Map. */
export function setIn(map: Map<unknown, unknown>, key: unknown, value: unknown): void {
  apply(set, map, [key, value])
}

/** `map.clear()` of an ordinary Map. */
export function clearMap(map: Map<unknown, unknown>): void {
  apply(clear, map, [])
}
