// Conducting an asynchronous run: computing in slices, waiting for the outside, ending when told to.
//
// Whatever wakes the run, it goes on from a promise reaction or an immediate of its own, never inside of somebody's
// callback: nothing is nested, and the asynchronous context is the one that the run waits in.

import type { AsyncResource } from 'node:async_hooks'

import { abort, advance, begin, finish, goOn, unwindAll } from '../driver/loop'
import { ReentrantRunError } from '../messages/errors'
import { isHeldUp, isHeldUpByWakes } from './event-loop'
import { abortBy, afterTurn, keepAlive, letGo, NativePromise, signalOf, whenDone } from '../builtins/intrinsics'
import { keepOutcome, restoreOutcome, type KeptOutcome } from '../wire/mailbox'
import type { CheckedOptions } from './options'
import type { Program } from '../language/program'
import { Status, type Run } from '../machine/run'
import { Contexts, present } from '../machine/contexts'
import { deadlockOfSome } from '../tasks/deadlock'
import { holdWeakly } from '../tasks/lost'
import { hear } from '../tasks/task-outcomes'
import { unwatch, watch, type Waiting } from '../tasks/watch'
import { giveBackController, onAbort, takeController } from './signals'

/** Steps between two looks at the clock: some microseconds of work. */
const STEPS_PER_LOOK = 1024
/** Switches of tasks between two such looks. */
const SWITCHES_PER_LOOK = 64
/** Timers cannot be set for longer than this. */
const LONGEST = 0x7fff_ffff

/** Carries out one asynchronous run. */
export class Conductor implements Waiting {
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
  /** Whether it is watched while it waits, and the wait that it was in when it was asked last. */
  #isWatched = false
  #watched: WeakRef<Waiting> | undefined
  #restsSince = 0
  /** What the action that the run waits for was given a signal by, if the run has none. */
  #action: AbortController | undefined
  /** The signal was aborted; and the run was told to end. Its cleanup may wait; nothing interrupts it. */
  #isToldToEnd = false
  #aborted = false
  /** It has computed for a while since. */
  #hasComputed = false
  #closed = false
  /** Where the run waits, if it has one asynchronous context only and may be woken from another. */
  #where: AsyncResource | undefined
  /** What the machine has said, while the run pauses before it does that. */
  #unread: KeptOutcome | undefined
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
  start(program: Program<unknown, unknown>, options: CheckedOptions): void {
    const run = this.#run
    if (run.status !== Status.IDLE) throw new ReentrantRunError('The signal of a run has begun another run on its VM.')
    if (this.#signal !== undefined) {
      const aborting = new NativePromise<void>(resolve => (this.#endLater = resolve))
      void whenDone(aborting, () => {
        if (!this.#aborted && !this.#closed) this.#whereItWaits(this.goOn)
      })
    }
    run.mayWait = true
    run.tracksContexts = true
    run.isComputing = true
    run.describe(options)
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
    this.#where = undefined
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
      this.#recall()
      while (this.#run.todo >= 0) goOn(this.#run, 0)
      this.#whereItWaits(() => unwindAll(this.#run, error))
      this.#reject(error)
    } catch (failure) {
      this.#reject(failure)
    }
  }

  /** Whether the run is over. */
  #compute(): boolean {
    const run = this.#run
    this.#recall()
    for (;;) {
      if (run.status !== Status.RUNNING && run.status !== Status.WAITING) return true
      if (this.#isToldToEnd && run.todo < 0) this.#endIt()
      if (run.status === Status.WAITING) return this.#wait()
      this.#advance()
      // Otherwise another task goes on, and what the machine says of it is not read yet.
      if (run.todo < 0) hear(run)
      if (run.status !== Status.RUNNING || !isHeldUp(this.#sliceMs)) continue
      this.#letIn()
      return false
    }
  }

  /** The run pauses, and goes on when the event loop has had its turn. */
  #letIn(): void {
    const run = this.#run
    this.#hasComputed = this.#aborted && run.status === Status.RUNNING
    if (run.todo >= 0) this.#unread = keepOutcome()
    if (run.contexts === undefined) this.#where = present()
    afterTurn(this.#resumed(this.#waits))
  }

  #recall(): void {
    if (this.#unread === undefined) return
    restoreOutcome(this.#unread)
    this.#unread = undefined
  }

  /** One slice, or several if tasks switch: each in the asynchronous context of the task whose turn it is. */
  #advance(): void {
    const run = this.#run
    if (run.contexts === undefined) return advance(run, STEPS_PER_LOOK)
    for (let switches = 0; switches < SWITCHES_PER_LOOK; switches++) {
      this.#enter(this.#slice)
      if (run.todo < 0) return
    }
    // Tasks that switch all the time must be looked at too: outcomes are read, and nothing is stepped.
    for (let switches = 0; run.todo >= 0 && switches < SWITCHES_PER_LOOK; switches++) this.#enter(this.#read)
  }

  #enter(f: () => void): void {
    const { machine } = this.#run
    machine.switched = false
    machine.contexts?.enter(f)
  }

  readonly #slice = (): void => advance(this.#run, STEPS_PER_LOOK)
  readonly #read = (): void => advance(this.#run, 0)

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
      if (run.hesitates) afterTurn(this.#hesitated(this.#waits))
    } else if (run.contexts === undefined) {
      this.#ask()
    } else {
      run.contexts.enter(this.#ask)
    }
    if (this.#signal !== undefined && run.contexts === undefined) this.#where = present()
    if (!this.#isWatched) {
      this.#isWatched = true
      watch((this.#watched ??= new WeakRef(this)))
    }
    return false
  }

  /** Whether it has waited ever since this was asked before. */
  rests(): boolean {
    const before = this.#restsSince
    this.#restsSince = this.#waits
    return before === this.#waits
  }

  /** The run has waited for a moment: tasks that wait in vain are told. */
  look(): void {
    const run = this.#run
    this.#isWatched = false
    if (!run.parked || this.#closed) return
    try {
      if (run.hasExternals) holdWeakly(run)
      const error = deadlockOfSome(run)
      if (error !== undefined) this.#answer(this.#waits, error, true)
    } catch (error) {
      this.#close()
      this.#reject(error)
    }
  }

  readonly #ask = (): void => {
    void this.#hear(this.#waits, this.#run.awaited as (signal: AbortSignal) => unknown)
    this.#run.contexts?.pause()
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
    this.#feed(value, threw)
    if (isHeldUpByWakes(this.#sliceMs)) this.#letIn()
    else this.goOn()
  }

  /** What the run waited for is there. A wait is answered once: whoever comes second is of an earlier one. */
  #feed(value: unknown, threw: boolean): void {
    this.#waits++
    this.#run.feed(value, threw)
  }

  /** Calls `f` in the context in which the run waits, when there is only one. */
  #whereItWaits(f: () => void): void {
    const where = this.#where
    if (where === undefined) f()
    else where.runInAsyncScope(f)
  }

  /** Nothing has come; simulated time passes. */
  #hesitated(wait: number): () => void {
    return () => {
      if (wait !== this.#waits) return
      this.#feed(undefined, false)
      // The event loop has just had its turn.
      this.goOn()
    }
  }

  #resumed(wait: number): () => void {
    return () => {
      if (wait === this.#waits) this.goOn()
    }
  }

  #keepAlive(isRef: boolean): void {
    if (this.#alive === undefined) {
      if (!isRef) return
      // Whoever waits for the run keeps it, although nobody else may know of it.
      this.#alive = keepAlive(() => void this, LONGEST)
    } else if (isRef !== this.#isRef) {
      if (isRef) this.#alive.ref()
      else this.#alive.unref()
    }
    this.#isRef = isRef
  }

  /** What computes ends at its next effect, which has the value of its last one by then; what performs none, where it is. */
  #endIt(): void {
    if (!this.#aborted) this.#unwind()
    else if (this.#hasComputed) abort(this.#run, true)
    this.#hasComputed = false
  }

  /** Everything is unwound by what comes next; what the run waited for is not answered any more. */
  #unwind(): void {
    this.#aborted = true
    // What is not answered any more may still wake the run, from a context in which it once was.
    this.#run.machine.contexts ??= new Contexts()
    if (!abort(this.#run)) return
    this.#action = undefined
    this.#waits++
  }

  #close(): void {
    this.#closed = true
    this.#waits++
    if (this.#isWatched) unwatch(this.#watched as WeakRef<Waiting>)
    letGo(this.#alive)
    this.#ignore?.()
  }
}
