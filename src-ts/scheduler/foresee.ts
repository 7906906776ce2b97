// Effects of the scheduler that the driver answers in its place, because the answer can be foreseen: who performs them
// goes on at once. Where somebody is queued, the scheduler hears of it later (`notices.ts`).

import { words } from '../mailbox'
import type { Program } from '../program'
import { Effect as EffectNumber, Pushed, Settlement, Word } from '../protocol'
import { countEffect } from '../rows'
import type { Run, Todo } from '../run-state'
import { isAlone, waitAlone } from './alone'
import { ISOLATED } from './effects/spawn'
import { haveRoom, noteCancelled, noteSettled, noteSpawned } from './notices'
import { answer } from './parking'
import type { OwnPromise } from './promises'
import { answerFrom, newTask, settlePromise } from './schedule'
import { areScopesOpen } from './structured'
import { PENDING, type Waitable } from './waitable'

/** The answer cannot be foreseen: the scheduler must be asked. */
export const UNFORESEEN = 0

/** Answers an effect that the scheduler of the scope would take, if the answer can be foreseen. */
export function foresee(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  // Whoever was woken from outside is queued first.
  if (run.inbox.length > 0 || !haveRoom()) return UNFORESEEN
  switch (effect.type?.id) {
    case EffectNumber.WAIT:
      return wait(run, effect.a as Waitable)
    case EffectNumber.SPAWN:
      return spawn(run, effect)
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

function wait(run: Run, waitable: Waitable): Todo | typeof UNFORESEEN {
  if (waitable.standing !== PENDING) {
    countEffect()
    return answerFrom(run, waitable)
  }
  const isOutside = waitable.extra?.outside !== undefined && waitable.owner === run.token
  // With a name, somebody else waits for it as well.
  if (!isOutside || waitable.generation !== 0 || !isAlone(run)) return UNFORESEEN
  countEffect()
  return waitAlone(run, waitable)
}

function spawn(run: Run, effect: Program): Todo | typeof UNFORESEEN {
  const options = effect.c as number
  // A `Scope` around it, and the stores that it would copy, are the machine's to find.
  if ((words[Word.SPAWNS] as number) <= 0 || options & ISOLATED || areScopesOpen() || !isWhereLeft()) return UNFORESEEN
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
  countEffect()
  return answer(run, undefined)
}

function complete(run: Run, effect: Program, how: Settlement): Todo | typeof UNFORESEEN {
  const { future } = effect.a as OwnPromise
  if (future.standing === PENDING && future.owner !== run.token) return UNFORESEEN
  countEffect()
  if (future.standing === PENDING && future.generation !== 0) noteSettled(future, how === Settlement.THREW)
  return settlePromise(run, effect, how)
}
