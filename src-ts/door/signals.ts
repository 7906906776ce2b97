// Signals: those that end runs from outside, and those that actions are given when nobody has given the run one.

import { getEventListeners } from 'node:events'

import { OwnSet, OwnWeakMap } from '../builtins/collections'
import { each } from '../builtins/iterate'
import { Controller, signalOf } from '../builtins/intrinsics'
import { Stack } from '../builtins/stack'

// --- from outside ---------------------------------------------------------------------------------------------------

// However many runs one signal ends, it has one listener of ours, and none when they are over: a process that serves a
// thousand requests under one signal must neither leak nor be warned of a leak.

/** Those who listen to one signal. */
class Listeners {
  readonly all = new OwnSet<() => void>()

  readonly tell = (): void => {
    for (const f of each(this.all.list())) f()
  }
}

const listeners = new OwnWeakMap<AbortSignal, Listeners>()

/** Calls `f` when the signal is aborted; gives the way to call that off. @throws what adding a listener throws. */
export function onAbort(signal: AbortSignal, f: () => void): () => void {
  const others = listeners.get(signal) ?? listenTo(signal)
  others.all.add(f)
  return () => {
    if (!others.all.delete(f) || others.all.size > 0) return
    listeners.delete(signal)
    signal.removeEventListener('abort', others.tell)
  }
}

function listenTo(signal: AbortSignal): Listeners {
  const made = new Listeners()
  signal.addEventListener('abort', made.tell)
  listeners.set(signal, made)
  return made
}

// --- for actions ----------------------------------------------------------------------------------------------------

// Making a signal takes thirty times as long as the rest of an `AsyncEscape`, and most actions never look at theirs. So one
// to which nobody listens any more is kept for another action; one that is listened to goes when its action does.

const spare = new Stack<AbortController>()
const MOST_SPARE = 8

/** What one action is given a signal by. */
export function takeController(): AbortController {
  return spare.pop() ?? new Controller()
}

/** The action has settled. */
export function giveBackController(controller: AbortController): void {
  const signal = signalOf(controller)
  if (spare.length === MOST_SPARE || signal.aborted || getEventListeners(signal, 'abort').length > 0) return
  spare.push(controller)
}
