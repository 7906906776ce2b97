// The state of one run: what the driver knows between two steps. The loop is in `driver/loop.ts`.

import { OwnSet } from '../builtins/collections'
import type { Fate, Owner } from '../language/continuation'
import type { VmPoisonedError } from '../messages/errors'
import type { DebugLog } from './debug'
import { Machine } from './machine'
import type { Code } from '../wire/protocol'
import type { ScopeHandle } from './cancel-scope'
import type { Clock } from './clock'
import type { Contexts } from './contexts'
import type { Timed } from './deadline'
import { Place } from './live'
import { RunWatch } from './run-watch'
import { Level, levelNow } from './watchers'
import { noteFailure, REPORT_AFTER_MS, type OnLeftovers, type OnUnobservedFailure } from './report'
import { PENDING, RunToken, type Waitable } from '../language/waitable'
import type { AnyGenerator } from '../builtins/intrinsics'
import { Stack } from '../builtins/stack'

/** What to do next when the machine need not be asked. The numbers are none of the outcome codes'. */
export const enum Here {
  /** Continue the current generator with the register. */
  NEXT = -1,
  /** Throw the register into the current generator. */
  THROW = -2,
  /** Go on with what the current generator yielded: the register. */
  YIELDED = -3,
  /** Nothing: the run is over. */
  STOP = -4,
  /** Something that a parked run waited for has come. */
  WOKEN = -5,
  /** Throw the register into a parked run. */
  INTERRUPTED = -6,
  /** As {@link Here.NEXT} and {@link Here.THROW}, for the task that another one has handed off to. */
  HANDED = 1000,
  HANDED_THROW,
}

/** An outcome of the machine, or what to do without asking it. */
export type Todo = Code | Here

/** How a run stands. */
export const enum Status {
  IDLE,
  RUNNING,
  /** The driver waits for {@link Run.awaited}. */
  WAITING,
  RETURNED,
  THREW,
}

/** For tests: how new machines are driven. */
export const settings = { eager: false }

/** What closing a frame gave, before the machine asked for it: the frame yielded or threw in its cleanup. */
export interface Closed {
  readonly slot: number
  readonly close: () => IteratorResult<unknown, unknown>
}

/** Counts the runs of this process. */
let begun = 0

/** What options say of a run. */
export interface Described {
  readonly name: string | undefined
  readonly onUnobservedFailure: OnUnobservedFailure | undefined
  readonly onLeftovers: OnLeftovers | undefined
}

/** A machine and the run on it. */
export class Run implements Owner {
  readonly machine = new Machine()
  /** Counts the runs, so that a continuation of an earlier one is recognised. */
  runNumber = 0
  status: Status = Status.IDLE
  /** Whether the loop has gone on with it, or is about to. */
  hasBegun = false
  /** What the loop does first when it goes on. */
  todo: Todo = Here.STOP
  /** The slot of the generator being stepped. */
  slot = 0
  /** The generator to put into the slot that the machine is about to give, and what it came from. */
  beginning: AnyGenerator | undefined
  origin: unknown

  /** What the clause that ended last came from. */
  left: unknown

  /** A frame that was closed before the machine asked for it, and had something to say. */
  closed: Closed | undefined

  /** Places for the generators of frames that the driver pushes on its own account. */
  readonly lease = new Stack<number>()
  /** Whether the machine is told of every frame at once: the slow twin of what the driver does. */
  eager = settings.eager
  /** Whether the caller can wait for the outside. */
  mayWait = false
  /** What the run waits for, when no scheduler is at work. */
  awaited: ((signal: AbortSignal) => unknown) | undefined

  /** No task is ready: the run waits until something is settled from outside. */
  parked = false
  /** The name of a task that waits in vain, which the run is interrupted for. */
  stuck: { readonly index: number; readonly generation: number } | undefined
  /** What the only task that can go on waits for, while the machine does not know of that. */
  alone: Waitable | undefined
  /** What was settled from outside, and the machine has not heard of. */
  inbox = new Stack<Waitable | ScopeHandle>()
  /** Cancel scopes with a deadline under which nothing has suspended yet, the outermost first. */
  readonly unarmed = new Stack<Timed>()
  /** How many deadlines the clocks have heard of. */
  armed = 0
  /** Ends the waiting of a parked run at once; or in a while, in its own asynchronous context. */
  wake: (() => void) | undefined
  wakeLater: (() => void) | undefined
  /** Whether the program has made a promise that anybody may settle, or a scope that anybody may cancel. */
  hasExternals = false
  /** Whether a simulated clock stands around some scheduler, and every clock that may let time pass. */
  hasClocks = false
  readonly clocks = new OwnSet<Clock>()
  /** Before simulated time passes, what is settled already comes first: the run waits for the event loop's next turn. */
  hesitates = false
  /** Who carries it out, if it is asynchronous. */
  conductor: { dispose(error: Error): void } | undefined
  /** How many clauses may have kept a continuation; those that were dropped; and the run, for who is not to hold it. */
  kept = 0
  readonly dropped = new Stack<Fate>()
  weakly: WeakRef<Run> | undefined
  /** Whether it is carried out right now. */
  isComputing = false
  /** Whether its tasks may be in different asynchronous contexts. */
  tracksContexts = false
  /** Tasks that failed and that nobody has waited for: of late, and for a while. */
  readonly unobserved = new OwnSet<Waitable>()
  readonly overdue = new OwnSet<Waitable>()
  /** And those that nobody can wait for. */
  readonly due = new Stack<Waitable>()
  /** How long a while is, in milliseconds; and what looks for those when it is over. */
  reportAfterMs = REPORT_AFTER_MS
  reporting: NodeJS.Timeout | undefined
  /** Tasks that the root program left behind. */
  leftover: Waitable[] = []
  onUnobservedFailure: OnUnobservedFailure | undefined
  onLeftovers: OnLeftovers | undefined
  /** What it is called, for whoever looks at it. */
  name: string | undefined
  /** Its number among the runs of this process. */
  id = 0
  /** Tells of it, if somebody watched when it began. */
  watch: RunWatch | undefined
  /** Its place among the runs that have begun and not ended. */
  readonly #place = new Place(this)

  /**
   * The run was left in the middle by an error that is not its program's: the stack was full, or the machine broke. What
   * that means is found out when the machine is used again, because now there may be no room for a call.
   */
  isLeft = false
  leftBy: unknown
  /** What it means for the machine, if that is of no use any more. */
  broken: VmPoisonedError | undefined

  /** What {@link owner} has made. */
  token: RunToken | undefined

  /** Told of every program that is yielded, while debugging. */
  debug: DebugLog | undefined

  /** The asynchronous contexts of its tasks, from the first one on. */
  get contexts(): Contexts | undefined {
    return this.machine.contexts
  }

  /** The value in transit. */
  get register(): unknown {
    return this.machine.register
  }

  set register(value: unknown) {
    this.machine.register = value
  }

  /** What its options say of the run that is about to begin. */
  describe({ name, onUnobservedFailure, onLeftovers }: Described): void {
    this.name = name
    this.onUnobservedFailure = onUnobservedFailure
    this.onLeftovers = onLeftovers
  }

  /** The run begins: it is one of those that live. */
  begin(): void {
    this.runNumber++
    this.id = ++begun
    this.#place.enter()
    const level = levelNow()
    if (level !== Level.NOTHING) this.#beginWatch(level)
  }

  #beginWatch(level: Level): void {
    this.watch = new RunWatch(this, level)
    if (level >= Level.TASKS) this.machine.watch = this.watch
    this.watch.begin()
  }

  /** The run ended, or waits. */
  end(status: Status): Here {
    this.status = status
    return Here.STOP
  }

  /** What the run waited for has come; `advance` goes on with it. */
  feed(value: unknown, threw: boolean): void {
    this.status = Status.RUNNING
    this.awaited = undefined
    this.wake = undefined
    this.wakeLater = undefined
    this.register = value
    if (this.parked) {
      this.parked = false
      this.todo = threw ? Here.INTERRUPTED : Here.WOKEN
    } else {
      this.todo = threw ? Here.THROW : Here.NEXT
    }
  }

  /** Stands for this one run, to tell what belongs to it; made when first asked for. */
  owner(): RunToken {
    return (this.token ??= new RunToken(task => noteFailure(this, task), this.machine.hasScheduler))
  }

  /** Nobody waits any more for what the machine has dropped: it is called off. */
  abandonDropped(): void {
    const { dropped } = this.machine.slots
    for (let waitable = dropped.pop(); waitable !== undefined; waitable = dropped.pop()) {
      const outside = waitable.extra?.outside
      if (outside?.ref === true) this.machine.refs--
      if (outside?.isSimulated !== true) this.machine.outside--
      if (waitable.standing === PENDING) waitable.extra?.abandon?.()
    }
  }

  /** Forgets everything about the run that ended. */
  reset(): void {
    this.status = Status.IDLE
    this.hasBegun = false
    this.todo = Here.STOP
    this.register = undefined
    this.beginning = undefined
    this.origin = undefined
    this.awaited = undefined
    this.closed = undefined
    this.mayWait = false
    this.parked = false
    this.alone = undefined
    this.stuck = undefined
    this.token = undefined
    this.conductor = undefined
    this.tracksContexts = false
    this.machine.contexts = undefined
    this.machine.switched = false
    this.hasExternals = false
    this.wake = undefined
    this.wakeLater = undefined
    if (this.inbox.length > 0) this.inbox.clear()
    if (this.unarmed.length > 0) this.unarmed.clear()
    this.kept = 0
    if (this.dropped.length > 0) this.dropped.clear()
    this.left = undefined
    this.armed = 0
    this.hasClocks = false
    if (this.clocks.size > 0) this.clocks.clear()
    this.hesitates = false
    this.onUnobservedFailure = undefined
    this.onLeftovers = undefined
    this.name = undefined
    this.watch = undefined
    this.machine.watch = undefined
    this.#place.leave()
    this.reportAfterMs = REPORT_AFTER_MS
    this.machine.drain()
    this.abandonDropped()
    this.machine.refs = 0
    this.machine.outside = 0
  }
}
