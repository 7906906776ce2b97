// The state of one run: what the driver knows between two steps. The loop is in `driver.ts`.

import type { Owner } from './continuation'
import type { DebugLog } from './debug'
import { Machine } from './machine'
import type { Closed } from './frames'
import type { Code } from './protocol'
import type { AnyGenerator } from './slots'

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

/** A machine and the run on it. */
export class Run implements Owner {
  readonly machine = new Machine()
  /** Counts the runs, so that a continuation of an earlier one is recognised. */
  runNumber = 0
  status: Status = Status.IDLE
  /** What the loop does first when it goes on. */
  todo: Todo = Here.STOP
  /** The slot of the generator being stepped. */
  slot = 0
  /** The generator to put into the slot that the machine is about to give, and what it came from. */
  beginning: AnyGenerator | undefined
  origin: unknown

  /** A frame that was closed before the machine asked for it, and had something to say. */
  closed: Closed | undefined

  /** Places for the generators of frames that the driver pushes on its own account. */
  lease: number[] = []
  /** Whether the machine is told of every frame at once: the slow twin of what the driver does. */
  eager = settings.eager
  /** Whether the caller can wait for the outside. */
  mayWait = false
  /** What the run waits for. */
  awaited: (() => unknown) | undefined

  /** Told of every program that is yielded, while debugging. */
  debug: DebugLog | undefined

  /** The value in transit. */
  get register(): unknown {
    return this.machine.register
  }

  set register(value: unknown) {
    this.machine.register = value
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
    this.register = value
    this.todo = threw ? Here.THROW : Here.NEXT
  }

  /** Forgets everything about the run that ended. */
  reset(): void {
    this.status = Status.IDLE
    this.todo = Here.STOP
    this.register = undefined
    this.beginning = undefined
    this.origin = undefined
    this.awaited = undefined
    this.closed = undefined
    this.mayWait = false
    this.machine.drain()
  }
}
