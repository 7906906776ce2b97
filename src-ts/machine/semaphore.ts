// Semaphores, as programs hold them. The machine knows one only while permits are out.

import { append } from '../builtins/intrinsics'
import { listing } from '../wire/mailbox'
import { Op } from '../wire/protocol'
import type { Run } from './run'
import type { RunToken, Task, Waitable } from '../language/waitable'

/** Permits to be had one after the other. Made by `CreateSemaphore`. */
export class Semaphore {
  /** Its name in the machine; generation 0 while it has none. @internal */
  index = 0
  /** @internal */
  generation = 0
  /** The run that it belongs to. @internal */
  readonly owner: RunToken
  /** Its number in its run, in the order in which they are made. */
  readonly id: number
  readonly #run: Run

  /** @internal */
  constructor(
    run: Run,
    /** How many permits there are. */
    readonly permits: number,
  ) {
    this.#run = run
    this.owner = run.owner()
    this.id = this.owner.nextSemaphore()
  }

  /** The tasks that hold its permits now, in the order in which they took them; at most 200. */
  get holders(): readonly Task[] {
    const run = this.#run
    if (this.generation === 0 || run.token !== this.owner) return []
    run.machine.send2(Op.HOLDERS, this.index, this.generation)
    const words = listing()
    const holders: Task[] = []
    for (let at = 0; at < words.length; at += 2) {
      const handle = words[at] as number
      const task = handle === 0 ? this.owner.root(words[at + 1] as number) : run.machine.slots.values[handle]
      append(holders, task as Waitable as Task)
    }
    return holders
  }

  toString(): string {
    return `Semaphore(#${this.id}, ${this.permits} ${this.permits === 1 ? 'permit' : 'permits'})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  toJSON(): string {
    return this.toString()
  }
}
