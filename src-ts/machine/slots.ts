// Slots: every reference to a JavaScript value that a machine's numbers stand for. The machine gives the numbers out
// and says when one is free; this file keeps and drops the references.

import { OwnMap } from '../builtins/collections'
import type { Handler } from '../language/handler'
import { bare, type AnyGenerator } from '../builtins/intrinsics'
import { words, word } from '../wire/mailbox'
import { Release, Word } from '../wire/protocol'
import type { Waitable } from '../language/waitable'
import { ScopeHandle } from './cancel-scope'
import { Stack } from '../builtins/stack'

/** A machine with more places than this is not kept for later runs. */
const GROWN = 65_536

/** Equal to no key a program can ask for. */
const NO_KEY = Symbol('no key')

/** The references of one machine, by number. Number 0 is never given out. */
export class Slots {
  /** Generators by slot: frames that have started and not ended. */
  readonly generators = bare<AnyGenerator | undefined>([undefined])
  /** What each generator came from: a program, or the continuation its clause was given. */
  readonly origins = bare<unknown>([undefined])
  /** The scopes in which tasks have parked, by the slot of the generator that did. */
  readonly scopes = bare<number>([0])
  /** Where the entry of each frame was written in the journal, by its slot. */
  readonly entries = bare<number>([0])
  /**
   * Where what a program ends with goes, by its slot: the place of the frame that called it; 0 when only the machine can
   * tell. The frames of a segment stay together, so it holds as long as the frame is there and is not being closed.
   */
  readonly belows = bare<number>([0])
  /** By which number each promise that is waited for is kept, by half the index of its name. */
  readonly handles = bare<number>([0])
  /** Kept values; number 1 always stands for `undefined`. */
  readonly values = bare<unknown>([undefined, undefined])
  /** Which values are what is settled from outside; and those of them that the machine has dropped. */
  readonly outside = bare<Waitable | ScopeHandle | undefined>([undefined])
  readonly dropped = new Stack<Waitable>()
  /** Handlers by number. */
  readonly handlers = bare<Handler | undefined>([undefined])

  readonly #keyNumbers = new OwnMap<unknown, number>()
  readonly #keys = bare<unknown>([undefined])
  readonly #handlerNumbers = new OwnMap<Handler, number>()
  // The last key asked for: most programs ask for the same one again.
  #lastKey: unknown = NO_KEY
  #lastNumber = 0

  /** The number of a key; 0 when no store holds it. Keys are compared like those of a Map. */
  keyNumber(key: unknown): number {
    if (key === this.#lastKey) return this.#lastNumber
    const number = this.#keyNumbers.get(key) ?? 0
    this.#lastKey = key
    this.#lastNumber = number
    return number
  }

  /** A store holds the key from now on. */
  addKey(key: unknown, number: number): void {
    this.#keyNumbers.set(key, number)
    this.#keys[number] = key
    this.#lastKey = key
    this.#lastNumber = number
  }

  /** The key behind a number. */
  key(number: number): unknown {
    return this.#keys[number]
  }

  /** The number of a handler; 0 when the machine does not know it. */
  handlerNumber(handler: Handler): number {
    return this.#handlerNumbers.get(handler) ?? 0
  }

  /** The machine knows the handler from now on. */
  addHandler(handler: Handler, number: number): void {
    this.#handlerNumbers.set(handler, number)
    this.handlers[number] = handler
  }

  /** The machine knows the cancel scope by this name from now on, and keeps it under this number. */
  nameScope(scope: ScopeHandle, number: number, index: number, generation: number): void {
    scope.index = index
    scope.generation = generation
    this.values[number] = scope
    this.outside[number] = scope
  }

  /** Puts a handler behind a number that only one installation uses. */
  placeHandler(handler: Handler, number: number): void {
    this.handlers[number] = handler
  }

  /** Drops what the last outcome says nobody needs any more. */
  release(): void {
    const end = Word.RELEASES + word(Word.RELEASE_COUNT)
    for (let at: number = Word.RELEASES; at < end; at++) {
      const told = words[at] as number
      this.#drop(told & 3, told >>> 2)
    }
  }

  /** Whether they take so much room that making new ones is better than keeping them. */
  haveGrown(): boolean {
    return this.generators.length > GROWN || this.values.length > GROWN
  }

  /** Drops every generator; used when a machine is thrown away. */
  clear(): void {
    this.generators.length = 1
    this.origins.length = 1
    this.scopes.length = 1
    this.entries.length = 1
    this.belows.length = 1
    this.handles.length = 1
    this.values.length = 2
    this.outside.length = 1
    this.handlers.length = 1
    this.#handlerNumbers.clear()
    this.#keyNumbers.clear()
    this.#keys.length = 1
    this.#forgetLastKey()
  }

  #drop(kind: number, number: number): void {
    if (kind === Release.VALUE || kind === Release.FORGOTTEN) {
      if (kind === Release.FORGOTTEN) (this.values[number] as Waitable).waiter = 0
      if (number < this.outside.length) this.#dropOutside(number)
      this.values[number] = undefined
    } else if (kind === Release.KEY) {
      this.#keyNumbers.delete(this.#keys[number])
      this.#keys[number] = undefined
      this.#forgetLastKey()
    } else {
      this.#dropHandler(number)
    }
  }

  #dropOutside(number: number): void {
    const waitable = this.outside[number]
    if (waitable === undefined) return
    this.outside[number] = undefined
    if (waitable instanceof ScopeHandle) waitable.end()
    else this.dropped.push(waitable)
  }

  #dropHandler(number: number): void {
    const handler = this.handlers[number]
    this.handlers[number] = undefined
    if (handler !== undefined && this.#handlerNumbers.get(handler) === number) this.#handlerNumbers.delete(handler)
  }

  #forgetLastKey(): void {
    this.#lastKey = NO_KEY
    this.#lastNumber = 0
  }
}
