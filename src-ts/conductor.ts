// Conducting an asynchronous run: computing in slices, waiting for the outside, ending when told to.
//
// Whatever wakes the run, it goes on from a promise reaction or an immediate of its own, never inside of somebody's
// callback: nothing is nested, and the asynchronous context is the one that the run was started in.

import { abort, advance, begin, finish, unwindAll } from './driver'
import { ReentrantRunError } from './errors'
import { abortBy, afterTurn, keepAlive, letGo, NativePromise, signalOf, stopwatch, whenDone } from './intrinsics'
import type { CheckedOptions } from './options'
import type { Program } from './program'
import { Status, type Run } from './run-state'
import { hear } from './scheduler/schedule'
import { giveBackController, onAbort, takeController } from './signals'

/** Steps between two looks at the clock: some microseconds of work. */
const STEPS_PER_LOOK = 1024
/** Switches of tasks between two such looks. */
const SWITCHES_PER_LOOK = 64
/** Timers cannot be set for longer than this. */
const LONGEST = 0x7fff_ffff

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
  /** What the action that the run waits for was given a signal by, if the run has none. */
  #action: AbortController | undefined
  /** The signal was aborted; and the run was told to end. Its cleanup may wait; nothing interrupts it. */
  #isToldToEnd = false
  #aborted = false
  #closed = false
  /** Calls {@link Conductor.goOn}, but not inside of whoever aborts, which may be the program. */
  #endLater: (() => void) | undefined
  /** Listens to the signal no more. */
  readonly #ignore: (() => void) | undefined

  /** @throws what the signal throws when it is listened to. */
  constructor(
    run: Run,
    { signal, yieldEveryMs }: CheckedOptions,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.#run = run
    this.#signal = signal
    this.#sliceMs = yieldEveryMs
    this.#resolve = resolve
    this.#reject = reject
    if (signal !== undefined) this.#ignore = onAbort(signal, () => this.#heedSignal())
  }

  /** Begins the run, which is idle, and carries it out. */
  start(program: Program<unknown, unknown>, { onUnobservedFailure }: CheckedOptions): void {
    const run = this.#run
    if (run.status !== Status.IDLE) throw new ReentrantRunError('The signal of a run has begun another run on its VM.')
    if (this.#signal !== undefined) {
      const aborting = new NativePromise<void>(resolve => (this.#endLater = resolve))
      void whenDone(aborting, () => {
        if (!this.#aborted && !this.#closed) this.goOn()
      })
    }
    run.mayWait = true
    run.tracksContexts = true
    run.isComputing = true
    run.onUnobservedFailure = onUnobservedFailure
    run.conductor = this
    try {
      begin(run, program)
    } catch (error) {
      this.#closed = true
      run.isLeft = true
      run.leftBy = error
      run.isComputing = false
      this.#close()
      throw error
    }
    this.goOn()
  }

  /** Called by whoever aborts the signal. */
  #heedSignal(): void {
    if (this.#isToldToEnd) return
    this.#isToldToEnd = true
    this.#endLater?.()
  }

  /** Goes on until the run is over, waits, or has computed long enough. */
  readonly goOn = (): void => {
    const run = this.#run
    this.#waits++
    run.isComputing = true
    let isOver = false
    try {
      if (!this.#compute()) return
      isOver = true
      const value = finish(run)
      if (this.#aborted) throw (this.#signal as AbortSignal).reason
      this.#close()
      this.#resolve(value)
    } catch (error) {
      if (!isOver) {
        // Without a call, because the stack may be full; then what comes next throws, and that rejects as well.
        this.#closed = true
        run.isLeft = true
        run.leftBy = error
      }
      this.#close()
      this.#reject(error)
    } finally {
      run.isComputing = false
    }
  }

  /** Ends the run at once, from outside of it: everything is unwound, cleanup cannot wait. The run rejects. */
  dispose(error: Error): void {
    this.#close()
    if (this.#action !== undefined) abortBy(this.#action, error)
    try {
      unwindAll(this.#run)
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
      if (this.#isToldToEnd && !this.#aborted && run.todo < 0) this.#unwind()
      if (run.status === Status.WAITING) return this.#wait()
      this.#advance()
      // Another task goes on, and what the machine says of it is not read yet.
      if (run.todo >= 0) continue
      hear(run)
      if (run.status !== Status.RUNNING) continue
      const now = stopwatch.read()
      since ||= now
      if (now - since < this.#sliceMs) continue
      afterTurn(this.#resumed(this.#waits))
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
        void whenDone(new NativePromise<void>(this.#takeResolve), this.#wake)
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
    // Cleanup is not interrupted.
    const given = this.#aborted ? undefined : this.#signal
    const controller = given === undefined ? takeController() : undefined
    this.#action = controller
    let value: unknown
    let threw = false
    try {
      value = await action(given ?? signalOf(controller as AbortController))
    } catch (error) {
      value = error
      threw = true
    }
    if (controller !== undefined) giveBackController(controller)
    this.#answer(wait, value, threw)
  }

  #answer(wait: number, value: unknown, threw: boolean): void {
    if (wait !== this.#waits) return
    this.#action = undefined
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
      this.#alive = keepAlive(() => {}, LONGEST)
    } else if (isRef !== this.#isRef) {
      if (isRef) this.#alive.ref()
      else this.#alive.unref()
    }
    this.#isRef = isRef
  }

  /** Everything is unwound by what comes next; what the run waited for is not answered any more. */
  #unwind(): void {
    this.#aborted = true
    this.#action = undefined
    this.#waits++
    abort(this.#run)
  }

  #close(): void {
    this.#closed = true
    this.#waits++
    letGo(this.#alive)
    this.#ignore?.()
  }
}
