// Asynchronous contexts: what an `AsyncLocalStorage` gives belongs to the task. A task goes on in the context in which it
// suspended, not in that of whoever woke it, and starts in the one in which it was spawned.
//
// Which task suspends and which one goes on is the machine's to say: it names strands (`strand.rs`). What stands between a
// task and its scheduler does not matter. Only an asynchronous run has several contexts to tell apart; a synchronous one
// runs in its caller's from end to end.

import { AsyncResource } from 'node:async_hooks'

import { bare } from '../builtins/intrinsics'
import { words } from '../wire/mailbox'
import { Code, Word } from '../wire/protocol'
import type { Slots } from './slots'
import type { Waitable } from '../language/waitable'

/** Remembers the present context. @internal */
export function present(): AsyncResource {
  return new AsyncResource('doeff-vm task')
}

/** The contexts of one run. */
export class Contexts {
  readonly #base: AsyncResource
  /** Those of strands that have been left, by the word of the strand. */
  readonly #ofStrand = bare<AsyncResource | undefined>([undefined])
  /** The strand of the task whose generator waits in a slot, where the machine has said that nothing else waits there. */
  readonly #strandIn = bare<number>([0])
  /** The strand that was handed off to; the machine has not heard of it. */
  #handedTo = 0
  /** The context to go on in; none while the run goes on in the present one. */
  #next: AsyncResource | undefined

  /** `base` is where the run was started; by default, here. @internal */
  constructor(base = present()) {
    this.#base = base
  }

  /** A child has become a task of its own: its parent goes on in the context in which it had started the children. @internal */
  fork(parent: number, context: AsyncResource): void {
    this.#ofStrand[parent] = context
  }

  /** A task is spawned here, to begin in `context`. @internal */
  spawn(task: Waitable, context = present()): void {
    task.context = context
  }

  /** The whole run pauses: it goes on where it is now. */
  pause(): void {
    this.#next ??= present()
  }

  /** The machine says that a strand was left, that another one goes on, or both. Gives whether one goes on. */
  follow({ values }: Slots): boolean {
    const left = words[Word.LEFT] as number
    const goesOn = words[Word.GOES_ON] as number
    if (left !== 0) this.#leave(left)
    if (goesOn === 0) return false
    this.#goOn(goesOn)
    if (words[Word.CODE] === Code.START_TASK) {
      const task = values[words[Word.Y] as number] as Waitable
      this.#next = task.context ?? this.#base
      task.context = undefined
    }
    return true
  }

  /** The machine says that only the generator in `slot` waits for what it has just named. */
  waitsIn(slot: number): void {
    this.#strandIn[slot] = words[Word.LEFT] as number
  }

  /** The task whose generator is in `from` waits, and the one in `to` goes on; the machine has not heard of it. */
  handOff(from: number, to: number): void {
    const strand = (words[Word.RUNNING] as number) || this.#handedTo
    this.#strandIn[from] = strand
    this.#leave(strand)
    this.#handedTo = this.#strandIn[to] as number
    this.#goOn(this.#handedTo)
  }

  #leave(strand: number): void {
    this.#ofStrand[strand] = this.#next ?? present()
    // Nobody's, until somebody goes on.
    this.#next = this.#base
  }

  #goOn(strand: number): void {
    this.#next = this.#ofStrand[strand] ?? this.#base
    this.#ofStrand[strand] = undefined
  }

  /** Calls `f` where the run is to go on. */
  enter(f: () => void): void {
    const next = this.#next ?? this.#base
    this.#next = undefined
    next.runInAsyncScope(f)
  }
}
