// What an effect of the scheduler is about, as three words in the mailbox: the name of a task, a promise or a semaphore,
// or the options of a task.

import { InvalidWaitableError } from '../messages/errors'
import { words } from '../wire/mailbox'
import type { Program } from '../language/program'
import { Effect as EffectNumber, Word } from '../wire/protocol'
import type { Run } from '../machine/run'
import { armDeadlines } from '../machine/deadline'
import { drainInbox } from './inbox'
import { Semaphore } from '../machine/semaphore'
import { PENDING, type VmPromise, type Waitable } from '../language/waitable'

/** The flags of a `Wait`: it is pending; it is settled from outside. */
const IS_PENDING = 1
const IS_OUTSIDE = 2

/** Writes them, before the effect is performed. @throws InvalidWaitableError when it is of another VM or run. */
export function nameSubject(run: Run, effect: Program<unknown, unknown>): void {
  // Tasks may be switched here, so whoever was woken from outside joins the queue now.
  if (run.inbox.length > 0) drainInbox(run)
  const type = effect.type?.id as EffectNumber
  if (run.unarmed.length > 0 && maySuspend(type)) armDeadlines(run)
  if (type === EffectNumber.YIELD) return
  if (type === EffectNumber.SPAWN) {
    words[Word.SUBJECT] = effect.c as number
    return
  }
  const isSettling = type === EffectNumber.COMPLETE_PROMISE || type === EffectNumber.FAIL_PROMISE
  const subject = (isSettling ? (effect.a as VmPromise).future : effect.a) as Waitable | Semaphore
  if (subject instanceof Semaphore) {
    if (subject.owner !== run.token) throw foreign(subject)
    words[Word.SUBJECT + 2] = subject.permits
  } else {
    const isPending = subject.standing === PENDING
    if (isPending && subject.owner !== run.token) throw foreign(subject)
    words[Word.SUBJECT + 2] = isPending
      ? subject.extra?.outside === undefined
        ? IS_PENDING
        : IS_PENDING | IS_OUTSIDE
      : 0
    if (!isPending) {
      // It has ended; its name means nothing any more, perhaps not even in this VM.
      words[Word.SUBJECT] = 0
      words[Word.SUBJECT + 1] = 0
      return
    }
    if (type === EffectNumber.WAIT) {
      subject.observed = true
      subject.waiter = 0
    }
  }
  words[Word.SUBJECT] = subject.index
  words[Word.SUBJECT + 1] = subject.generation
}

/** Whether its task may have to wait. */
function maySuspend(type: EffectNumber): boolean {
  return type === EffectNumber.WAIT || type === EffectNumber.YIELD || type === EffectNumber.ACQUIRE
}

/** The error for what belongs elsewhere. */
export function foreign(subject: Waitable | Semaphore): InvalidWaitableError {
  return new InvalidWaitableError(`${String(subject)} belongs to another VM or to a run that is over.`)
}
