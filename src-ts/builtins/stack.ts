// A stack of ours: what an array is with `push` and `pop`, but nothing that an application does to `Array.prototype`, or to
// an index that every object inherits, reaches it.

import { bare } from './intrinsics'

/** An empty stack with more places than this gives them back. */
const GROWN = 1024

/** Last in, first out. */
export class Stack<T> {
  /** How many there are. */
  length = 0
  // Place 0 is never used.
  #items = bare<T | undefined>([undefined])

  push(item: T): void {
    this.#items[++this.length] = item
  }

  /** The item that was pushed last, which is gone then. */
  pop(): T | undefined {
    if (this.length === 0) return undefined
    const items = this.#items
    const item = items[this.length]
    items[this.length--] = undefined
    if (this.length === 0 && items.length > GROWN) this.clear()
    return item
  }

  /** The item that was pushed as number `at`, counted from 0. */
  at(at: number): T {
    return this.#items[at + 1] as T
  }

  clear(): void {
    this.length = 0
    this.#items = bare<T | undefined>([undefined])
  }
}
