// Frames ending: failing, being closed.

import { close, type AnyGenerator } from '../builtins/intrinsics'
import { listing, words } from '../wire/mailbox'
import { Code, Deed, Journal, Op } from '../wire/protocol'
import { discard, discardRun, endFrame, entryOf, frameKind, isUntoldRun, push } from '../machine/frames'
import { isLoose } from '../machine/journal'
import { isTelling } from '../machine/run-watch'
import { Here, Status, type Closed, type Run, type Todo } from '../machine/run'
import { frameLink, noteLeaving } from '../language/trace'

/** The frame in `slot` threw: it is gone, and the error goes on to the frame below. */
export function failFrame(run: Run, slot: number, error: unknown): Todo {
  const { machine } = run
  const { generators, origins } = machine.slots
  const origin = origins[slot]
  if (!isTelling(origin)) noteLeaving(error, frameLink(origin))
  generators[slot] = undefined
  origins[slot] = undefined
  run.register = error
  const at = entryOf(run, slot)
  if (at !== 0) {
    if (isUntoldRun(at)) return endUntold(run, at, Status.THREW)
    const below = endFrame(run, slot)
    if (below !== 0) {
      run.slot = below
      return Here.THROW
    }
  }
  run.left = origin
  return machine.send(Op.THROW)
}

/** The only frame of a run that the machine has not heard of has ended, and with it the run. */
export function endUntold(run: Run, at: number, status: Status): Here {
  discardRun(run, at)
  return run.end(status)
}

/**
 * A `final` clause will take the effect: closes the frames that the machine has not heard of, innermost first, until one
 * of them yields or throws in its cleanup. That one is put back, and the machine will ask for it first.
 */
export function closeAhead(run: Run, top: number): void {
  const { generators, origins } = run.machine.slots
  let slot = top
  for (let at = entryOf(run, slot); at !== 0; at = entryOf(run, slot)) {
    if (frameKind(at) !== Deed.CALLED || !isLoose(at)) return
    const generator = generators[slot] as AnyGenerator
    const origin = origins[slot]
    const below = words[at + Journal.BELOW] as number
    discard(run, at)
    generators[slot] = undefined
    origins[slot] = undefined
    let closed: Closed['close']
    try {
      const result = close(generator, undefined)
      if (result.done === true) {
        slot = below
        continue
      }
      closed = () => result
    } catch (error) {
      closed = () => {
        throw error
      }
    }
    const again = push(run, Deed.CALLED, below)
    generators[again] = generator
    origins[again] = origin
    run.closed = { slot: again, close: closed }
    return
  }
}

/** Closes the generator in `slot`, or says what closing it has given. */
function closeFrame(run: Run, slot: number): IteratorResult<unknown, unknown> {
  const { closed } = run
  if (closed === undefined || closed.slot !== slot) {
    return close(run.machine.slots.generators[slot] as AnyGenerator, undefined)
  }
  run.closed = undefined
  return closed.close()
}

/**
 * Closes the generator that the machine asks for and those it would ask for next, until one of them yields or throws in
 * its cleanup.
 */
export function closeFrames(run: Run): Todo {
  const { machine } = run
  const { generators, origins } = machine.slots
  const slots = listing()
  let closed = 0
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] as number
    let result: IteratorResult<unknown, unknown>
    try {
      result = closeFrame(run, slot)
    } catch (error) {
      reportClosed(run, closed)
      return failFrame(run, slot, error)
    }
    if (result.done !== true) {
      reportClosed(run, closed)
      // What its cleanup ends with goes nowhere.
      machine.slots.belows[slot] = 0
      run.slot = slot
      run.register = result.value
      return Here.YIELDED
    }
    generators[slot] = undefined
    origins[slot] = undefined
    closed++
  }
  return machine.send2(Op.CLOSED, closed, 0)
}

/** The machine now asks for the next one, which has been closed already and had something to say. */
function reportClosed(run: Run, closed: number): Code {
  return closed === 0 ? Code.CLOSE : run.machine.send2(Op.CLOSED, closed, 0)
}
