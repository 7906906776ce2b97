// Deadlines: when a cancel scope is cancelled by the clock. The clock hears of a deadline when something suspends under it;
// a program that ends before has cost no timer.

import { each } from '../builtins/iterate'
import { TimeoutError } from '../messages/errors'
import { raise } from './enter'
import { monotonic } from '../builtins/monotonic'
import { Effect as EffectNumber } from '../wire/protocol'
import { Status, type Run, type Todo } from './run'
import { clockFor, isClock, realClock, type Clock } from './clock'
import { ScopeHandle } from './cancel-scope'

/** A cancel scope with a deadline. */
export abstract class Timed extends ScopeHandle {
  #clock: Clock
  #callOff: (() => void) | undefined
  /** When it was opened, by the real clock. */
  readonly #opened: number

  constructor(
    run: Run,
    /** Milliseconds from its opening. */
    protected ms: number,
  ) {
    super(run)
    this.#clock = run.machine.hasOwnTime ? clockFor(run) : realClock
    this.#opened = this.#clock === realClock ? monotonic() : this.#clock.now()
    run.unarmed.push(this)
  }

  override end(): void {
    super.end()
    this.#disarm()
    const { unarmed } = this.run
    if (unarmed.length > 0 && unarmed.at(unarmed.length - 1) === this) unarmed.pop()
  }

  /** Its time was changed: it is set anew when something suspends, or at once if everything is suspended. */
  protected rearm(): void {
    this.#disarm()
    if (this.run.status === Status.RUNNING) this.run.unarmed.push(this)
    else this.arm()
  }

  /** Something suspends under it. */
  arm(): void {
    if (!this.isOpen || this.ms === Infinity || this.#callOff !== undefined) return
    const clock = this.#clock
    this.run.clocks.add(clock)
    const left = Math.max(0, this.ms - ((clock === realClock ? monotonic() : clock.now()) - this.#opened))
    this.#callOff = clock.deadline(left, () => this.#due())
    this.run.armed++
  }

  #disarm(): void {
    if (this.#callOff === undefined) return
    this.#callOff()
    this.#callOff = undefined
    this.run.armed--
  }

  /** Its time is over. What has come meanwhile is heard first. */
  #due(): void {
    const { run } = this
    this.#callOff = undefined
    run.armed--
    if (!this.isOpen) return
    run.inbox.push(this)
    run.wake?.()
  }
}

/** What `Timeout` opens. */
export class Deadline extends Timed {
  constructor(
    run: Run,
    ms: number,
    readonly program: unknown,
  ) {
    super(run, ms)
  }

  expire(): Todo {
    return raise(this.run, new TimeoutError(`Timeout: ${String(this.program)} took longer than ${this.ms} ms.`))
  }
}

/** The running task is about to suspend: the clock hears of the deadlines that were opened since it did last. */
export function armDeadlines(run: Run): void {
  const { unarmed } = run
  for (let at = 0; at < unarmed.length; at++) unarmed.at(at).arm()
  unarmed.clear()
}

/** Whether a handler of the user's own, which is no clock of ours, takes `Sleep` here. */
export function hasStrangeClock(run: Run): boolean {
  if (!run.machine.hasOwnTime) return false
  const { machine } = run
  for (const number of each(machine.handlerNumbersInScope())) {
    const handler = machine.slots.handlers[number]
    if (handler?.native?.scheduler !== undefined || isClock(handler)) return false
    for (const clause of each(handler?.clauses ?? [])) if (clause.type?.id === EffectNumber.SLEEP) return true
  }
  return false
}
