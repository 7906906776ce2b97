// The mailbox, front side: the shared words and the one function of the backend. It turns commands into integers and back;
// what a handler or a program is, it does not know.
//
// There is one mailbox per environment. A command is written completely before each call and its outcome is read
// before any user code runs, so machines that run inside of one another can share it.

import { turn, words } from './backend'
import { map, slice } from '../builtins/intrinsics'
import { Op, Word, type Code } from './protocol'

export { turn, words }

/** Sends a command without operands; gives the code of the outcome. */
export function send(vm: number, op: Op): Code {
  words[Word.VM] = vm
  words[Word.OP] = op
  turn()
  return words[Word.CODE] as Code
}

/** Sends a command with two operands. */
export function send2(vm: number, op: Op, a: number, b: number): Code {
  words[Word.VM] = vm
  words[Word.OP] = op
  words[Word.A] = a
  words[Word.B] = b
  turn()
  return words[Word.CODE] as Code
}

/** Sends a command with four operands. */
export function send4(vm: number, op: Op, a: number, b: number, c: number, d: number): Code {
  words[Word.C] = c
  words[Word.D] = d
  return send2(vm, op, a, b)
}

/** A word of the last outcome. */
export function word(at: Word): number {
  return words[at] as number
}

/** What a listing is cut from: items of its own, so that no setter that every array inherits gets one. */
const blank = map(Array.from({ length: Word.FIRM - Word.LISTING }), () => 0)

/** The listing of the last outcome. */
export function listing(): number[] {
  const count = word(Word.LISTING_COUNT)
  if (count === 0) return []
  const entries = slice(blank, 0, count)
  for (let at = 0; at < count; at++) entries[at] = word(Word.LISTING + at)
  return entries
}

/** What an outcome says to do. */
export interface KeptOutcome {
  readonly operands: readonly number[]
  readonly listing: readonly number[]
}

const OPERANDS = [Word.X, Word.Y, Word.Z, Word.W, Word.V] as const

/** Keeps what the last outcome says to do, while others use the mailbox. */
export function keepOutcome(): KeptOutcome {
  return { operands: map(OPERANDS, word), listing: listing() }
}

/** Puts back what was kept. */
export function restoreOutcome(kept: KeptOutcome): void {
  for (let at = 0; at < OPERANDS.length; at++) words[OPERANDS[at] as Word] = kept.operands[at] as number
  for (let at = 0; at < kept.listing.length; at++) words[Word.LISTING + at] = kept.listing[at] as number
  words[Word.LISTING_COUNT] = kept.listing.length
}

/** Opens a machine; gives its number. */
export function openVm(): number {
  send(0, Op.OPEN)
  return word(Word.X)
}

/** Closes a machine and everything in it. */
export function closeVm(vm: number): void {
  send(vm, Op.CLOSE)
}
