// What a backend is once it is loaded, and what is known when it cannot be: the types that `addon.ts` and `wasm.ts`
// give to `backend.ts`.

/** A backend: shared words, and the one function that runs a turn over them. */
export interface Loaded {
  /** The version it was built from. */
  readonly version: string
  /** The words of this environment. Nobody but the driver can reach them. */
  readonly words: Int32Array
  /** Runs one turn over the words, for any machine of this environment. */
  readonly turn: () => void
}

/** Why a backend cannot be used. */
export interface NotLoaded {
  /**
   * `absent`: it is not installed, or this system has none. `disabled`: the runtime does not allow it. `broken`: it is
   * there and does not work, which somebody should hear of.
   */
  readonly is: 'absent' | 'disabled' | 'broken'
  /** What was tried and what to do, in full sentences. */
  readonly message: string
  /** What the engine threw, if anything. */
  readonly cause?: unknown
}
