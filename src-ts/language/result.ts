// Results: how a program ended, as a value.

/** The program returned `value`. */
export interface Ok<A> {
  readonly ok: true
  readonly value: A
}

/** The program threw `error`. */
export interface Err<F = unknown> {
  readonly ok: false
  readonly error: F
}

/** How a program ended. Where the errors are known, `F` is their type. */
export type Result<A, F = unknown> = Ok<A> | Err<F>

/**
 * A successful {@link Result}.
 *
 * @example
 * Ok(42) // { ok: true, value: 42 }
 */
export function Ok<A>(value: A): Ok<A> {
  return { ok: true, value }
}

/**
 * A failed {@link Result}.
 *
 * @example
 * Err('no') // { ok: false, error: 'no' }
 */
export function Err<F>(error: F): Err<F> {
  return { ok: false, error }
}
