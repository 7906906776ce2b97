// Conducting an asynchronous run: computing in slices, waiting for the outside, ending when told to.
//
// Whatever wakes the run, it goes on from a promise reaction or an immediate of its own, never inside of somebody's
// callback: nothing is nested, and the asynchronous context is the one that the run was started in.

import { abort, advance, finish, unwindAll } from './driver'
import { whenDone } from './intrinsics'
import { Status, type Run } from './run-state'
import { hear } from './scheduler/schedule'

/** What a conductor heeds. */
export interface ConductorOptions {
  readonly signal?: AbortSignal
  readonly yieldEveryMs?: number
}

/** Steps between two looks at the clock: some microseconds of work. */
const STEPS_PER_LOOK = 1024
/** Switches of tasks between two such looks. */
const SWITCHES_PER_LOOK = 64
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
  /** Counts the waits, so that one that is over is not answered any more. */
  #waits = 0
  /** The run was told to end. Its cleanup may wait; nothing interrupts it. */
  #aborted = false
  #closed = false
  /** Calls {@link Conductor.goOn}, but not inside of whoever aborts, which may be the program. */
  #onAbort = (): void => {}

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
    run.conductor = this
    if (signal !== undefined) {
      const aborting = new Promise<void>(resolve => (this.#onAbort = resolve))
      signal.addEventListener('abort', this.#onAbort)
      void whenDone(aborting, () => {
        if (!this.#aborted && !this.#closed) this.goOn()
      })
    }
  }

  /** Goes on until the run is over, waits, or has computed long enough. */
  readonly goOn = (): void => {
    this.#waits++
    this.#run.isComputing = true
    try {
      if (!this.#compute()) return
      const value = finish(this.#run)
      if (this.#aborted) throw (this.#signal as AbortSignal).reason
      this.#close()
      this.#resolve(value)
    } catch (error) {
      this.#close()
      this.#reject(error)
    } finally {
      this.#run.isComputing = false
    }
  }

  /** Ends the run at once, from outside of it: everything is unwound, cleanup cannot wait. The run rejects. */
  dispose(error: Error): void {
    this.#close()
    try {
      unwindAll(this.#run, error)
      this.#reject(error)
    } catch (failure) {
      this.#reject(failure)
    }
  }

  /** Whether the run is over. */
  #compute(): boolean {
    const run = this.#run
    // Most slices end long before anybody looks at the clock.
    let since = 0
    for (;;) {
      if (run.status !== Status.RUNNING && run.status !== Status.WAITING) return true
      if (this.#signal?.aborted === true && !this.#aborted && run.todo < 0) this.#unwind()
      if (run.status === Status.WAITING) return this.#wait()
      this.#advance()
      // Another task goes on, and what the machine says of it is not read yet.
      if (run.todo >= 0) continue
      hear(run)
      if (run.status !== Status.RUNNING) continue
      const now = performance.now()
      since ||= now
      if (now - since < this.#sliceMs) continue
      setImmediate(this.#resumed(this.#waits))
      return false
    }
  }

  /** One slice, or several if tasks switch: each in the asynchronous context of the task whose turn it is. */
  #advance(): void {
    const run = this.#run
    const { contexts } = run
    if (contexts === undefined) return advance(run, STEPS_PER_LOOK)
    for (let switches = 0; switches < SWITCHES_PER_LOOK; switches++) {
      contexts.enter(this.#slice)
      if (run.todo < 0) return
    }
    // Tasks that switch all the time must be looked at too: the outcome is read, and nothing is stepped.
    contexts.enter(() => advance(run, 0))
  }

  readonly #slice = (): void => advance(this.#run, STEPS_PER_LOOK)

  /** One function for every promise: a closure for each would cost as much as the promise. */
  readonly #takeResolve = (resolve: () => void): void => {
    this.#run.wakeLater = resolve
  }

  /** Waits for what the run waits for. */
  #wait(): false {
    const run = this.#run
    this.#keepAlive(!run.parked || run.machine.refs > 0 || run.alone?.extra?.outside?.ref === true)
    if (run.parked) {
      run.wake = this.#wake
      // Who calls from outside may be in the middle of something, and in another asynchronous context.
      if (run.hasExternals) {
        void whenDone(new Promise<void>(this.#takeResolve), this.#wake)
      }
    } else {
      void this.#hear(this.#waits, run.awaited as (signal: AbortSignal) => unknown)
    }
    return false
  }

  /** Something outside was settled, unless the run has gone on with it already. */
  readonly #wake = (): void => {
    const run = this.#run
    if (run.parked && run.inbox.length > 0) this.#answer(this.#waits, undefined, false)
  }

  async #hear(wait: number, action: (signal: AbortSignal) => unknown): Promise<void> {
    let value: unknown
    let threw = false
    try {
      value = await action(this.#aborted ? neverAborted : (this.#signal ?? neverAborted))
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

  /** Everything is unwound by what comes next; what the run waited for is not answered any more. */
  #unwind(): void {
    this.#aborted = true
    if (abort(this.#run)) this.#waits++
  }

  #close(): void {
    this.#closed = true
    this.#waits++
    clearInterval(this.#alive)
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
