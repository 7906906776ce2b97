// The event loop: whether it has had its turn of late. One answer for all runs of this thread, because they share it.
//
// Whoever computes or is woken looks at the clock now and then. What was seen says nothing about the loop, which may have
// turned meanwhile; so once it may have been held up, it is asked to say when it turns. If it still has not when time is
// up, it is to be let in. A wake costs a count, and every eighth one a look at the clock.

import { afterTurn, stopwatch } from '../builtins/intrinsics'

/** Wakes between two looks at the clock, less one. */
const BETWEEN_LOOKS = 7

/** Since when it is held up, at the latest; 0 when that is not known. */
let since = 0
/** It will say when it turns. */
let isAsked = false
let wakes = 0

function turned(): void {
  isAsked = false
  since = 0
}

function ask(heldSince: number): void {
  since = heldSince
  isAsked = true
  afterTurn(turned)
}

/** Somebody computes: whether the event loop was held up for `ms` milliseconds. */
export function isHeldUp(ms: number): boolean {
  const now = stopwatch.read()
  if (isAsked) return now - since >= ms
  ask(now)
  return false
}

/** Somebody was woken, perhaps by a mere promise: the same. */
export function isHeldUpByWakes(ms: number): boolean {
  if ((++wakes & BETWEEN_LOOKS) !== 0) return false
  const now = stopwatch.read()
  if (isAsked) return now - since >= ms
  if (since === 0) since = now
  // It is not known to have turned for half of the time: it has the other half to say so.
  else if (now - since >= ms / 2) ask(now - ms / 2)
  return false
}
