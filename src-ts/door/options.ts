// The options of an asynchronous run: each is read once and checked, before anything begins.

import type { OnUnobservedFailure } from '../machine/report'
import { checkFunction } from '../messages/check'
import { show } from '../messages/show'

/** How an asynchronous run is to be carried out. */
export interface AsyncOptions {
  /**
   * Aborting it ends the run: everything is unwound, and waited for where cleanup waits; then `runAsync` rejects with the
   * signal's reason.
   */
  readonly signal?: AbortSignal
  /**
   * The event loop gets its turn at least this often, in milliseconds, while the run computes or is woken by what needs no
   * turn of it, such as resolved promises; 5 by default.
   */
  readonly yieldEveryMs?: number
  /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
  readonly onUnobservedFailure?: OnUnobservedFailure
}

/** The options as they were when the run began. @internal */
export interface CheckedOptions {
  readonly signal: AbortSignal | undefined
  readonly yieldEveryMs: number
  readonly onUnobservedFailure: OnUnobservedFailure | undefined
}

/** Reads and checks them. @throws TypeError, RangeError naming the option; what a getter throws. @internal */
export function checkedOptions(options: AsyncOptions, asker: string): CheckedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${asker}: the options are an object, not ${show(options)}.`)
  }
  const { signal, yieldEveryMs = 5, onUnobservedFailure } = options
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError(`${asker}: signal is an AbortSignal, not ${show(signal)}.`)
  }
  if (typeof yieldEveryMs !== 'number' || !(yieldEveryMs >= 0)) {
    throw new RangeError(`${asker}: yieldEveryMs is a number of milliseconds, not ${show(yieldEveryMs)}.`)
  }
  checkFunction(onUnobservedFailure, asker, 'onUnobservedFailure')
  return { signal, yieldEveryMs, onUnobservedFailure }
}

/** By what a run needs of it: one of another realm, or of a package, is as good as the engine's. @internal */
export function isSignal(x: unknown): x is AbortSignal {
  if (typeof x !== 'object' || x === null) return false
  const { aborted, addEventListener, removeEventListener } = x as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  )
}
