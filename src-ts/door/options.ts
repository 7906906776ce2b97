// The options of a run: each is read once and checked, before anything begins.

import type { OnLeftovers, OnUnobservedFailure } from '../machine/report'
import { checkFunction } from '../messages/check'
import { show } from '../messages/show'
import type { Signal } from '../language/signal'

/** How a run is to be carried out. */
export interface RunOptions {
  /** What the run is called in events, dumps and reports; by default nothing. */
  readonly name?: string
  /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
  readonly onUnobservedFailure?: OnUnobservedFailure
  /** Told of the tasks that the root program has left behind, which were cancelled; a process warning by default. */
  readonly onLeftovers?: OnLeftovers
}

/** How an asynchronous run is to be carried out. */
export interface AsyncOptions extends RunOptions {
  /**
   * Aborting it ends the run: everything is unwound, and waited for where cleanup waits; then `runAsync` rejects with the
   * signal's reason.
   */
  readonly signal?: Signal
  /**
   * The event loop gets its turn at least this often, in milliseconds, while the run computes or is woken by what needs no
   * turn of it, such as resolved promises; 5 by default.
   */
  readonly yieldEveryMs?: number
}

/** The options of any run as they were when it began. @internal */
export interface CheckedRunOptions {
  readonly name: string | undefined
  readonly onUnobservedFailure: OnUnobservedFailure | undefined
  readonly onLeftovers: OnLeftovers | undefined
}

/** The options of an asynchronous run as they were when it began. @internal */
export interface CheckedOptions extends CheckedRunOptions {
  readonly signal: AbortSignal | undefined
  readonly yieldEveryMs: number
}

/** What a run without options has. @internal */
export const NO_OPTIONS: CheckedRunOptions = { name: undefined, onUnobservedFailure: undefined, onLeftovers: undefined }

/** Reads and checks them. @throws TypeError naming the option; what a getter throws. @internal */
export function checkedRunOptions(options: RunOptions, asker: string): CheckedRunOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${asker}: the options are an object, not ${show(options)}.`)
  }
  const { name, onUnobservedFailure, onLeftovers } = options
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`${asker}: name is a string, not ${show(name)}.`)
  }
  checkFunction(onUnobservedFailure, asker, 'onUnobservedFailure')
  checkFunction(onLeftovers, asker, 'onLeftovers')
  return { name, onUnobservedFailure, onLeftovers }
}

/** Reads and checks them. @throws TypeError, RangeError naming the option; what a getter throws. @internal */
export function checkedOptions(options: AsyncOptions, asker: string): CheckedOptions {
  const { name, onUnobservedFailure, onLeftovers } = checkedRunOptions(options, asker)
  const { signal, yieldEveryMs = 5 } = options
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError(`${asker}: signal is an AbortSignal, not ${show(signal)}.`)
  }
  if (typeof yieldEveryMs !== 'number' || !(yieldEveryMs >= 0)) {
    throw new RangeError(`${asker}: yieldEveryMs is a number of milliseconds, not ${show(yieldEveryMs)}.`)
  }
  return { signal, yieldEveryMs, name, onUnobservedFailure, onLeftovers }
}

/** By what a run needs of it: one of another realm, or of a package, is as good as the engine's. @internal */
export function isSignal(x: unknown): x is AbortSignal {
  if (typeof x !== 'object' || x === null) return false
  const { aborted, addEventListener, removeEventListener } = x as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  )
}
