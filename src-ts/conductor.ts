// Conducting an asynchronous run: computing in slices, waiting for the outside, ending when told to.
//
// Whatever wakes the run, it goes on from a promise reaction or an immediate of its own, never inside of somebody's
// callback: nothing is nested, and the asynchronous context is the one that the run was started in.

import { abort, advance, finish } from './driver'
import { Status, type Run } from './run-state'
import { hear } from './scheduler/schedule'

/** What a conductor heeds. */
export interface ConductorOptions {
  readonly signal?: AbortSignal
  readonly yieldEveryMs?: number
}

/** Steps between two looks at the clock: some microseconds of work. */
const STEPS_PER_LOOK = 1024
/** Timers cannot be set for longer than this. */
const LONGEST = 0x7fff_ffff

/** A signal that is never aborted. */
export const neverAborted: AbortSignal = new AbortController().signal

/** Carries out one asynchronous run. */
export class Conductor {
  readonly #run: Run
  readonly #signal: AbortSignal | undefined
  readonly #sliceMs: number
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: unknown) => void
  /** Keeps the process alive while something outside is pending. */
  #alive: NodeJS.Timeout | undefined
  #isRef = true
  #isComputing = false
  /** Counts the waits, so that one that is over is not answered any more. */
  #waits = 0

  constructor(
    run: Run,
    { signal, yieldEveryMs = 5 }: ConductorOptions,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.#run = run
    this.#signal = signal
    this.#sliceMs = yieldEveryMs
    this.#resolve = resolve
    this.#reject = reject
    signal?.addEventListener('abort', this.#heed)
  }

  /** Goes on until the run is over, waits, or has computed long enough. */
  readonly goOn = (): void => {
    this.#waits++
    this.#isComputing = true
    try {
      if (this.#compute()) this.#end(finish(this.#run))
    } catch (error) {
      this.#close()
      this.#reject(error)
    } finally {
      this.#isComputing = false
    }
  }

  /** The signal was aborted. By the program itself: it is noticed between two slices. */
  readonly #heed = (): void => {
    if (!this.#isComputing) this.goOn()
  }

  /** Whether the run is over. */
  #compute(): boolean {
    const run = this.#run
    // Most slices end long before anybody looks at the clock.
    let since = 0
    for (;;) {
      if (run.status !== Status.RUNNING && run.status !== Status.WAITING) return true
      if (this.#signal?.aborted === true) return this.#abandon()
      if (run.status === Status.WAITING) return this.#wait()
      advance(run, STEPS_PER_LOOK)
      hear(run)
      if (run.status !== Status.RUNNING) continue
      const now = performance.now()
      since ||= now
      if (now - since < this.#sliceMs) continue
      setImmediate(this.#resumed(this.#waits))
      return false
    }
  }

  /** Waits for what the run waits for. */
  #wait(): false {
    const run = this.#run
    this.#keepAlive(!run.parked || run.refs > 0)
    const wait = this.#waits
    if (run.parked) {
      const goOn = (): void => this.#answer(wait, undefined, false)
      run.wake = goOn
      // Who calls from outside may be in the middle of something, and in another asynchronous context.
      if (run.hasExternals) void new Promise<void>(resolve => (run.wakeLater = resolve)).then(goOn)
    } else {
      void this.#hear(wait, run.awaited as (signal: AbortSignal) => unknown)
    }
    return false
  }

  async #hear(wait: number, action: (signal: AbortSignal) => unknown): Promise<void> {
    let value: unknown
    let threw = false
    try {
      value = await action(this.#signal ?? neverAborted)
    } catch (error) {
      value = error
      threw = true
    }
    this.#answer(wait, value, threw)
  }

  #answer(wait: number, value: unknown, threw: boolean): void {
    if (wait !== this.#waits) return
    this.#run.feed(value, threw)
    this.goOn()
  }

  #resumed(wait: number): () => void {
    return () => {
      if (wait === this.#waits) this.goOn()
    }
  }

  #keepAlive(isRef: boolean): void {
    if (this.#alive === undefined) {
      if (!isRef) return
      this.#alive = setInterval(() => {}, LONGEST)
    } else if (isRef !== this.#isRef) {
      if (isRef) this.#alive.ref()
      else this.#alive.unref()
    }
    this.#isRef = isRef
  }

  /** Unwinds the run, then throws the reason of the abort; an error thrown by a cleanup replaces it. */
  #abandon(): never {
    const run = this.#run
    run.mayWait = false
    abort(run)
    while (run.status === Status.RUNNING) advance(run, Infinity)
    finish(run)
    throw (this.#signal as AbortSignal).reason
  }

  #end(value: unknown): void {
    this.#close()
    this.#resolve(value)
  }

  #close(): void {
    this.#waits++
    clearInterval(this.#alive)
    this.#signal?.removeEventListener('abort', this.#heed)
  }
}
