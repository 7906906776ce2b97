// Frames that the driver has pushed ahead of the machine: of programs it has called, clauses it has started, regions it has
// opened. A frame's entry in the journal says where its result goes. When a frame ends before anything depends on its
// entry, the entry is taken back.

import { Continuation } from '../language/continuation'
import type { Program } from '../language/program'
import { words } from '../wire/mailbox'
import { Deed, Journal, Word } from '../wire/protocol'
import type { ScopeHandle } from './cancel-scope'
import { dropObject, hasRoom, isLoose, noteEnded, objectAt, setFirm, setObject, takeBack, write } from './journal'
import type { Run } from './run'

/** Puts a frame on top of what runs in `below`; gives its place. The machine hears of it later. */
export function push(run: Run, what: number, below: number): number {
  if (run.lease.length === 0) run.machine.lease(run.lease)
  const slot = run.lease.pop() as number
  const at = write(run.machine.vm, what, slot)
  words[at + Journal.SCOPE] = words[Word.SCOPE] as number
  words[at + Journal.BELOW] = below
  const { entries, belows } = run.machine.slots
  entries[slot] = at
  belows[slot] = what === Deed.CALLED ? below : 0
  return slot
}

/** Where the words of the entry for the frame in `slot` are; 0 when the machine knows the frame. */
export function entryOf(run: Run, slot: number): number {
  const { vm, slots } = run.machine
  const at = slots.entries[slot] ?? 0
  const end = Word.JOURNAL + (words[Word.DEEDS] as number) * Journal.SIZE
  return at < end && words[at + Journal.SLOT] === slot && at !== 0 && words[Word.VM] === vm ? at : 0
}

/** The kind of frame that the entry is about. */
export function frameKind(at: number): Deed {
  return (words[at + Journal.WHAT] as number) & 15
}

/** Whether what a frame of this kind ends with goes to the frame below. */
export function goesBelow(kind: Deed): boolean {
  return kind >= Deed.CALLED
}

/**
 * The frame on top, in `slot`, has ended. Gives the place of the frame below, which goes on; 0 when only the machine can
 * tell, which has not heard that the frame has ended.
 */
export function endFrame(run: Run, slot: number): number {
  const at = entryOf(run, slot)
  if (at === 0) {
    const known = endKnown(run.machine.vm)
    if (known !== 0) return known
  } else if (isLoose(at)) {
    const below = goesBelow(frameKind(at)) ? (words[at + Journal.BELOW] as number) : 0
    if (below !== 0) discard(run, at)
    return below
  }
  // The machine knows the frame, or will because others depend on it: that it has ended comes after them.
  const below = run.machine.slots.belows[slot] ?? 0
  if (below === 0 || words[Word.VM] !== run.machine.vm || !hasRoom(1)) return 0
  noteEnded()
  return below
}

/** The frame on top is one of those of which the machine has said what is below: it has ended. Gives the place below, or 0. */
function endKnown(vm: number): number {
  const ended = words[Word.BELOW_ENDED] as number
  if (ended >= (words[Word.BELOW_COUNT] as number) || words[Word.VM] !== vm || !hasRoom(1)) return 0
  words[Word.BELOW_ENDED] = ended + 1
  noteEnded()
  return words[Word.BELOW + ended] as number
}

/** Takes back the frame of the entry at `at`: the machine never hears of it. */
export function discard(run: Run, at: number): void {
  if (frameKind(at) >= Deed.SCOPE) endRegion(at)
  run.lease.push(words[at + Journal.SLOT] as number)
  words[Word.SCOPE] = words[at + Journal.SCOPE] as number
  takeBack(at)
}

// --- the beginning --------------------------------------------------------------------------------------------------

/** A run begins, and the machine hears of it later. */
export function noteBegan(run: Run): void {
  write(run.machine.vm, Deed.BEGAN)
}

/** Whether the frame is the first of a run, and nothing depends on either. */
export function isUntoldRun(at: number): boolean {
  const before = at - Journal.SIZE
  return before >= Word.JOURNAL && words[before + Journal.WHAT] === Deed.BEGAN && isLoose(before)
}

/** The only frame of a run has ended, and with it the run: the machine never hears of them. */
export function discardRun(run: Run, at: number): void {
  discard(run, at)
  takeBack(at - Journal.SIZE)
}

// --- regions --------------------------------------------------------------------------------------------------------

/** A place for a program in a shield or in a hole of one. */
export function pushRegion(run: Run, kind: Deed, operand: number): number {
  return push(run, operand * 16 + kind, run.slot)
}

/** A place for a program in a cancel scope, which `handle` stands for. */
export function pushScope(run: Run, collects: number, handle: ScopeHandle): number {
  const slot = push(run, collects * 16 + Deed.SCOPE, run.slot)
  handle.index = setObject(run.machine.slots.entries[slot] as number, handle)
  return slot
}

/** A place for a child of the form that runs. */
export function pushChild(run: Run): number {
  const slot = push(run, Deed.CHILD, run.slot)
  words[Word.CHILDREN] = (words[Word.CHILDREN] as number) + 1
  return slot
}

/** The region of the entry is over, and the machine never hears of it. */
function endRegion(at: number): void {
  const kind = frameKind(at)
  if (kind === Deed.CHILD) {
    words[Word.CHILDREN] = (words[Word.CHILDREN] as number) - 1
  } else if (kind === Deed.SCOPE) {
    ;(objectAt(at) as ScopeHandle).end()
    dropObject(at)
  }
}

// --- clauses --------------------------------------------------------------------------------------------------------

/** A place for a clause that answers `effect`, and the continuation it may resume, which is captured later. */
export function pushClause(
  run: Run,
  effect: Program<unknown, unknown>,
  outside: number,
  clause: ConstructorParameters<typeof Continuation>[4],
): Continuation {
  const slot = push(run, (effect.type?.id ?? 0) * 16 + Deed.STARTED, run.slot)
  run.slot = slot
  words[Word.SCOPE] = outside
  const at = run.machine.slots.entries[slot] as number
  const k = new Continuation(run, Journal.UNNAMED + (at - Word.JOURNAL) / Journal.SIZE, 0, effect, clause)
  setObject(at, k)
  return k
}

/** The entry for the clause in `slot`, if `x` is its continuation and nothing depends on its capture; else 0. */
export function uncapturedAt(run: Run, x: unknown, slot: number): number {
  const at = entryOf(run, slot)
  return at !== 0 && frameKind(at) === Deed.STARTED && isLoose(at) && objectAt(at) === x ? at : 0
}

/** The clause has ended by resuming at once: nothing is captured. Gives the performer's place. */
export function captureNever(run: Run, at: number): number {
  dropObject(at)
  const performer = words[at + Journal.BELOW] as number
  discard(run, at)
  return performer
}

/** The clause has resumed at once and waits: it is below what it resumed. Gives the performer's place. */
export function waitBelow(at: number): number {
  dropObject(at)
  words[at + Journal.WHAT] = ((words[at + Journal.WHAT] as number) & ~15) | Deed.RESUMED
  setFirm()
  words[Word.SCOPE] = words[at + Journal.SCOPE] as number
  return words[at + Journal.BELOW] as number
}
