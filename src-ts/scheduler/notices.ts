// Notices: what the driver has done in the scheduler's place, in the mailbox, where the machine finds it at its next turn
// and takes it in order. To spawn, to settle a promise and to cancel only queue somebody, so the machine may hear of them
// later (`ahead.ts`). A task that it has not heard of is named by the place of its notice.

import { word, words } from '../mailbox'
import { Notice, Noticed, Word } from '../protocol'
import type { Slots } from '../slots'
import type { Waitable } from './waitable'

/** The tasks that the machine has not named, by the place of their notice. */
const unnamed: (Waitable | undefined)[] = Array.from({ length: Notice.MOST })

/** No task at this place or a later one. */
let noted = 0

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

/** A promise that somebody waits for was settled. */
export function noteSettled(future: Waitable, failed: boolean): void {
  note(Noticed.SETTLED, failed ? 1 : 0, future.index, future.generation)
}

/** The task was cancelled. */
export function noteCancelled(task: Waitable): void {
  note(Noticed.CANCELLED, 0, task.index, task.generation)
}

/** The machine has named the tasks that were spawned. */
export function nameSpawned(slots: Slots | undefined): void {
  for (let place = 0; place < noted; place++) {
    const task = unnamed[place]
    if (task === undefined) continue
    unnamed[place] = undefined
    const at = Word.NOTICES + place * Notice.SIZE
    task.index = word(at + Notice.INDEX)
    task.generation = word(at + Notice.GENERATION)
    if (slots !== undefined) slots.values[word(at + Notice.WHAT)] = task
  }
  noted = 0
}

/** Forgets the notices to a machine that is thrown away. */
export function forgetNotices(): void {
  words[Word.NOTICE_COUNT] = 0
  for (let place = 0; place < noted; place++) unnamed[place] = undefined
  noted = 0
}
