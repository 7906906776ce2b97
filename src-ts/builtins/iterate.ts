// Iterating without the built-in iterators, which an application can replace.

import { next, close, throwInto, type AnyGenerator } from './intrinsics'

/** Iterates over a list. It serves as its own result objects. */
class Items<T> {
  done = false
  value: T | undefined = undefined
  #at = 0
  readonly #list: readonly T[]

  constructor(list: readonly T[]) {
    this.#list = list
  }

  next(): this {
    this.done = this.#at >= this.#list.length
    this.value = this.done ? undefined : this.#list[this.#at++]
    return this
  }

  /** Its own, because a loop that is left early would call whatever every object inherits. */
  return(): this {
    this.done = true
    this.value = undefined
    return this
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** What to iterate over in place of `items`, which is a list of ours or whatever a user gave: each item in turn. */
export function each<T>(items: Iterable<T>): Iterable<T> {
  return Array.isArray(items) ? (new Items(items as readonly T[]) as unknown as Iterable<T>) : items
}

/** A generator, stepped by the methods it was made with. */
class Steps {
  readonly #generator: AnyGenerator

  constructor(generator: AnyGenerator) {
    this.#generator = generator
  }

  next(value: unknown): IteratorResult<unknown, unknown> {
    return next(this.#generator, value)
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    return throwInto(this.#generator, error)
  }

  return(value: unknown): IteratorResult<unknown, unknown> {
    return close(this.#generator, value)
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** What to write behind `yield*` for a generator of ours. */
export function steps<Y, R>(generator: Generator<Y, R, unknown>): Iterable<Y, R, unknown> {
  return new Steps(generator as AnyGenerator) as unknown as Iterable<Y, R, unknown>
}
