// The runs that live: those that have begun and not ended, in the order in which they began. Held weakly, because a run that
// waits and that nobody holds any more is to be collected. To begin and to end costs a run some assignments.

import { append, deref } from '../builtins/intrinsics'
import type { Run } from './run'

/** After so many beginnings the places of collected runs are taken out. */
const SWEEP_EVERY = 4096

let begun = 0

/** The place of a run in the circle of those that live; it is used for every run on the same machine. */
export class Place {
  readonly #run: WeakRef<Run> | undefined
  #before: Place = this
  #after: Place = this

  constructor(run: Run | undefined) {
    if (run !== undefined) this.#run = new WeakRef(run)
  }

  /** The run begins: it is the last one in the circle. */
  enter(): void {
    if (this.#before !== this) this.leave()
    const last = circle.#before
    this.#before = last
    this.#after = circle
    last.#after = this
    circle.#before = this
    if (++begun % SWEEP_EVERY === 0) Place.list()
  }

  /** The run has ended. */
  leave(): void {
    this.#before.#after = this.#after
    this.#after.#before = this.#before
    this.#before = this
    this.#after = this
  }

  /** The runs that live, the oldest first. */
  static list(): Run[] {
    const runs: Run[] = []
    for (let at = circle.#after; at !== circle;) {
      const place = at
      at = at.#after
      const run = deref(place.#run as WeakRef<Run>)
      if (run === undefined) place.leave()
      else append(runs, run)
    }
    return runs
  }
}

const circle = new Place(undefined)
