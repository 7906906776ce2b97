// What the driver does ahead of the machine. Most sub-programs return before anybody but their caller takes an interest
// in them, and most clauses resume at once in tail position. So the machine is told of a program's frame, and of a
// started clause that needs its continuation captured, only with the next command; what is over by then it never hears
// of. All of it is written in the mailbox, where the machine finds it at its next turn.
//
// What is ahead belongs to one machine at a time: a machine that is used meanwhile makes the other one catch up first.
// `Run.eager` turns all of this off; a property test shows that it changes nothing else.

import { Continuation } from './continuation'
import { turn, word, words } from './mailbox'
import { Op, Word } from './protocol'

/** As many frames as may wait. */
export const MOST_PUSHED: number = Word.LENGTH - Word.PUSHED

/** The machine that must catch up. */
let owner = 0
/** What the clause started last may resume, as long as nothing was captured for it. */
let late: Continuation | undefined

/** Makes `vm` the machine that the driver may be ahead of; another one catches up first. */
export function claim(vm: number): void {
  if (vm !== owner) catchUp()
  owner = vm
}

/** Makes the machine catch up with the driver. */
export function catchUp(): void {
  if (words[Word.PUSHED_COUNT] === 0 && words[Word.CAPTURE] === 0) return
  words[Word.VM] = owner
  words[Word.OP] = Op.CATCH_UP
  turn()
  nameCaptured()
  // A machine that broke does not catch up any more; what was ahead of it must not reach another one.
  forget()
}

/** Forgets what is ahead of a machine that is thrown away. */
export function disclaim(vm: number): void {
  if (vm === owner) forget()
}

function forget(): void {
  words[Word.PUSHED_COUNT] = 0
  words[Word.CAPTURE] = 0
  late = undefined
}

/** A clause was started in `slot`; what it may resume is `k`, once it is captured. */
export function captureLater(slot: number, k: Continuation): void {
  words[Word.CAPTURE] = slot
  late = k
}

/** The capture was made: gives the continuation its name. */
export function nameCaptured(): void {
  if (late === undefined) return
  Continuation.name(late, word(Word.K_INDEX), word(Word.K_GENERATION))
  late = undefined
}

/** Whether `x` is the continuation of the clause in `slot`, and nothing was captured for it. */
export function isUncaptured(x: unknown, slot: number): x is Continuation {
  return x === late && words[Word.CAPTURE] === slot
}

/** The clause resumed at once: no capture is needed. */
export function captureNever(): void {
  words[Word.CAPTURE] = 0
  late = undefined
}
