// The low-level door: one VM as an object, with its own stores.

import { clearMap, getIn, mapOf, setIn } from '../builtins/collections'
import { DebugLog, type DebugLevel } from '../machine/debug'
import { advance, begin, finish, recover, unwindAll } from '../driver/loop'
import { each } from '../builtins/iterate'
import { OutOfOrderError, ReentrantRunError, VmDisposedError } from '../messages/errors'
import { execute, executeAsync } from './run'
import { abortBy, signalOf } from '../builtins/intrinsics'
import type { Stats } from '../machine/machine'
import { checkedOptions, type AsyncOptions } from './options'
import type { Program, ProgramGenerator } from '../language/program'
import type { ResultOf } from '../language/effect-row'
import { Run, Status } from '../machine/run'
import { giveBackController, takeController } from './signals'
import { asRunnable } from '../language/named'
import { snapshot, type TaskSnapshot } from '../tasks/deadlock'
import { hear, untilWoken } from '../tasks/task-outcomes'
import { BoundScheduler, Stdlib } from './bound'
import { pairsOf, type Bindings } from '../language/bindings'

/** What {@link VM.stepOnce} answers. */
export type StepResult =
  | { readonly tag: 'done'; readonly value: unknown }
  | { readonly tag: 'continue' }
  | { readonly tag: 'callAsync'; readonly func: (...args: unknown[]) => unknown; readonly args: readonly unknown[] }

/** Which built-in handlers {@link VM.runScoped} installs. */
export interface ScopedHandlers {
  readonly state?: boolean
  readonly reader?: boolean
  readonly writer?: boolean
  readonly scheduler?: boolean
}

/**
 * A virtual machine of one's own: its State, environment and log persist across runs. Independent of every other VM.
 *
 * @example
 * const vm = new VM()
 * vm.stdlib().installState()
 * vm.run(Do(function* () { yield* Put('n', 1) })())
 * vm.stateItems() // { n: 1 }
 */
export class VM {
  readonly #run = new Run()
  #stdlib: Stdlib | undefined
  #scheduler: BoundScheduler | undefined
  readonly #jsStore = new Map<unknown, unknown>()
  #disposed = false
  /** A program was started with `startProgram` and is not over. */
  #stepping = false
  /** What the action that is awaited for a step is given a signal by. */
  #action: AbortController | undefined

  /**
   * Runs a program and gives its result; the program's own error is thrown as it is. Programs are not checked for
   * unhandled effects at compile time here, because handlers may be installed on the VM.
   *
   * @throws ReentrantRunError when this VM is running already; VmDisposedError after `dispose()`.
   */
  run<R>(program: (() => ProgramGenerator<unknown, R>) | ProgramGenerator<unknown, R>): ResultOf<R>
  run<A>(program: Program<A, unknown>): A
  run(program: unknown): unknown {
    this.#ready('run')
    const runnable = asRunnable(program)
    // What stands for a program may have been asked by code of its own.
    this.#ready('run')
    return execute(this.#run, runnable)
  }

  /**
   * Runs a program that may wait for the outside. Rejects with the program's own error.
   *
   * @throws as {@link VM.run}, as a rejection.
   */
  runAsync<R>(program: () => ProgramGenerator<unknown, R>, options?: AsyncOptions): Promise<ResultOf<R>>
  runAsync<A>(program: Program<A, unknown>, options?: AsyncOptions): Promise<A>
  async runAsync(program: unknown, options: AsyncOptions = {}): Promise<unknown> {
    this.#ready('runAsync')
    const runnable = asRunnable(program)
    const checked = checkedOptions(options, 'runAsync')
    this.#ready('runAsync')
    // Awaited here, because to return a promise calls its `then`.
    return await executeAsync(this.#run, runnable, checked)
  }

  /** Runs a program under the named built-in handlers over this VM's stores, installed for this run only. */
  runScoped<A>(program: Program<A, unknown>, scope: ScopedHandlers): A {
    const { state, reader, writer } = this.stdlib()
    let scoped: Program<unknown, unknown> = asRunnable(program)
    if (scope.writer === true) scoped = scoped.with(writer)
    if (scope.reader === true) scoped = scoped.with(reader)
    if (scope.state === true) scoped = scoped.with(state)
    if (scope.scheduler === true) scoped = scoped.with(this.scheduler())
    return this.run(scoped) as A
  }

  /**
   * Begins a run that {@link VM.stepOnce} carries out step by step.
   *
   * @throws ReentrantRunError when a run is under way.
   */
  startProgram(program: unknown): void {
    this.#ready('startProgram')
    const runnable = asRunnable(program)
    this.#ready('startProgram')
    this.#run.mayWait = true
    this.#carefully(() => begin(this.#run, runnable))
    this.#stepping = true
  }

  /**
   * Carries out one step of the program that was started. When it answers `callAsync`, await `func(...args)` and feed
   * the outcome back; when it answers `continue`, call it again. The program's own error is thrown.
   *
   * @throws OutOfOrderError when no program was started, or an awaited outcome was not fed.
   */
  stepOnce(): StepResult {
    const run = this.#started('stepOnce')
    if (run.status === Status.WAITING) {
      throw new OutOfOrderError('stepOnce() waits for feedAsyncResult(value) or feedAsyncError(error).')
    }
    this.#carefully(() => {
      hear(run)
      advance(run, 1)
    })
    return this.#stepResult(run)
  }

  /** Gives the program the value it waits for. @throws OutOfOrderError when it waits for none. */
  feedAsyncResult(value: unknown): void {
    this.#feed('feedAsyncResult', value, false)
  }

  /** Throws the error where the program waits. @throws OutOfOrderError when it does not wait. */
  feedAsyncError(error: unknown): void {
    this.#feed('feedAsyncError', error, true)
  }

  /** The built-in handlers over this VM's own stores. */
  stdlib(): Stdlib {
    this.#usable()
    return (this.#stdlib ??= new Stdlib(this.#run.machine))
  }

  /**
   * The VM's own scheduler, for `WithHandler`, `.with` or `.install()`. It runs one program at a time.
   *
   * @example
   * const vm = new VM()
   * vm.scheduler().install()
   * vm.run(Spawn(pure(42)).flatMap(task => Wait(task))) // 42
   */
  scheduler(): BoundScheduler {
    this.#usable()
    return (this.#scheduler ??= new BoundScheduler(this.#run.machine))
  }

  /** Every task that has not ended, in the order of spawning. */
  snapshot(): TaskSnapshot[] {
    this.#usable()
    return snapshot(this.#run)
  }

  /** The entries of the VM's State whose key is a string. */
  stateItems(): Record<string, unknown> {
    return this.stdlib().state.items()
  }

  /** All entries of the VM's State. */
  stateEntries(): Map<unknown, unknown> {
    return mapOf(this.stdlib().state.entries())
  }

  /** The messages in the VM's log. */
  logs(): unknown[] {
    return this.stdlib().writer.logs()
  }

  /** Replaces the environment that the VM's Reader answers from. */
  setEnv(bindings: Bindings): void {
    const { reader } = this.stdlib()
    const entries = pairsOf(bindings, 'setEnv')
    reader.clear()
    for (const pair of each(entries)) reader.write(pair[0], pair[1])
  }

  /** A store of values for the host's own use; programs do not see it. */
  jsStore(): Map<unknown, unknown> {
    this.#usable()
    return this.#jsStore
  }

  /** Sets a value in the host's own store. */
  setStore(key: unknown, value: unknown): void {
    setIn(this.jsStore(), key, value)
  }

  /** A value of the host's own store. */
  getStore(key: unknown): unknown {
    return getIn(this.jsStore(), key)
  }

  /**
   * Writes a line to stderr for each step: `steps` names the program, what it yields, and the handler that takes it;
   * `trace` adds the chain of programs and handlers around it; `off` ends it. A VM with a log asks the machine at every
   * step, so it is slower; its programs give the same.
   *
   * @example
   * // On stderr: [doeff] 1 greet yields Ask('name') to reader (deliver, segments 2, frames 1)
   * const vm = new VM()
   * vm.stdlib().installReader()
   * vm.setEnv({ name: 'World' })
   * vm.enableDebug('steps')
   * vm.run(Do(function* greet() { return yield* Ask('name') })()) // 'World'
   */
  enableDebug(level: DebugLevel): void {
    this.#usable()
    this.#run.debug = level === 'off' ? undefined : new DebugLog(this.#run, level)
  }

  /** What the VM holds now, for tests and leak hunts. */
  stats(): Stats {
    this.#usable()
    return this.#run.machine.stats()
  }

  /**
   * Frees the VM and everything in its stores. A program that waits is unwound, and its `runAsync` rejects with
   * VmDisposedError; cleanup that waits is thrown an error where it does, and cleanup that loops is given up after some
   * hundred thousand steps. Later calls throw; disposing twice does nothing.
   *
   * @throws ReentrantRunError when the VM is running; of a program that was started with `startProgram`, the error of its
   * cleanup, or VmDisposedError when that was given up.
   */
  dispose(): void {
    if (this.#disposed) return
    const { status, conductor, isComputing, isLeft } = this.#run
    const waits = this.#stepping || (conductor !== undefined && !isComputing)
    if (status !== Status.IDLE && !waits && !isLeft) {
      throw new ReentrantRunError('dispose() was called while this VM runs; return from the run first.')
    }
    this.#disposed = true
    this.#stdlib = undefined
    this.#scheduler = undefined
    clearMap(this.#jsStore)
    try {
      if (isLeft) return
      const error = new VmDisposedError('This VM was disposed of while its program waited.')
      if (this.#stepping) this.#endSteps(error)
      else conductor?.dispose(error)
    } finally {
      this.#run.machine.close()
    }
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #stepResult(run: Run): StepResult {
    if (run.status === Status.RUNNING) return { tag: 'continue' }
    if (run.status === Status.WAITING) {
      const func = run.parked ? () => untilWoken(run) : (run.awaited as (...args: unknown[]) => unknown)
      return { tag: 'callAsync', func, args: [signalOf((this.#action ??= takeController()))] }
    }
    this.#stepping = false
    return { tag: 'done', value: finish(run) }
  }

  /** The program that was started is given up. */
  #endSteps(error: Error): void {
    if (this.#action !== undefined) abortBy(this.#action, error)
    unwindAll(this.#run, error)
  }

  #feed(asked: string, value: unknown, threw: boolean): void {
    const run = this.#started(asked)
    if (run.status !== Status.WAITING) {
      throw new OutOfOrderError(`${asked}() was called, but the program does not wait; call stepOnce().`)
    }
    if (this.#action !== undefined) giveBackController(this.#action)
    this.#action = undefined
    run.feed(value, threw)
  }

  #usable(): void {
    if (this.#disposed) throw new VmDisposedError()
    if (this.#run.broken !== undefined) throw this.#run.broken
    if (this.#run.isLeft) recover(this.#run)
  }

  #ready(asked: string): void {
    this.#usable()
    if (this.#run.status === Status.IDLE) return
    throw new ReentrantRunError(
      `${asked}() was called on a VM that is running. Use the function run(…), or another VM, inside of a program.`,
    )
  }

  #started(asked: string): Run {
    this.#usable()
    if (!this.#stepping) throw new OutOfOrderError(`${asked}() needs a program: call startProgram(program) first.`)
    return this.#run
  }

  /** What the driver itself throws is no error of the program's. */
  #carefully(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#run.isLeft = true
      this.#run.leftBy = error
      throw error
    }
  }
}
