// A running application: one machine, one run, whose root program attends to requests. What is asked for here comes from
// callbacks of anybody, at any time; the root program hears of it through the entrance.

import { each } from '../builtins/iterate'
import { NativePromise } from '../builtins/intrinsics'
import { attending, Entrance } from './attend'
import type { CheckedOptions } from './options'
import { ApplicationClosedError } from '../messages/errors'
import { asRunnable } from '../language/named'
import { executeAsync } from './run'
import { isSignal } from './options'
import type { GeneratorRow, HandledAsync, ResultOf } from '../language/effect-row'
import { nameOfProgram } from '../language/trace'
import { onAbort } from './signals'
import type { Program, ProgramGenerator } from '../language/program'
import { present } from '../machine/contexts'
import { reportError } from '../machine/report'
import { Request, type Asker } from './request'
import { Run } from '../machine/run'
import { show } from '../messages/show'
import { snapshot, type TaskSnapshot } from '../tasks/deadlock'
import type { Stats } from '../machine/machine'

/** How one program is run in an application. */
export interface RequestOptions {
  /** Aborting it ends the program: it is unwound, then its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** For messages and snapshots; by default the program's own name. */
  readonly name?: string
}

declare const takes: unique symbol

/**
 * A running application, made by {@link start}: its handlers are installed once, and every program that it is given runs
 * under them, in a task of its own. `H` is what they handle.
 *
 * @example
 * const app: Application<StateEffect> = start(state({ n: 41 }))
 * await app.run(Modify<number>('n', n => (n ?? 0) + 1)) // 41
 * await app.run(Get('n')) // 42
 * await app.close()
 */
export class Application<in H = never> {
  /** Exists in types only. */
  declare readonly [takes]: (effects: H) => void

  readonly #run = new Run()
  readonly #entrance = new Entrance()
  readonly #ended: Promise<void>
  /** What the machine held at its end. */
  #last: Stats | undefined
  #failure: ErrorOptions | undefined

  /** @internal */
  constructor(wrap: (root: Program<unknown, unknown>) => Program<unknown, unknown>, options: CheckedOptions) {
    const over = executeAsync(this.#run, wrap(attending(this.#entrance)), options)
    this.#ended = this.#end(over, options)
    // Whoever calls `close` hears of it; so does whoever has a request; and otherwise it is reported.
    this.#ended.catch(() => {})
  }

  /**
   * Runs a program in a task of its own and gives a promise of its result. May be called at any time, from any callback, from
   * inside of a program too. What the program spawns may go on after it, until the application closes.
   *
   * Rejects with the program's own error, which concerns nobody else; with the signal's reason when it was aborted; with
   * ApplicationClosedError when the application is closed or closes meanwhile.
   *
   * @throws InvalidProgramError, TypeError, as a rejection, when `program` or an option is something else.
   */
  run<Yielded, R, Taken extends H = H>(
    program: (() => ProgramGenerator<Yielded, R>) & HandledAsync<Exclude<GeneratorRow<Yielded, R>, Taken>>,
    options?: RequestOptions,
  ): Promise<ResultOf<R>>
  run<A, E, Taken extends H = H>(
    program: Program<A, E> & HandledAsync<Exclude<E, Taken>>,
    options?: RequestOptions,
  ): Promise<A>
  run(program: unknown, options: RequestOptions = {}): Promise<unknown> {
    return new NativePromise((resolve, reject) => this.#admit(program, options, { resolve, reject }))
  }

  /**
   * Closes it: programs under way are unwound and their promises reject with ApplicationClosedError, then the handlers are
   * left. Settles when all of that is over; again and again, if it is called again. Rejects when a handler fails to end.
   */
  close(): Promise<void> {
    this.#entrance.close(() => new ApplicationClosedError('The application closed before this program had ended.'))
    return this.#ended
  }

  /** Every task of it that has not ended, in the order of spawning; the root task attends to requests. */
  snapshot(): TaskSnapshot[] {
    return this.#last === undefined ? snapshot(this.#run) : []
  }

  /** What its machine holds now, for tests and leak hunts. */
  stats(): Stats {
    return this.#last ?? this.#run.machine.stats()
  }

  #admit(program: unknown, options: RequestOptions, asker: Asker): void {
    const runnable = asRunnable(program)
    const { signal, name } = checkedRequest(options)
    if (this.#entrance.isClosed) throw this.#closedError()
    if (signal?.aborted === true) throw signal.reason
    const request = new Request(runnable, name ?? nameOfProgram(runnable), present(), asker, this.#entrance)
    if (signal !== undefined) request.whenSettled(onAbort(signal, () => request.end(signal.reason)))
    this.#entrance.post(request)
  }

  #closedError(): ApplicationClosedError {
    if (this.#failure === undefined) return new ApplicationClosedError('The application is closed: start another one.')
    return new ApplicationClosedError(
      'The application has ended, because its handlers failed: see cause.',
      this.#failure,
    )
  }

  /** The run is over: by `close`, or because of its handlers. */
  async #end(over: Promise<unknown>, { onUnobservedFailure }: CheckedOptions): Promise<void> {
    try {
      await over
    } catch (error) {
      this.#failure = { cause: error }
      const isHeard = this.#entrance.isClosed || this.#entrance.open.size > 0
      if (!isHeard) reportError(error, { name: 'application' }, 'The application', onUnobservedFailure)
      throw error
    } finally {
      this.#entrance.close(() => this.#closedError())
      for (const request of each(this.#entrance.open.list())) request.fail(this.#closedError())
      this.#last = this.#run.machine.stats()
      this.#run.machine.close()
    }
  }
}

/** @throws TypeError naming the option that is of no use. */
function checkedRequest(options: RequestOptions): RequestOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`app.run: the options are an object, not ${show(options)}.`)
  }
  const { signal, name } = options
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError(`app.run: signal is an AbortSignal, not ${show(signal)}.`)
  }
  if (name !== undefined && typeof name !== 'string') throw new TypeError(`app.run: name is a text, not ${show(name)}.`)
  return { ...(signal !== undefined && { signal }), ...(name !== undefined && { name }) }
}
