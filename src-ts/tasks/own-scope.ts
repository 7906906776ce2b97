// `CancelScope`: a cancel scope in the program's own hands.

import { deliver } from '../machine/enter'
import { Code, Op } from '../wire/protocol'
import { Status, type Run, type Todo } from '../machine/run'
import { show } from '../messages/show'
import { Timed } from '../machine/deadline'

/** What the function given to `CancelScope` receives. */
export class CancelScopeControl {
  readonly #own: OwnCancelScope

  /** @internal */
  constructor(own: OwnCancelScope) {
    this.#own = own
  }

  /** Cancels what is in the scope: it unwinds at its next suspension. Once; after the scope has ended, nothing happens. */
  cancel(): void {
    this.#own.cancel()
  }

  /** Whether it was cancelled, by `cancel()` or by its deadline. */
  get cancelled(): boolean {
    return this.#own.cancelled
  }

  /** How many milliseconds after its opening the scope is cancelled; `Infinity`, which is the default, for never. */
  get deadline(): number {
    return this.#own.deadline
  }

  set deadline(ms: number) {
    if (typeof ms !== 'number' || !(ms >= 0)) {
      throw new RangeError(`scope.deadline is a number of milliseconds, not ${show(ms)}.`)
    }
    this.#own.deadline = ms
  }
}

/** What `CancelScope` opens. */
export class OwnCancelScope extends Timed {
  readonly scope = new CancelScopeControl(this)
  cancelled = false

  constructor(run: Run) {
    super(run, Infinity)
    // Anybody may cancel it, at any time: a waiting run has to be woken in its own context, outside of who does.
    run.hasExternals = true
  }

  get deadline(): number {
    return this.ms
  }

  set deadline(ms: number) {
    this.ms = ms
    this.rearm()
  }

  cancel(): void {
    if (this.cancelled || !this.isOpen) return
    const { run } = this
    // While the run pauses, the machine has said what the driver has not read yet: it must not be asked anything.
    if (run.isComputing && run.status === Status.RUNNING) {
      // The machine may have ended it already, and refuses then.
      this.cancelled = run.machine.send2(Op.CANCEL_SCOPE, this.index, this.generation) === Code.READY
    } else {
      this.cancelled = true
      run.inbox.push(this)
      run.wakeLater?.()
    }
  }

  override expire(): Todo {
    this.cancelled = true
    return deliver(this.run, undefined)
  }
}
