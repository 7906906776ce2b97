// The AbortSignal that actions are given and runs are told to end by, in types only.

/** What is needed of a signal. */
interface MinimalSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * The AbortSignal of the platform, where types of the platform are installed (`@types/node`, or the library `dom`); otherwise
 * what is needed of one, so that the declarations of this package compile with nothing else.
 */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Platform } } ? Platform : MinimalSignal
