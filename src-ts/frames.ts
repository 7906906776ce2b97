// Frames coming and going: pushed ahead of the machine's knowledge, failing, being closed.

import { close } from './intrinsics'
import { listing, word, words } from './mailbox'
import { Code, Op, Word } from './protocol'
import { catchUp, claim, MOST_PUSHED } from './ahead'
import { Here, type Run, type Todo } from './run-state'
import type { AnyGenerator } from './slots'
import { frameLink, noteLeaving } from './trace'

/** Pushes the frame of a sub-program that the program in `slot` calls; the machine hears of it later. Gives its slot. */
export function push(run: Run, slot: number): number {
  // Borrowing places is a turn, at which the machine hears of the frames that wait.
  if (run.lease.length === 0) run.lease = run.machine.lease()
  if (words[Word.PUSHED_COUNT] === MOST_PUSHED) catchUp()
  const waiting = words[Word.PUSHED_COUNT] as number
  if (waiting === 0) {
    claim(run.machine.vm)
    run.base = slot
  }
  const pushed = run.lease.pop() as number
  words[Word.PUSHED + waiting] = pushed
  words[Word.PUSHED_COUNT] = waiting + 1
  return pushed
}

/** The frame in `slot` threw: it is gone, and the error goes on to the frame below. */
export function failFrame(run: Run, slot: number, error: unknown): Todo {
  const { machine } = run
  const { generators, origins } = machine.slots
  noteLeaving(error, frameLink(origins[slot]))
  generators[slot] = undefined
  origins[slot] = undefined
  run.register = error
  const waiting = word(Word.PUSHED_COUNT)
  if (waiting === 0) return machine.send(Op.THROW)
  // The machine has not heard of this frame, and need not.
  run.lease.push(slot)
  words[Word.PUSHED_COUNT] = waiting - 1
  run.slot = waiting === 1 ? run.base : (words[Word.PUSHED + waiting - 2] as number)
  run.generator = generators[run.slot]
  return Here.THROW
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
  for (const slot of slots) {
    let result: IteratorResult<unknown, unknown>
    try {
      result = close(generators[slot] as AnyGenerator, undefined)
    } catch (error) {
      reportClosed(run, closed)
      return failFrame(run, slot, error)
    }
    if (result.done !== true) {
      reportClosed(run, closed)
      run.slot = slot
      run.generator = generators[slot]
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
