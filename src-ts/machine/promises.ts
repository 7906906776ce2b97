// Promises: settled by a task, or from anywhere outside.

import { Settlement } from '../wire/protocol'
import type { Run } from './run'
import { settle, Waitable, type VmPromise } from '../language/waitable'

let nextId = 1

/** What promises that keep the process alive have in common, and the others. */
const REFERRED = { outside: { ref: true } }
const UNREFERRED = { outside: { ref: false } }

/** What comes with simulated time has in common: the event loop does not bring it. @internal */
export const SIMULATED = { outside: { ref: true, isSimulated: true } }

/** The run that a promise belongs to. @internal */
export let runOf: (promise: { readonly future: Waitable }) => Run

/** A promise that a task settles. @internal */
export class OwnPromise implements VmPromise {
  readonly future: Waitable

  constructor(run: Run) {
    const owner = run.owner()
    this.future = new Waitable(owner, 'Promise', owner.nextPromise(), undefined)
  }

  toString(): string {
    return this.future.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Promise(${this.future.name}, ${this.future.status})`
  }
}

/**
 * A promise that is settled from outside of the program: from a callback, a timer, an event. Made by
 * `CreateExternalPromise`. The first settlement counts; later ones, and those after the run is over, are ignored.
 */
export class ExternalPromise<in out A = unknown> {
  /** What tasks wait for. */
  readonly future: Waitable<A>
  readonly #run: Run
  #uuid: string | undefined
  #complete: ((value: A) => boolean) | undefined
  #fail: ((error: unknown) => boolean) | undefined

  static {
    runOf = promise => (promise as ExternalPromise).#run
  }

  /** @internal */
  constructor(run: Run, ref: boolean) {
    this.#run = run
    run.hasExternals = true
    this.future = new Waitable<A>(run.owner(), 'ExternalPromise', nextId++, ref ? REFERRED : UNREFERRED)
    this.future.origin = this
  }

  /** A number, unique in this process. */
  get id(): number {
    return this.future.label as number
  }

  /** A name for it that is unique everywhere. */
  get uuid(): string {
    return (this.#uuid ??= globalThis.crypto.randomUUID())
  }

  /**
   * Settles it with a value. May be called at any time, from anywhere, and handed out as it is. Gives whether this was
   * what settled it.
   */
  get complete(): (value: A) => boolean {
    return (this.#complete ??= value => settleExternal(this.#run, this.future, Settlement.RETURNED, value))
  }

  /**
   * Settles it with an error. May be called at any time, from anywhere, and handed out as it is. Gives whether this was
   * what settled it.
   */
  get fail(): (error: unknown) => boolean {
    return (this.#fail ??= error => settleExternal(this.#run, this.future, Settlement.THREW, error))
  }
}

/** Settles an external promise, and wakes the run that waits for it. @internal */
export function settleExternal(run: Run, future: Waitable, how: Settlement, value: unknown): boolean {
  const counts = settleFromOutside(run, future, how, value)
  if (counts) run.wakeLater?.()
  return counts
}

/** Settles what is outside of the program; the run hears of it when it is idle or pauses. Gives whether it counted. */
export function settleFromOutside(run: Run, waitable: Waitable, how: Settlement, value: unknown): boolean {
  if (run.token !== waitable.owner) return false
  if (!settle(waitable, how, value)) return false
  run.machine.watch?.settled(waitable)
  run.inbox.push(waitable)
  run.hesitates = false
  return true
}
