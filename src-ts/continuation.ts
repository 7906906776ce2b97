// Continuations as users hold them: a tag, two words naming the real thing in the machine, and what became of it.
//
// All of it is private, so a continuation cannot be forged, cloned or serialised into a working one.

/** What a continuation belongs to; compared by identity only. @internal */
export interface Owner {
  /** Numbers the runs of one machine. */
  readonly runNumber: number
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
  declare readonly [types]?: (value: V) => R

  readonly #owner: Owner
  readonly #run: number
  readonly #index: number
  readonly #generation: number
  readonly #effect: unknown
  readonly #origin: Origin
  #use: string | undefined

  /** @internal */
  constructor(owner: Owner, index: number, generation: number, effect: unknown, origin: Origin) {
    this.#owner = owner
    this.#run = owner.runNumber
    this.#index = index
    this.#generation = generation
    this.#effect = effect
    this.#origin = origin
  }

  /** Reads the private parts; `undefined` when `x` is not a continuation. @internal */
  static read(x: unknown): ContinuationParts | undefined {
    if (typeof x !== 'object' || x === null || !(#owner in x)) return undefined
    return x.#parts()
  }

  /** Records the first use, for the message of a second one. @internal */
  static consume(k: Continuation, use: string): void {
    k.#use = use
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

  #parts(): ContinuationParts {
    return {
      owner: this.#owner,
      run: this.#run,
      index: this.#index,
      generation: this.#generation,
      use: this.#use,
      origin: this.#origin,
    }
  }

  /** A harmless description, so that logging a continuation shows no internals. */
  toJSON(): { continuation: string } {
    return { continuation: `${Continuation.nameOf(this)}, ${this.#use ?? 'not used'}` }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Continuation(${this.toJSON().continuation})`
  }
}

/** The private parts of a continuation. @internal */
export interface ContinuationParts {
  readonly owner: Owner
  readonly run: number
  readonly index: number
  readonly generation: number
  readonly use: string | undefined
  readonly origin: Origin
}
