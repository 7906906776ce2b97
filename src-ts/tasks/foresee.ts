// Effects of the scheduler that the driver answers in its place, because the answer can be foreseen: the performer goes on
// at once, or the only task that is ready does. What the scheduler has to know of it is written in the journal.

import { words } from '../wire/mailbox'
import type { Program } from '../language/program'
import { Deed, Effect as EffectNumber, Journal, Ready, Settlement, Word } from '../wire/protocol'
import { countEffect } from '../machine/dispatch-cache'
import {
  dropObject,
  forgetBelow,
  hasRoom,
  note,
  objectAt,
  setFirm,
  setObject,
  setUnnamed,
  takeBackLast,
} from '../machine/journal'
import { Here, type Run, type Todo } from '../machine/run'
import { isAlone, waitAlone } from './alone'
import { ISOLATED } from '../effects/spawn'
import { answer } from './parking'
import type { OwnPromise } from '../machine/promises'
import type { Slots } from '../machine/slots'
import { answerFrom, newTask, settlePromise } from './task-outcomes'
import { armDeadlines } from '../machine/deadline'
import { PENDING, type Waitable } from '../language/waitable'

/** The answer cannot be foreseen: the scheduler must be asked. */
export const UNFORESEEN = 0

/** What the one task that is ready had waited for, while `words[Word.READY]` says that there is one. */
let ready: Waitable | undefined

/** For the rules of the front: what {@link ready} is. */
export function readyAhead(): Waitable | undefined {
  return ready
}

/** It is not needed any more: no task is handed off to. */
export function forgetReady(): void {
  ready = undefined
}

/** Answers an effect that the scheduler of the scope would take, if the answer can be foreseen. */
export function foresee(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  // Whoever was woken from outside is queued first.
  if (run.inbox.length > 0 || !hasRoom(1)) return UNFORESEEN
  // A child in place may have to be told from its parent.
  if (words[Word.CHILDREN] !== 0 || words[Word.IN_PLACE] !== 0) return foreseeInPlace(run, effect)
  switch (effect.type?.id) {
    case EffectNumber.WAIT:
      return wait(run, effect.a as Waitable)
    case EffectNumber.SPAWN:
      return spawn(run, effect)
    case EffectNumber.YIELD:
      return words[Word.READY] === Ready.NONE ? goOn(run) : UNFORESEEN
    case EffectNumber.CANCEL:
      return cancel(run, effect.a as Waitable)
    case EffectNumber.COMPLETE_PROMISE:
      return complete(run, effect, Settlement.RETURNED)
    case EffectNumber.FAIL_PROMISE:
      return complete(run, effect, Settlement.THREW)
    default:
      return UNFORESEEN
  }
}

/** As {@link foresee}, of what does not depend on which task performs it. */
function foreseeInPlace(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  switch (effect.type?.id) {
    case EffectNumber.WAIT: {
      const waitable = effect.a as Waitable
      if (waitable.standing === PENDING) return UNFORESEEN
      countEffect()
      return answerFrom(run, waitable)
    }
    case EffectNumber.COMPLETE_PROMISE:
      return complete(run, effect, Settlement.RETURNED)
    case EffectNumber.FAIL_PROMISE:
      return complete(run, effect, Settlement.THREW)
    default:
      return UNFORESEEN
  }
}

function wait(run: Run, waitable: Waitable): Todo | typeof UNFORESEEN {
  if (waitable.standing !== PENDING) {
    countEffect()
    return answerFrom(run, waitable)
  }
  // With a name, somebody else waits for it as well.
  if (waitable.owner !== run.token || isNoted(waitable)) return UNFORESEEN
  if (waitable.kind === 'Promise') return handOff(run, waitable)
  if (waitable.extra?.outside === undefined || !isAlone(run)) return UNFORESEEN
  countEffect()
  return waitAlone(run, waitable)
}

/** The task waits for a promise. If one other task is ready, because of what was settled just now, it goes on at once. */
function handOff(run: Run, future: Waitable): Todo | typeof UNFORESEEN {
  const awaited = words[Word.READY] === Ready.ONE ? ready : undefined
  if (awaited === undefined) return UNFORESEEN
  // Who watches tasks is told of switches by the machine.
  if (run.machine.watch !== undefined) return UNFORESEEN
  countEffect()
  if (run.unarmed.length > 0) armDeadlines(run)
  words[Word.INHERITS] = 1
  const { machine, contexts } = run
  const { slots } = machine
  const { scopes } = slots
  const to = awaited.waiter
  // First, while the mailbox still says who is running.
  contexts?.handOff(run.slot, to)
  scopes[run.slot] = words[Word.SCOPE] as number
  future.observed = true
  future.waiter = run.slot
  if (!takeBackHandOff(slots, awaited, future, run.slot)) noteHandedOff(future, to)
  words[Word.READY] = Ready.NONE
  words[Word.SCOPE] = scopes[to] as number
  forgetBelow()
  run.slot = to
  const todo = answerFrom(run, awaited)
  if (contexts === undefined) return todo
  machine.switched = true
  return todo === Here.NEXT ? Here.HANDED : Here.HANDED_THROW
}

/** The task under way waits for a promise, and the only other one that was ready goes on, in the place `to`. */
function noteHandedOff(future: Waitable, to: number): void {
  future.index = setObject(note(to * 16 + Deed.HANDED_OFF, 0, 0), future)
  setFirm()
  // The machine will say who is running.
  words[Word.RUNNING] = 0
}

/**
 * The task under way, whose generator is in `slot`, waits for `future`, and `awaited` was settled by it for the task that had
 * handed off to it before. If the last entries say only that, they are taken back: all that has changed is what this task
 * waits for. Gives whether it is so.
 */
function takeBackHandOff(slots: Slots, awaited: Waitable, future: Waitable, slot: number): boolean {
  const end = Word.JOURNAL + (words[Word.DEEDS] as number) * Journal.SIZE
  const handedOff = end - 2 * Journal.SIZE
  const settled = handedOff - Journal.SIZE
  if (settled < Word.JOURNAL || words[handedOff + Journal.WHAT] !== slot * 16 + Deed.HANDED_OFF) return false
  if (objectAt(handedOff) !== awaited || !isSettled(settled) || !isSettled(end - Journal.SIZE)) return false
  dropObject(handedOff)
  takeName(slots, future, words[settled + Journal.INDEX] as number, words[settled + Journal.GENERATION] as number)
  takeBackLast(3)
  return true
}

function isSettled(at: number): boolean {
  return ((words[at + Journal.WHAT] as number) & 15) === (Deed.SETTLED as number)
}

/** What the machine knows by this name, or will, is `future` from now on. */
function takeName(slots: Slots, future: Waitable, index: number, generation: number): void {
  future.index = index
  future.generation = generation
  if (generation === 0) setUnnamed(index, future)
  else slots.values[slots.handles[index >>> 1] as number] = future
}

/** Whether the machine knows it, or will from the journal. */
function isNoted(waitable: Waitable): boolean {
  return waitable.generation !== 0 || waitable.index !== 0
}

/** The effect is over as soon as it is performed. */
function goOn(run: Run): Todo {
  countEffect()
  return answer(run, undefined)
}

function spawn(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  const options = effect.c as number
  // The stores that it would copy are not the driver's to find.
  if ((words[Word.SPAWNS] as number) <= 0 || options & ISOLATED) return UNFORESEEN
  countEffect()
  const task = newTask(run, effect)
  task.index = setObject(note(options * 16 + Deed.SPAWNED, 0, 0), task)
  setFirm()
  words[Word.SPAWNS] = (words[Word.SPAWNS] as number) - 1
  words[Word.READY] = Ready.UNKNOWN
  return answer(run, task)
}

function cancel(run: Run, task: Waitable): Todo | typeof UNFORESEEN {
  if (task.standing === PENDING) {
    const running = words[Word.RUNNING] as number
    // Who cancels itself performs nothing more that may suspend, and the machine says so.
    if (task.owner !== run.token || running === 0 || running === task.index) return UNFORESEEN
    note(Deed.CANCELLED, task.index, task.generation)
    words[Word.READY] = Ready.UNKNOWN
  }
  return goOn(run)
}

function complete(run: Run, effect: Program, how: Settlement): Todo | typeof UNFORESEEN {
  const { future } = effect.a as OwnPromise
  if (future.standing === PENDING && future.owner !== run.token) return UNFORESEEN
  countEffect()
  if (future.standing === PENDING && isNoted(future)) noteSettled(future, how)
  return settlePromise(run, effect, how)
}

/** A promise that some task waits for was settled. */
function noteSettled(future: Waitable, how: Settlement): void {
  note((how === Settlement.THREW ? 16 : 0) + Deed.SETTLED, future.index, future.generation)
  const isOnly = words[Word.READY] === Ready.NONE && future.waiter !== 0
  words[Word.READY] = isOnly ? Ready.ONE : Ready.UNKNOWN
  ready = isOnly ? future : undefined
}
