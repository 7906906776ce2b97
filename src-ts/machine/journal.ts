// The journal: what the driver has done ahead of the machine, in order. Most of what a program does can be foreseen: who
// takes an effect is read from the dispatch cache, who goes on from who is ready. So the driver does it at once and writes
// down only what the machine has to know; the machine replays the entries before its next command. What is over by then
// is taken back, and the machine never hears of it.
//
// Entry `i` is about `objects[i]`. What an entry makes (a continuation, a scope, a task, a promise, the place of a message)
// gets its name when the entry is replayed; until then it is called `UNNAMED + i`, in generation 0.
//
// The journal is of the machine that took the last turn; another one that is used meanwhile makes that one catch up first.
// `Run.eager` writes nothing down and asks each time; property tests show that nothing else is different.

import { OwnMap } from '../builtins/collections'
import { deref } from '../builtins/intrinsics'
import { Continuation } from '../language/continuation'
import type { Waitable } from '../language/waitable'
import { turn, word, words } from '../wire/mailbox'
import { Code, Deed, Flag, Journal, Op, Ready, Scope, Word } from '../wire/protocol'
import type { ScopeHandle } from './cancel-scope'
import type { Slots } from './slots'

/** What each entry is about, if the machine is to name it. */
const objects: unknown[] = Array.from({ length: Journal.MOST })
/** One past the last filled place of `objects`. */
let filled = 0
/** The references of each machine, by its number. Weak: they may lead back to the VM, which is to be collected. */
const slotsOf = new OwnMap<number, WeakRef<Slots>>()

/** A machine may have something ahead of it from now on. */
export function introduce(vm: number, slots: Slots): void {
  slotsOf.set(vm, new WeakRef(slots))
}

/** The machine is thrown away; its number may be another one's from now on. */
export function dismiss(vm: number): void {
  if (vm === words[Word.VM]) forget()
  else catchUp()
  slotsOf.delete(vm)
}

/** Makes `vm` the machine that the driver may be ahead of; another one catches up first. */
export function claim(vm: number): void {
  if (vm === words[Word.VM]) return
  catchUp()
  words[Word.VM] = vm
  // They speak of the other one.
  words[Word.SCOPE] = Scope.UNKNOWN
  forgetBelow()
  words[Word.READY] = Ready.UNKNOWN
  words[Word.SPAWNS] = 0
  words[Word.RUNNING] = 0
  words[Word.IN_PLACE] = -1
  words[Word.INHERITS] = 1
  words[Word.UNTOLD] = 1
}

/** What the machine has said to be below is not below the frame that runs now. */
export function forgetBelow(): void {
  words[Word.BELOW_COUNT] = 0
  words[Word.BELOW_ENDED] = 0
}

/** Whether the machine has to hear of something that keeps references. */
export function isReferenceAhead(): boolean {
  return words[Word.DEEDS] !== 0
}

/** Makes the machine catch up with the driver. */
export function catchUp(): void {
  if (words[Word.DEEDS] === 0 && words[Word.PERFORMED] === 0) return
  words[Word.OP] = Op.CATCH_UP
  turn()
  if (word(Word.FLAGS) & Flag.NAMES) handOutNames()
  // A machine that broke does not catch up any more.
  if (words[Word.CODE] !== Code.READY) forget()
}

/** Drops what was ahead of a machine that is gone or broken: it must not reach another one. */
export function forget(): void {
  words[Word.DEEDS] = 0
  words[Word.FIRM] = 0
  words[Word.PERFORMED] = 0
  forgetBelow()
  words[Word.CHILDREN] = 0
  for (let place = 0; place < filled; place++) objects[place] = undefined
  filled = 0
}

// --- entries --------------------------------------------------------------------------------------------------------

/** Adds an entry; gives where its words are. The caller has seen to it that there is room. */
function append(what: number, slot: number): number {
  const place = words[Word.DEEDS] as number
  const at = Word.JOURNAL + place * Journal.SIZE
  words[at + Journal.WHAT] = what
  words[at + Journal.SLOT] = slot
  words[Word.DEEDS] = place + 1
  return at
}

/** Whether the journal has room for so many more entries. */
export function hasRoom(entries: number): boolean {
  return (words[Word.DEEDS] as number) + entries <= Journal.MOST
}

/** Writes down a deed ahead of the machine `vm`; of a frame, with its place. A full journal takes a turn. */
export function write(vm: number, what: number, slot = 0): number {
  if (words[Word.DEEDS] === Journal.MOST) catchUp()
  claim(vm)
  return append(what, slot)
}

/** Writes down a deed about what has this name. There is room, and the machine is the last one used. */
export function note(what: number, index: number, generation: number): number {
  const at = append(what, 0)
  words[at + Journal.INDEX] = index
  words[at + Journal.GENERATION] = generation
  return at
}

/** Frames ended that the machine knows, or will know because later entries are about what they did. */
export function noteEnded(): void {
  const last = Word.JOURNAL + ((words[Word.DEEDS] as number) - 1) * Journal.SIZE
  if (words[Word.DEEDS] !== 0 && ((words[last + Journal.WHAT] as number) & 15) === (Deed.ENDED as number)) {
    words[last + Journal.WHAT] = (words[last + Journal.WHAT] as number) + 16
  } else {
    append(16 + Deed.ENDED, 0)
  }
  setFirm()
}

/** A message is told to the writer of `store`, in the machine that was used last. */
export function tell(store: number, message: unknown): void {
  setObject(write(words[Word.VM] as number, store * 16 + Deed.TOLD), message)
}

/** The place of the entry whose words are at `at`. */
function placeOf(at: number): number {
  return (at - Word.JOURNAL) / Journal.SIZE
}

/** The entry at `at` is about `object`, which is called so until it has a name: gives its index. */
export function setObject(at: number, object: unknown): number {
  const place = placeOf(at)
  objects[place] = object
  if (filled <= place) filled = place + 1
  return Journal.UNNAMED + place
}

/** What the entry at `at` is about. */
export function objectAt(at: number): unknown {
  return objects[placeOf(at)]
}

/** What is called `index` in generation 0 is `object` from now on. */
export function setUnnamed(index: number, object: unknown): void {
  objects[index - Journal.UNNAMED] = object
}

/** The entry at `at` is about nothing that is to be named any more. */
export function dropObject(at: number): void {
  objects[placeOf(at)] = undefined
}

/** No entry so far is taken back any more: what comes next depends on them. */
export function setFirm(): void {
  words[Word.FIRM] = words[Word.DEEDS] as number
}

/** Whether nothing after the entry at `at` depends on it. */
export function isLoose(at: number): boolean {
  return placeOf(at) >= (words[Word.FIRM] as number)
}

/** Takes back the entry at `at`, on which nothing depends. */
export function takeBack(at: number): void {
  const last = (words[Word.DEEDS] as number) - 1
  if (placeOf(at) === last) {
    words[Word.DEEDS] = last
    return
  }
  words[at + Journal.WHAT] = Deed.NOTHING
  words[at + Journal.SLOT] = 0
}

/** Takes back the last entries; what is left is known to others, and stays. */
export function takeBackLast(count: number): void {
  words[Word.DEEDS] = (words[Word.DEEDS] as number) - count
  setFirm()
}

/** For the rules of the front: what the entries are about. */
export function objectsAhead(): { readonly objects: readonly unknown[]; readonly filled: number } {
  return { objects, filled }
}

// --- names ----------------------------------------------------------------------------------------------------------

/** The machine has replayed the journal: what its entries have made gets its names, in order. */
export function handOutNames(): void {
  const slots = slotsOfLast()
  const end = filled
  filled = 0
  for (let place = 0; place < end; place++) {
    const object = objects[place]
    if (object === undefined) continue
    objects[place] = undefined
    name(slots, Word.JOURNAL + place * Journal.SIZE, object)
  }
}

/** The references of the machine that took the last turn; none if its VM was collected meanwhile. */
export function slotsOfLast(): Slots | undefined {
  const kept = slotsOf.get(words[Word.VM] as number)
  return kept === undefined ? undefined : deref(kept)
}

function name(slots: Slots | undefined, at: number, object: unknown): void {
  const index = words[at + Journal.INDEX] as number
  const generation = words[at + Journal.GENERATION] as number
  const handle = words[at + Journal.HANDLE] as number
  switch ((words[at + Journal.WHAT] as number) & 15) {
    case Deed.STARTED:
      return Continuation.name(object as Continuation, index, generation)
    case Deed.SCOPE:
      return slots?.nameScope(object as ScopeHandle, handle, index, generation)
    case Deed.SPAWNED:
      return nameWaitable(slots, object as Waitable, at)
    case Deed.HANDED_OFF:
      nameWaitable(slots, object as Waitable, at)
      if (slots !== undefined) slots.handles[index >>> 1] = handle
      return
    default:
      // A message.
      if (slots !== undefined) slots.values[handle] = object
  }
}

function nameWaitable(slots: Slots | undefined, waitable: Waitable, at: number): void {
  waitable.index = words[at + Journal.INDEX] as number
  waitable.generation = words[at + Journal.GENERATION] as number
  if (slots !== undefined) slots.values[words[at + Journal.HANDLE] as number] = waitable
}
