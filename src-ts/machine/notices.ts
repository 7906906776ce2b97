// Notices: what the driver has done in the scheduler's place, in the mailbox, where the machine finds it at its next turn
// and takes it in order. To spawn, to settle a promise and to cancel only queue somebody, so the machine may hear of them
// later (`ahead.ts`). So it may of a task that waits, when it is known who goes on. What the machine has not heard of is
// named by the place of its notice.

import { word, words } from '../wire/mailbox'
import { Notice, Noticed, Word } from '../wire/protocol'
import type { Slots } from './slots'
import type { Waitable } from '../language/waitable'

/** What the machine has not named, by the place of its notice. */
const unnamed: (Waitable | undefined)[] = Array.from({ length: Notice.MOST })

/** One past the last filled place of `unnamed`. */
let noted = 0

/** What was settled last, if the task that it made ready is known. */
let settled: Waitable | undefined

/** Whether one more notice has room. */
export function haveRoom(): boolean {
  return (words[Word.NOTICE_COUNT] as number) < Notice.MOST
}

function note(what: Noticed, operand: number, index: number, generation: number): number {
  const place = words[Word.NOTICE_COUNT] as number
  const at = Word.NOTICES + place * Notice.SIZE
  words[at + Notice.WHAT] = operand * 4 + what
  words[at + Notice.INDEX] = index
  words[at + Notice.GENERATION] = generation
  words[Word.NOTICE_COUNT] = place + 1
  return place
}

/** The task was spawned; the machine will give it its name. */
export function noteSpawned(task: Waitable, options: number): void {
  const place = note(Noticed.SPAWNED, options, 0, 0)
  unnamed[place] = task
  noted = place + 1
  task.index = Notice.UNNAMED + place
  words[Word.SPAWNS] = (words[Word.SPAWNS] as number) - 1
}

/** Whether the machine knows it, or will from a notice. */
export function isNoted(waitable: Waitable): boolean {
  return waitable.generation !== 0 || waitable.index !== 0
}

/** A promise that somebody waits for was settled. */
export function noteSettled(future: Waitable, failed: boolean): void {
  settled = future.waiter === 0 ? undefined : future
  note(Noticed.SETTLED, failed ? 1 : 0, future.index, future.generation)
}

/** The task was cancelled. */
export function noteCancelled(task: Waitable): void {
  note(Noticed.CANCELLED, 0, task.index, task.generation)
}

/** Whether the ready queue was empty before the last `notices` entries. */
export function wasAlone(notices: number): boolean {
  return words[Word.ALONE] !== 0 && (words[Word.NOTICE_COUNT] as number) - (words[Word.QUIET] as number) === notices
}

/** What was settled by the one notice since nobody else was ready; `undefined` when who waits for it is not known. */
export function onlySettled(): Waitable | undefined {
  if (!wasAlone(1)) return undefined
  const at = Word.NOTICES + (words[Word.QUIET] as number) * Notice.SIZE
  // Every notice of this kind says what was settled last.
  return ((words[at + Notice.WHAT] as number) & 3) === (Noticed.SETTLED as number) ? settled : undefined
}

/** The task under way waits for a promise, and the only other one that was ready goes on, in the place `to`. */
export function noteHandedOff(future: Waitable, to: number): void {
  const place = note(Noticed.HANDED_OFF, to, 0, 0)
  unnamed[place] = future
  noted = place + 1
  future.index = Notice.UNNAMED + place
  // The machine will say who is running, and now nobody else is ready.
  words[Word.RUNNING] = 0
  words[Word.QUIET] = place + 1
}

/**
 * The task under way, whose generator is in `slot`, waits for `future`, and `ready` was settled by it for the task that had
 * handed off to it before. Then the machine need not hear of either: all that has changed is what this task waits for. Gives
 * whether it is so.
 */
export function noteHandedBack(slots: Slots, ready: Waitable, future: Waitable, slot: number): boolean {
  const quiet = words[Word.QUIET] as number
  if (quiet < 2 || unnamed[quiet - 1] !== ready) return false
  const handedOff = words[Word.NOTICES + (quiet - 1) * Notice.SIZE + Notice.WHAT] as number
  const at = Word.NOTICES + (quiet - 2) * Notice.SIZE
  if (handedOff >>> 2 !== slot || ((words[at + Notice.WHAT] as number) & 3) !== (Noticed.SETTLED as number))
    return false
  unnamed[quiet - 1] = undefined
  takeName(slots, future, words[at + Notice.INDEX] as number, words[at + Notice.GENERATION] as number)
  words[Word.NOTICE_COUNT] = quiet - 2
  words[Word.QUIET] = quiet - 2
  return true
}

/** What the machine knows by this name, or will, is `future` from now on. */
function takeName(slots: Slots, future: Waitable, index: number, generation: number): void {
  future.index = index
  future.generation = generation
  if (generation === 0) unnamed[index - Notice.UNNAMED] = future
  else slots.values[slots.handles[index >>> 1] as number] = future
}

/** What was settled is not needed any more: nobody is handed off to. */
export function forgetSettled(): void {
  settled = undefined
}

/** The machine has named what was noted. */
export function nameNoticed(slots: Slots | undefined): void {
  for (let place = 0; place < noted; place++) {
    const named = unnamed[place]
    if (named === undefined) continue
    unnamed[place] = undefined
    const at = Word.NOTICES + place * Notice.SIZE
    named.index = word(at + Notice.INDEX)
    named.generation = word(at + Notice.GENERATION)
    if (slots === undefined) continue
    const handle = word(at + Notice.WHAT)
    slots.values[handle] = named
    if (named.kind === 'Promise') slots.handles[named.index >>> 1] = handle
  }
  noted = 0
}

/** Forgets the notices to a machine that is thrown away. */
export function forgetNotices(): void {
  words[Word.NOTICE_COUNT] = 0
  for (let place = 0; place < noted; place++) unnamed[place] = undefined
  noted = 0
  forgetSettled()
}
