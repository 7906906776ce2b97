// Asynchronous contexts: what an `AsyncLocalStorage` gives belongs to the task. A task goes on in the context in which it
// suspended, not in that of whoever woke it, and starts in the one in which it was spawned.
//
// Only an asynchronous run has several contexts to tell apart; a synchronous one runs in its caller's from end to end.

import { AsyncResource } from 'node:async_hooks'

import { bare } from '../intrinsics'
import { word } from '../mailbox'
import { Code, Word } from '../protocol'
import type { Run, Todo } from '../run-state'
import type { Waitable } from './waitable'

/** Whether an outcome lets a task go on: its first operand is then the place of the generator that does. */
function isOfTask(todo: Todo): boolean {
  switch (todo) {
    case Code.RESUME:
    case Code.THROW:
    case Code.CLOSE:
    case Code.ANSWER:
    case Code.PERFORM:
    case Code.START_TASK:
      return true
    default:
      return false
  }
}

/** Remembers the present context. */
function present(): AsyncResource {
  return new AsyncResource('doeff-vm task')
}

/** The contexts of one run. */
export class Contexts {
  readonly #base = present()
  /** The contexts of suspended tasks, by the slot of the generator that performed the effect. */
  readonly #bySlot = bare<AsyncResource | undefined>([undefined])
  /** The one to go on in. */
  #next = this.#base

  /** The task whose generator is in `slot` suspends; none does when it is 0. */
  suspend(slot: number): void {
    if (slot !== 0) this.#bySlot[slot] = present()
  }

  /** A task is spawned here. */
  spawn(task: Waitable): void {
    task.context = present()
  }

  /** The task under way pauses with the whole run. */
  pause(): void {
    this.#next = present()
  }

  /** The task that has paused suspends. */
  suspendPaused(slot: number): void {
    this.#bySlot[slot] = this.#next
    this.#next = this.#base
  }

  /** The outcome may say that another task goes on than the one whose generator is in `slot`. Gives whether it does. */
  follow({ machine: { slots } }: Run, slot: number, todo: Todo): boolean {
    if (!isOfTask(todo)) return false
    // A task that has ended goes on nowhere.
    if (slots.generators[slot] !== undefined) this.suspend(slot)
    if (todo === Code.START_TASK) {
      const task = slots.values[word(Word.Y)] as Waitable
      this.#next = task.context ?? this.#base
      task.context = undefined
    } else {
      this.#goOn(word(Word.X))
    }
    return true
  }

  /** The task whose generator is in `from` suspends, and the one in `to` goes on. */
  handOff(from: number, to: number): void {
    this.suspend(from)
    this.#goOn(to)
  }

  #goOn(slot: number): void {
    this.#next = this.#bySlot[slot] ?? this.#base
    this.#bySlot[slot] = undefined
  }

  /** Calls `f` where the run is to go on. */
  enter(f: () => void): void {
    this.#next.runInAsyncScope(f)
  }
}
