// Continuations as users hold them: a tag, two words naming the real thing in the machine, and what became of it.
//
// All of it is private, so a continuation cannot be forged, cloned or serialised into a working one.

import type { Kind } from './program'

/** What a continuation belongs to; compared by identity only. @internal */
export interface Owner {
  /** Numbers the runs of one machine. */
  readonly runNumber: number
}

/** What becomes of a continuation, as long as that is known without holding it. @internal */
export interface Fate {
  /** Its run, and the number of that. */
  readonly run: WeakRef<Owner>
  readonly runNumber: number
  isUsed: boolean
  /** Its name in the machine. */
  index: number
  generation: number
}

/** What a value is to a run that is asked to use it as a continuation. @internal */
export const enum Standing {
  /** A continuation of this run. */
  OWN,
  NO_CONTINUATION,
  OTHER_VM,
  OTHER_RUN,
}

/** The clause that a continuation was captured for, for messages. @internal */
export interface Origin {
  /** The handler's name. */
  readonly owner: string
  /** The effect type; `null` in a catch-all. */
  readonly type: { readonly name: string } | null
}

declare const types: unique symbol

/**
 * The rest of a computation, from the effect that a clause took up to and including the clause's handler. It can be
 * consumed once. `V` is what the suspended perform awaits, `R` the result of the computation, which a clause states
 * when it wants to use it: `k: Continuation<boolean, number[]>`.
 */
export class Continuation<in V = never, out R = unknown> {
  /** Exists in types only. */
  declare readonly [types]: (value: V) => R

  readonly #owner: Owner
  readonly #run: number
  #index: number
  #generation: number
  #effect: unknown
  readonly #origin: Origin
  #use: Kind | undefined
  #user: unknown
  #fate: Fate | undefined

  /** @internal */
  constructor(owner: Owner, index: number, generation: number, effect: unknown, origin: Origin) {
    this.#owner = owner
    this.#run = owner.runNumber
    this.#index = index
    this.#generation = generation
    this.#effect = effect
    this.#origin = origin
  }

  /** Whether `x` is a continuation of this run; otherwise what it is. @internal */
  static standing(x: unknown, owner: Owner): Standing {
    if (typeof x !== 'object' || x === null || !(#owner in x)) return Standing.NO_CONTINUATION
    if (x.#owner !== owner) return Standing.OTHER_VM
    return x.#run === owner.runNumber ? Standing.OWN : Standing.OTHER_RUN
  }

  /** Gives a continuation that was captured late its name. @internal */
  static name(k: Continuation, index: number, generation: number): void {
    k.#index = index
    k.#generation = generation
    if (k.#fate !== undefined) Continuation.watch(k, k.#fate)
  }

  /** What becomes of it is written down in `fate` from now on. @internal */
  static watch(k: Continuation, fate: Fate): void {
    k.#fate = fate
    fate.index = k.#index
    fate.generation = k.#generation
  }

  /** The two words that name it in the machine. @internal */
  static indexOf(k: Continuation): number {
    return k.#index
  }

  /** The second of the two words. @internal */
  static generationOf(k: Continuation): number {
    return k.#generation
  }

  /** Records the first use and the frame it was in, for the message of a second one. @internal */
  static consume(k: Continuation, use: Kind, user: unknown): void {
    k.#use = use
    k.#user = user
    // Whoever waits for the result waits long, maybe, and needs it no more.
    k.#effect = undefined
    if (k.#fate !== undefined) k.#fate.isUsed = true
  }

  /** The first use; `undefined` when there was none. @internal */
  static useOf(k: Continuation): Kind | undefined {
    return k.#use
  }

  /** What the frame of the first use came from. @internal */
  static userOf(k: Continuation): unknown {
    return k.#user
  }

  /** Whether `x` is a continuation captured for `origin`. @internal */
  static hasOrigin(x: unknown, origin: Origin): x is Continuation {
    return typeof x === 'object' && x !== null && #owner in x && x.#origin === origin
  }

  /** The effect this continuation was captured for, or the program of an unstarted one. @internal */
  static effectOf(k: Continuation): unknown {
    return k.#effect
  }

  /** The clause it was captured for, for messages. @internal */
  static nameOf(k: Continuation): string {
    const { owner, type } = k.#origin
    return `${type?.name ?? 'effect'} in ${owner}`
  }

  /** The names of the effect and the handler of the clause; `undefined` when `x` is no continuation. @internal */
  static named(x: unknown): { effect: string; handler: string } | undefined {
    if (typeof x !== 'object' || x === null || !(#owner in x)) return undefined
    const { owner, type } = x.#origin
    return { effect: type?.name ?? 'effect', handler: owner }
  }

  /** A harmless description, so that logging a continuation shows no internals. */
  toJSON(): { continuation: string } {
    return { continuation: `${Continuation.nameOf(this)}, ${this.#use === undefined ? 'not used' : 'used'}` }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Continuation(${this.toJSON().continuation})`
  }
}
