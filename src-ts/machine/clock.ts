// Clocks: real time, and a simulated one that jumps to the next timer when no task is ready.

import { OwnWeakMap } from '../builtins/collections'
import { each } from '../builtins/iterate'
import { append, filter, find, findIndex, map, min, pop, slice } from '../builtins/intrinsics'
import type { Run } from './run'

/** What `Sleep` and `Now` go by. @internal */
export interface Clock {
  now(): number
  /** Calls `wake` once, `ms` milliseconds later; gives the way to call that off. */
  after(ms: number, wake: () => void): () => void
  /** As {@link Clock.after}, but what comes at the same time comes first. */
  deadline(ms: number, wake: () => void): () => void
  /** When nothing else can go on: lets time pass until the next timer. Gives whether there was one. */
  jump?(): boolean
  /** Whether there is one. */
  mayJump?(): boolean
}

/** Timers cannot be set for longer than this. */
const LONGEST = 0x7fff_ffff

/** The clock of the machine room: whatever clock and timers are in place when it is asked, so that a test may fake them. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, wake) {
    let timer: NodeJS.Timeout
    const arm = (left: number): void => {
      timer = setTimeout(() => (left > LONGEST ? arm(left - LONGEST) : wake()), min(left, LONGEST))
    }
    if (ms !== Infinity) arm(ms)
    return () => clearTimeout(timer)
  },
  deadline(ms, wake) {
    let due: NodeJS.Immediate | undefined
    // Whatever else is due in this turn of the event loop has its callback before.
    const callOff = realClock.after(ms, () => void (due = setImmediate(wake)))
    return () => {
      callOff()
      clearImmediate(due)
    }
  },
}

interface Timer {
  readonly at: number
  readonly number: number
  readonly isDeadline: boolean
  readonly wake: () => void
  off: boolean
}

/** A clock that stands still while anything can go on. Timers of the same instant go off in the order they were set. */
export class SimulatedClock implements Clock {
  #now: number
  #set = 0
  /** A heap: the timer that goes off first is in front. */
  readonly #timers: Timer[] = []
  #off = 0

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  after(ms: number, wake: () => void): () => void {
    return this.#setTimer(ms, wake, false)
  }

  deadline(ms: number, wake: () => void): () => void {
    return this.#setTimer(ms, wake, true)
  }

  #setTimer(ms: number, wake: () => void, isDeadline: boolean): () => void {
    if (ms === Infinity) return () => {}
    const timer: Timer = { at: this.#now + ms, number: this.#set++, isDeadline, wake, off: false }
    this.#push(timer)
    return () => {
      if (timer.off) return
      timer.off = true
      this.#off++
      // Timers that were called off do not outnumber the others.
      if (this.#off > 32 && this.#off > this.#timers.length / 2) this.#weed()
    }
  }

  jump(): boolean {
    for (let timer = this.#pop(); timer !== undefined; timer = this.#pop()) {
      if (timer.off) {
        this.#off--
        continue
      }
      timer.off = true
      this.#now = timer.at
      timer.wake()
      return true
    }
    return false
  }

  mayJump(): boolean {
    return this.#timers.length > this.#off
  }

  #weed(): void {
    const left = filter(this.#timers, timer => !timer.off)
    this.#timers.length = 0
    this.#off = 0
    for (const timer of each(left)) this.#push(timer)
  }

  #push(timer: Timer): void {
    const timers = this.#timers
    let at = timers.length
    append(timers, timer)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(timer, timers[above] as Timer)) break
      timers[at] = timers[above] as Timer
      at = above
    }
    timers[at] = timer
  }

  #pop(): Timer | undefined {
    const timers = this.#timers
    const first = timers[0]
    const last = pop(timers)
    if (last === undefined || timers.length === 0) return first
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below >= timers.length) break
      if (below + 1 < timers.length && isBefore(timers[below + 1] as Timer, timers[below] as Timer)) below++
      if (!isBefore(timers[below] as Timer, last)) break
      timers[at] = timers[below] as Timer
      at = below
    }
    timers[at] = last
    return first
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  if (a.at !== b.at) return a.at < b.at
  return a.isDeadline === b.isDeadline ? a.number < b.number : b.isDeadline
}

/** The clock of a `simulatedClock()` handler, one for each run. */
export class ClockOfRun {
  readonly #start: number
  #run: Run | undefined
  #runNumber = 0
  #clock: SimulatedClock | undefined

  constructor(start: number) {
    this.#start = start
  }

  of(run: Run): SimulatedClock {
    if (this.#clock === undefined || this.#run !== run || this.#runNumber !== run.runNumber) {
      this.#clock = new SimulatedClock(this.#start)
      this.#run = run
      this.#runNumber = run.runNumber
    }
    run.clocks.add(this.#clock)
    return this.#clock
  }
}

const clocks = new OwnWeakMap<object, ClockOfRun>()

/** A handler stands for a clock. @internal */
export function stands(handler: object, clock: ClockOfRun): void {
  clocks.set(handler, clock)
}

/** Whether a handler stands for a clock. @internal */
export function isClock(x: object | undefined): boolean {
  return x !== undefined && clocks.has(x)
}

/** What a deadline that is set here goes by: the nearest clock in scope. @internal */
export function clockFor(run: Run): Clock {
  const { machine } = run
  for (const number of each(machine.handlerNumbersInScope())) {
    const handler = machine.slots.handlers[number]
    if (isClock(handler)) return (clocks.get(handler as object) as ClockOfRun).of(run)
    if (handler?.native?.scheduler !== undefined) break
  }
  return clockAround(run)
}

/** What `Sleep` and `Now` go by when a scheduler takes them: the clock that stands around it. @internal */
export function clockAround(run: Run): Clock {
  if (!run.hasClocks) return realClock
  const { machine } = run
  const handlers = map(machine.handlerNumbersInScope(), number => machine.slots.handlers[number])
  const scheduler = findIndex(handlers, handler => handler?.native?.scheduler !== undefined)
  const clock = find(slice(handlers, scheduler + 1), isClock)
  return clock === undefined ? realClock : (clocks.get(clock) as ClockOfRun).of(run)
}
