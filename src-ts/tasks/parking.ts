// How an effect of the scheduler is answered: at once, with an error, or when what its task parks on is settled.

import { words } from '../wire/mailbox'
import type { Program } from '../language/program'
import { Op, Word, type Code, type Until } from '../wire/protocol'
import { Here, type Run, type Todo } from '../machine/run'
import { isAlone, waitAlone } from './alone'
import { armDeadlines } from '../machine/deadline'
import { foreign } from './subject'
import type { Waitable } from '../language/waitable'

/** Answers the performer in place. */
export function answer(run: Run, value: unknown): Todo {
  run.register = value
  return Here.NEXT
}

/** Throws at the performer. */
export function refuse(run: Run, error: unknown): Todo {
  run.register = error
  return Here.THROW
}

/** As many waitables as are offered at a time. */
const MOST_OFFERED = 256

/** The task under way parks on all of these. @throws InvalidWaitableError when one is of another VM or run. */
export function park(run: Run, effect: Program, waitables: readonly Waitable[], until: Until): Code {
  if (run.unarmed.length > 0) armDeadlines(run)
  const { machine, token } = run
  for (let at = 0; at < waitables.length; at++) {
    const waitable = waitables[at] as Waitable
    if (waitable.owner !== token) throw foreign(waitable)
  }
  let offered = 0
  for (let at = 0; at < waitables.length; at++) {
    const waitable = waitables[at] as Waitable
    waitable.observed = true
    waitable.waiter = 0
    if (waitable.kind !== 'Task') {
      machine.register = waitable
      machine.send4(Op.WATCH, waitable.index, waitable.generation, waitable.extra?.outside === undefined ? 0 : 1, 0)
    } else {
      if (offered === MOST_OFFERED) offered = offer(run, offered)
      named[2 * offered] = waitable.index
      named[2 * offered + 1] = waitable.generation
      offered++
    }
  }
  machine.register = effect
  write(offered)
  return machine.send2(Op.PARK, until, 0)
}

/** What is offered next. Not in the mailbox yet, where the outcome of another command would overwrite it. */
const named = new Int32Array(2 * MOST_OFFERED)

function write(offered: number): void {
  for (let at = 0; at < 2 * offered; at++) words[Word.LISTING + at] = named[at] as number
  words[Word.LISTING_COUNT] = 2 * offered
}

function offer(run: Run, offered: number): 0 {
  write(offered)
  run.machine.send(Op.WATCH_OFFERED)
  return 0
}

/** The task under way parks on something outside. */
export function parkOutside(run: Run, waitable: Waitable): Todo {
  if (isAlone(run)) return waitAlone(run, waitable)
  if (run.unarmed.length > 0) armDeadlines(run)
  run.machine.register = waitable
  return run.machine.send(Op.WAIT_OUTSIDE)
}
