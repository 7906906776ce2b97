// The low-level door: one VM as an object, with its own stores.

import { ReentrantRunError, VmDisposedError, VmPoisonedError } from './errors'
import { execute } from './execute'
import type { Stats } from './machine'
import type { Program, ProgramGenerator } from './program'
import type { ResultOf } from './row'
import { Run, Status } from './run-state'
import { asRunnable } from './start'
import { Stdlib } from './stdlib/bound'
import { entriesOf, type Bindings } from './stdlib/bindings'

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
  #disposed = false
  #broken: VmPoisonedError | undefined

  /**
   * Runs a program and gives its result; the program's own error is thrown as it is. Programs are not checked for
   * unhandled effects at compile time here, because handlers may be installed on the VM.
   *
   * @throws ReentrantRunError when this VM is running already; VmDisposedError after `dispose()`.
   */
  run<A>(program: Program<A, unknown>): A
  run<R>(program: (() => ProgramGenerator<unknown, R>) | ProgramGenerator<unknown, R>): ResultOf<R>
  run(program: unknown): unknown {
    this.#ready('run')
    try {
      return execute(this.#run, asRunnable(program))
    } catch (error) {
      if (this.#run.status !== Status.IDLE && error instanceof VmPoisonedError) this.#broken = error
      throw error
    }
  }

  /** The built-in handlers over this VM's own stores. */
  stdlib(): Stdlib {
    this.#usable()
    return (this.#stdlib ??= new Stdlib(this.#run.machine))
  }

  /** The entries of the VM's State whose key is a string. */
  stateItems(): Record<string, unknown> {
    return this.stdlib().state.items()
  }

  /** All entries of the VM's State. */
  stateEntries(): Map<unknown, unknown> {
    return new Map(this.stdlib().state.entries())
  }

  /** The messages in the VM's log. */
  logs(): unknown[] {
    return this.stdlib().writer.logs()
  }

  /** Replaces the environment that the VM's Reader answers from. */
  setEnv(bindings: Bindings): void {
    const { reader } = this.stdlib()
    const entries = [...entriesOf(bindings, 'setEnv')]
    reader.clear()
    for (const [key, value] of entries) reader.write(key, value)
  }

  /** What the VM holds now, for tests and leak hunts. */
  stats(): Stats {
    this.#usable()
    return this.#run.machine.stats()
  }

  /**
   * Frees the VM and everything in its stores. Later calls throw; disposing twice does nothing.
   *
   * @throws ReentrantRunError when the VM is running.
   */
  dispose(): void {
    if (this.#disposed) return
    if (this.#run.status === Status.RUNNING && this.#broken === undefined) {
      throw new ReentrantRunError('dispose() was called while this VM runs; return from run() first.')
    }
    this.#disposed = true
    this.#stdlib = undefined
    this.#run.machine.close()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #usable(): void {
    if (this.#disposed) throw new VmDisposedError()
    if (this.#broken !== undefined) throw this.#broken
  }

  #ready(asked: string): void {
    this.#usable()
    if (this.#run.status === Status.IDLE) return
    throw new ReentrantRunError(
      `${asked}() was called on a VM that is running. Use the function run(…), or another VM, inside of a program.`,
    )
  }
}
