// Runs that wait. One that has waited for a moment is looked at, once: its tasks may wait in vain while something outside
// is pending. So a wait costs nothing more than to be counted.

import { OwnSet } from '../builtins/collections'
import { each } from '../builtins/iterate'
import { deref } from '../builtins/intrinsics'

/** Somebody who waits. */
export interface Waiting {
  /** Whether it has waited ever since this was asked before. */
  rests(): boolean
  /** It has waited for a moment. */
  look(): void
}

/** Taken once: who fakes timers fakes those of the application. */
const later = setTimeout

/** A moment, in milliseconds: it takes one or two of them until somebody is looked at. */
const MOMENT = 250

/** Weakly: who is dropped while it waits is not kept for being watched. */
const watched = new OwnSet<WeakRef<Waiting>>()
let isSet = false

/** It waits from now on, and may go on and wait again. */
export function watch(waiting: WeakRef<Waiting>): void {
  watched.add(waiting)
  set()
}

/** It waits no more. */
export function unwatch(waiting: WeakRef<Waiting>): void {
  watched.delete(waiting)
}

function set(): void {
  if (isSet) return
  isSet = true
  later(look, MOMENT).unref()
}

function look(): void {
  isSet = false
  for (const reference of each(watched.list())) {
    const waiting = deref(reference)
    if (waiting !== undefined && !waiting.rests()) continue
    watched.delete(reference)
    waiting?.look()
  }
  if (watched.size > 0) set()
}
