// What the driver does ahead of the machine. Most of what a program does can be foreseen: who answers an effect is read
// from the published rows (`rows.ts`), most sub-programs return before anybody but their caller takes an interest in
// them, and most clauses resume at once. So the machine is told of a frame only with the next command; what is over by
// then it never hears of. All of it is written in the mailbox, where the machine finds it at its next turn.
//
// Only the machine that took the last turn can have something ahead of it; another one that is used meanwhile makes it
// catch up first. `Run.eager` turns all of this off; property tests show that it changes nothing else.

import { OwnMap } from '../builtins/collections'
import { Continuation } from '../language/continuation'
import { deref, min } from '../builtins/intrinsics'
import { turn, word, words } from '../wire/mailbox'
import type { Program } from '../language/program'
import { Ahead, Code, Flag, Op, Pushed, Scope, Word } from '../wire/protocol'
import type { Run } from './run'
import { forgetNotices, nameNoticed } from './notices'
import type { ScopeHandle } from './cancel-scope'
import type { Slots } from './slots'
import { Stack } from '../builtins/stack'

/**
 * What a clause may resume, as long as nothing is captured for it, and what stands for a cancel scope that the machine has
 * not heard of: by the place of its frame among those that wait.
 */
const uncaptured: (Continuation | ScopeHandle | undefined)[] = Array.from({ length: Pushed.MOST })
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
  words[Word.IN_PLACE] = -1
  words[Word.INHERITS] = 1
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
  // A machine that broke does not catch up any more.
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

/** Drops what was ahead of a machine that is gone or broken: it must not reach another one. */
export function forget(): void {
  words[Word.PUSHED_COUNT] = 0
  words[Word.PERFORMED] = 0
  words[Word.POPPED] = 0
  words[Word.BELOW_COUNT] = 0
  words[Word.TOLD_COUNT] = 0
  words[Word.STARTING] = 0
  words[Word.CHILDREN] = 0
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
  return ((words[at + Pushed.WHAT] as number) & 7) === (kind as number) ? at : 0
}

/** Where the words of the frame on top are, if it waits and its result and error go to the frame below; else 0. */
export function waitingCall(): number {
  const waiting = words[Word.PUSHED_COUNT] as number
  if (waiting === 0) return 0
  const at = Word.PUSHED + (waiting - 1) * Pushed.SIZE
  return goesBelow((words[at + Pushed.WHAT] as number) & 7) ? at : 0
}

/** Whether what a frame of this kind gives goes to the frame below. */
export function goesBelow(kind: number): boolean {
  return kind <= Ahead.IN_PLACE || kind >= Ahead.SCOPE
}

/** Takes the frame on top back: it is over, and the machine never hears of it. Gives the place below. */
export function pop(run: Run, at: number): number {
  if (((words[at + Pushed.WHAT] as number) & 7) >= Ahead.SCOPE) endRegion(at)
  run.lease.push(words[at + Pushed.SLOT] as number)
  words[Word.PUSHED_COUNT] = (words[Word.PUSHED_COUNT] as number) - 1
  words[Word.SCOPE] = words[at + Pushed.SCOPE] as number
  return words[at + Pushed.BELOW] as number
}

// --- regions --------------------------------------------------------------------------------------------------------

/** A place for a program in a shield or in a hole of one. */
export function pushRegion(run: Run, kind: Ahead, operand: number): number {
  return push(run, operand * 8 + kind, run.slot)
}

/** A place for a program in a cancel scope, which `handle` stands for. */
export function pushScope(run: Run, collects: number, handle: ScopeHandle): number {
  const slot = push(run, collects * 8 + Ahead.SCOPE, run.slot)
  const place = (words[Word.PUSHED_COUNT] as number) - 1
  handle.index = place
  uncaptured[place] = handle
  return slot
}

/** A place for a child of the form that runs. */
export function pushChild(run: Run): number {
  const slot = push(run, Ahead.CHILD, run.slot)
  words[Word.CHILDREN] = (words[Word.CHILDREN] as number) + 1
  return slot
}

/** Whether a cancel scope was opened that the machine has not heard of. O(frames that it has not heard of). */
export function isRegionAhead(): boolean {
  const end = Word.PUSHED + (words[Word.PUSHED_COUNT] as number) * Pushed.SIZE
  for (let at = Word.PUSHED as number; at < end; at += Pushed.SIZE) {
    if (((words[at + Pushed.WHAT] as number) & 7) === (Ahead.SCOPE as number)) return true
  }
  return false
}

/** The region of the frame at `at` is over, and the machine never hears of it. */
function endRegion(at: number): void {
  const kind = (words[at + Pushed.WHAT] as number) & 7
  if (kind === Ahead.CHILD) {
    words[Word.CHILDREN] = (words[Word.CHILDREN] as number) - 1
  } else if (kind === Ahead.SCOPE) {
    const place = (at - Word.PUSHED) / Pushed.SIZE
    ;(uncaptured[place] as ScopeHandle).end()
    uncaptured[place] = undefined
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
  const type = effect.type?.id ?? 0
  run.slot = push(run, type * 8 + Ahead.STARTED, run.slot)
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
  words[at + Pushed.WHAT] = ((words[at + Pushed.WHAT] as number) & ~7) | Ahead.RESUMED
  words[Word.SCOPE] = words[at + Pushed.SCOPE] as number
  return words[at + Pushed.BELOW] as number
}

/** The captures were made, the scopes opened: gives the continuations and scopes their names. */
function nameCaptured(): void {
  const count = min(words[Word.CAUGHT_COUNT] as number, uncaptured.length)
  for (let i = 0; i < count; i++) {
    const k = uncaptured[i]
    if (k === undefined) continue
    const at = Word.PUSHED + i * Pushed.SIZE
    const index = words[at + Pushed.K_INDEX] as number
    const generation = words[at + Pushed.K_GENERATION] as number
    if (k instanceof Continuation) Continuation.name(k, index, generation)
    else slots()?.nameScope(k, words[at + Pushed.WHAT] as number, index, generation)
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
