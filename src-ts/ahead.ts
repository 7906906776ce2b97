// What the driver does ahead of the machine. Most of what a program does can be foreseen: who answers an effect is read
// from the published rows (`rows.ts`), most sub-programs return before anybody but their caller takes an interest in
// them, and most clauses resume at once. So the machine is told of a frame only with the next command; what is over by
// then it never hears of. All of it is written in the mailbox, where the machine finds it at its next turn.
//
// Only the machine that took the last turn can have something ahead of it; another one that is used meanwhile makes it
// catch up first. `Run.eager` turns all of this off; property tests show that it changes nothing else.

import { OwnMap } from './collections'
import { Continuation } from './continuation'
import { deref, min } from './intrinsics'
import { turn, word, words } from './mailbox'
import type { Program } from './program'
import { Ahead, Code, Flag, Op, Pushed, Scope, Word } from './protocol'
import type { Run } from './run-state'
import { forgetNotices, nameNoticed } from './scheduler/notices'
import type { Slots } from './slots'
import { Stack } from './stack'

/** What a clause may resume, as long as nothing is captured for it, by the place of its frame among those that wait. */
const uncaptured: (Continuation | undefined)[] = Array.from({ length: Pushed.MOST })
/** The references of each machine, by its number. Weak: they may lead back to the VM, which is to be collected. */
const slotsOf = new OwnMap<number, WeakRef<Slots>>()
/** Messages told to writers, in order. */
const messages = new Stack<unknown>()

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
  words[Word.BELOW_COUNT] = 0
  words[Word.UNTOLD] = 1
}

function isAhead(): boolean {
  return (
    words[Word.PUSHED_COUNT] !== 0 ||
    words[Word.PERFORMED] !== 0 ||
    words[Word.POPPED] !== 0 ||
    words[Word.TOLD_COUNT] !== 0 ||
    words[Word.NOTICE_COUNT] !== 0 ||
    words[Word.STARTING] !== 0
  )
}

/** Whether what is ahead keeps anything alive. */
export function isReferenceAhead(): boolean {
  return words[Word.PUSHED_COUNT] !== 0 || words[Word.TOLD_COUNT] !== 0 || words[Word.NOTICE_COUNT] !== 0
}

/** Makes the machine catch up with the driver. */
export function catchUp(): void {
  if (!isAhead()) return
  words[Word.OP] = Op.CATCH_UP
  turn()
  settleAhead(word(Word.FLAGS))
  // A machine that broke does not catch up any more; what was ahead of it must not reach another one.
  if (words[Word.CODE] !== Code.READY) forget()
}

/** Does what a turn says about what was ahead of it. */
export function settleAhead(flags: number): void {
  if (flags & Flag.CAPTURED) nameCaptured()
  if (flags & Flag.TOLD) keepMessages()
  if (flags & Flag.NOTICED) nameNoticed(slots())
}

/** The references of the machine that took the last turn; none if its VM was collected meanwhile. */
function slots(): Slots | undefined {
  const kept = slotsOf.get(words[Word.VM] as number)
  return kept === undefined ? undefined : deref(kept)
}

function forget(): void {
  words[Word.PUSHED_COUNT] = 0
  words[Word.PERFORMED] = 0
  words[Word.POPPED] = 0
  words[Word.BELOW_COUNT] = 0
  words[Word.TOLD_COUNT] = 0
  words[Word.STARTING] = 0
  if (messages.length !== 0) messages.clear()
  for (let i = 0; i < uncaptured.length; i++) uncaptured[i] = undefined
  forgetNotices()
}

// --- frames ---------------------------------------------------------------------------------------------------------

/** Puts a frame on top of what runs in `below`; gives its place. The machine hears of it later. */
export function push(run: Run, what: number, below: number): number {
  if (run.lease.length === 0) run.machine.lease(run.lease)
  if (words[Word.PUSHED_COUNT] === Pushed.MOST) catchUp()
  claim(run.machine.vm)
  const waiting = words[Word.PUSHED_COUNT] as number
  const at = Word.PUSHED + waiting * Pushed.SIZE
  const slot = run.lease.pop() as number
  words[at + Pushed.SLOT] = slot
  words[at + Pushed.WHAT] = what
  words[at + Pushed.SCOPE] = words[Word.SCOPE] as number
  words[at + Pushed.BELOW] = below
  words[Word.PUSHED_COUNT] = waiting + 1
  return slot
}

/** Where the words of the frame on top are, if it waits and is `kind`; else 0. */
export function waitingTop(kind: Ahead): number {
  const waiting = words[Word.PUSHED_COUNT] as number
  if (waiting === 0) return 0
  const at = Word.PUSHED + (waiting - 1) * Pushed.SIZE
  return ((words[at + Pushed.WHAT] as number) & 3) === kind ? at : 0
}

/** Takes the frame on top back: it is over, and the machine never hears of it. Gives the place below. */
export function pop(run: Run, at: number): number {
  run.lease.push(words[at + Pushed.SLOT] as number)
  words[Word.PUSHED_COUNT] = (words[Word.PUSHED_COUNT] as number) - 1
  words[Word.SCOPE] = words[at + Pushed.SCOPE] as number
  return words[at + Pushed.BELOW] as number
}

// --- clauses --------------------------------------------------------------------------------------------------------

/** A place for a clause that answers `effect`, and the continuation it may resume, which is captured later. */
export function pushClause(
  run: Run,
  effect: Program<unknown, unknown>,
  outside: number,
  clause: ConstructorParameters<typeof Continuation>[4],
): Continuation {
  const type = effect.type?.id ?? 0
  run.slot = push(run, type * 4 + Ahead.STARTED, run.slot)
  words[Word.SCOPE] = outside
  const at = (words[Word.PUSHED_COUNT] as number) - 1
  return (uncaptured[at] = new Continuation(run, at, 0, effect, clause))
}

/** Where the words of the clause in `slot` are, if it is on top and `x` its continuation, not captured; else 0. */
export function uncapturedAt(x: unknown, slot: number): number {
  const at = waitingTop(Ahead.STARTED)
  if (at === 0 || words[at + Pushed.SLOT] !== slot) return 0
  return x === uncaptured[(words[Word.PUSHED_COUNT] as number) - 1] ? at : 0
}

/** The clause on top has ended by resuming at once: nothing is captured. Gives the performer's place. */
export function captureNever(run: Run, at: number): number {
  uncaptured[(words[Word.PUSHED_COUNT] as number) - 1] = undefined
  return pop(run, at)
}

/** The clause on top has resumed at once and waits: it is below what it resumed. Gives the performer's place. */
export function waitBelow(at: number): number {
  uncaptured[(words[Word.PUSHED_COUNT] as number) - 1] = undefined
  words[at + Pushed.WHAT] = ((words[at + Pushed.WHAT] as number) & ~3) | Ahead.RESUMED
  words[Word.SCOPE] = words[at + Pushed.SCOPE] as number
  return words[at + Pushed.BELOW] as number
}

/** The captures were made: gives the continuations their names. */
function nameCaptured(): void {
  const count = min(words[Word.CAUGHT_COUNT] as number, uncaptured.length)
  for (let i = 0; i < count; i++) {
    const k = uncaptured[i]
    if (k === undefined) continue
    const at = Word.PUSHED + i * Pushed.SIZE
    Continuation.name(k, words[at + Pushed.K_INDEX] as number, words[at + Pushed.K_GENERATION] as number)
    uncaptured[i] = undefined
  }
}

// --- messages -------------------------------------------------------------------------------------------------------

/** A message is told to the writer of `store`; the machine hears of it later. */
export function tell(store: number, message: unknown): void {
  if (words[Word.TOLD_COUNT] === Word.BELOW - Word.TOLD) catchUp()
  const count = words[Word.TOLD_COUNT] as number
  words[Word.TOLD + count] = store
  words[Word.TOLD_COUNT] = count + 1
  messages.push(message)
}

/** The machine has found slots for the messages. */
function keepMessages(): void {
  const values = slots()?.values ?? []
  for (let i = 0; i < messages.length; i++) values[words[Word.TOLD + i] as number] = messages.at(i)
  messages.clear()
  words[Word.TOLD_COUNT] = 0
}
