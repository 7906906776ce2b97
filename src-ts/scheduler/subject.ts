// What an effect of the scheduler is about, as three words in the mailbox: the name of a task, a promise or a semaphore,
// or the options of a task.

import { InvalidWaitableError } from '../errors'
import { words } from '../mailbox'
import type { Program } from '../program'
import { Effect as EffectNumber, Word } from '../protocol'
import type { Run } from '../run-state'
import { drainInbox } from './inbox'
import { Semaphore } from './semaphore'
import { PENDING, type Waitable } from './waitable'

/** Writes them, before the effect is performed. @throws InvalidWaitableError when it is of another VM or run. */
export function nameSubject(run: Run, effect: Program<unknown, unknown>): void {
  // Tasks may be switched here, so whoever was woken from outside joins the queue now.
  if (run.inbox.length > 0) drainInbox(run)
  const type = effect.type?.id
  if (type === EffectNumber.YIELD) return
  if (type === EffectNumber.SPAWN) {
    words[Word.SUBJECT] = effect.c as number
    return
  }
  const subject = effect.a as Waitable | Semaphore
  const isOwn = subject.machine === run.machine && subject.runNumber === run.runNumber
  if (subject instanceof Semaphore) {
    if (!isOwn) throw foreign(subject)
    words[Word.SUBJECT + 2] = subject.permits
  } else if (!isOwn) {
    if (subject.standing === PENDING) throw foreign(subject)
    // It has ended; its name means nothing here.
    words[Word.SUBJECT + 1] = 0
    return
  }
  words[Word.SUBJECT] = subject.index
  words[Word.SUBJECT + 1] = subject.generation
}

/** The error for what belongs elsewhere. */
export function foreign(subject: Waitable | Semaphore): InvalidWaitableError {
  return new InvalidWaitableError(`${String(subject)} belongs to another VM or to a run that is over.`)
}
