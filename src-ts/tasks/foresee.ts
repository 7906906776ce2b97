// Effects of the scheduler that the driver answers in its place, because the answer can be foreseen: who performs them
// goes on at once. Where somebody is queued, the scheduler hears of it later (`notices.ts`).

import { isRegionAhead } from '../machine/ahead'
import { words } from '../wire/mailbox'
import type { Program } from '../language/program'
import { Effect as EffectNumber, Pushed, Settlement, Word } from '../wire/protocol'
import { countEffect } from '../machine/dispatch-cache'
import { Here, type Run, type Todo } from '../machine/run'
import { isAlone, waitAlone } from './alone'
import { ISOLATED } from '../effects/spawn'
import {
  haveRoom,
  isNoted,
  noteCancelled,
  noteHandedBack,
  noteHandedOff,
  noteSettled,
  noteSpawned,
  onlySettled,
  wasAlone,
} from '../machine/notices'
import { answer } from './parking'
import type { OwnPromise } from '../machine/promises'
import { answerFrom, newTask, settlePromise } from './task-outcomes'
import { armDeadlines } from '../machine/deadline'
import { PENDING, type Waitable } from '../language/waitable'

/** The answer cannot be foreseen: the scheduler must be asked. */
export const UNFORESEEN = 0

/** Answers an effect that the scheduler of the scope would take, if the answer can be foreseen. */
export function foresee(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  // Whoever was woken from outside is queued first.
  if (run.inbox.length > 0 || !haveRoom()) return UNFORESEEN
  // A child in place may have to be told from its parent.
  if (words[Word.CHILDREN] !== 0 || words[Word.IN_PLACE] !== 0) return foreseeInPlace(run, effect)
  switch (effect.type?.id) {
    case EffectNumber.WAIT:
      return wait(run, effect.a as Waitable)
    case EffectNumber.SPAWN:
      return spawn(run, effect)
    case EffectNumber.YIELD:
      return wasAlone(0) ? goOn(run) : UNFORESEEN
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
  const ready = onlySettled()
  // Frames that the machine has not heard of belong to the task.
  if (ready === undefined || words[Word.PUSHED_COUNT] !== 0) return UNFORESEEN
  countEffect()
  if (run.unarmed.length > 0) armDeadlines(run)
  words[Word.INHERITS] = 1
  const { machine, contexts } = run
  const { slots } = machine
  const { scopes } = slots
  const to = ready.waiter
  // First, while the mailbox still says who is running.
  contexts?.handOff(run.slot, to)
  scopes[run.slot] = words[Word.SCOPE] as number
  future.observed = true
  future.waiter = run.slot
  if (!noteHandedBack(slots, ready, future, run.slot)) noteHandedOff(future, to)
  words[Word.SCOPE] = scopes[to] as number
  words[Word.BELOW_COUNT] = 0
  run.slot = to
  const todo = answerFrom(run, ready)
  if (contexts === undefined) return todo
  machine.switched = true
  return todo === Here.NEXT ? Here.HANDED : Here.HANDED_THROW
}

/** The effect is over as soon as it is performed. */
function goOn(run: Run): Todo {
  countEffect()
  return answer(run, undefined)
}

function spawn(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  const options = effect.c as number
  // The stores that it would copy, and a `Scope` that the machine has not heard of, are not the driver's to find.
  if ((words[Word.SPAWNS] as number) <= 0 || options & ISOLATED || !isWhereLeft() || isRegionAhead()) return UNFORESEEN
  countEffect()
  const task = newTask(run, effect)
  noteSpawned(task, options)
  return answer(run, task)
}

/** Whether the performer is in the scope that the machine left it in: that of no clause that was started since. */
function isWhereLeft(): boolean {
  return words[Word.PUSHED_COUNT] === 0 || words[Word.PUSHED + Pushed.SCOPE] === words[Word.SCOPE]
}

function cancel(run: Run, task: Waitable): Todo | typeof UNFORESEEN {
  if (task.standing === PENDING) {
    const running = words[Word.RUNNING] as number
    // Who cancels itself performs nothing more that may suspend, and the machine says so.
    if (task.owner !== run.token || running === 0 || running === task.index) return UNFORESEEN
    noteCancelled(task)
  }
  return goOn(run)
}

function complete(run: Run, effect: Program, how: Settlement): Todo | typeof UNFORESEEN {
  const { future } = effect.a as OwnPromise
  if (future.standing === PENDING && future.owner !== run.token) return UNFORESEEN
  countEffect()
  if (future.standing === PENDING && isNoted(future)) noteSettled(future, how === Settlement.THREW)
  return settlePromise(run, effect, how)
}
