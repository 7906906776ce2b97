// Semaphores, as programs hold them. The machine knows one only while permits are out.

import type { Run } from './run'
import type { RunToken } from '../language/waitable'

/** Permits to be had one after the other. Made by `CreateSemaphore`. */
export class Semaphore {
  /** Its name in the machine; generation 0 while it has none. @internal */
  index = 0
  /** @internal */
  generation = 0
  /** The run that it belongs to. @internal */
  readonly owner: RunToken

  /** @internal */
  constructor(
    run: Run,
    /** How many permits there are. */
    readonly permits: number,
  ) {
    this.owner = run.owner()
  }

  toString(): string {
    return `Semaphore(${this.permits})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
