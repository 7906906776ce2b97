// How an effect of the scheduler is answered: at once, with an error, or when what its task parks on is settled.

import { words } from '../mailbox'
import type { Program } from '../program'
import { Flag, Op, Word, type Code, type Until } from '../protocol'
import { Here, type Run, type Todo } from '../run-state'
import { foreign } from './subject'
import type { Waitable } from './waitable'

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

/** The task under way will wait for this too. */
export function watch(run: Run, waitable: Waitable): void {
  if (waitable.machine !== run.machine || waitable.runNumber !== run.runNumber) throw foreign(waitable)
  waitable.observed = true
  const { machine } = run
  machine.register = waitable
  machine.send4(Op.WATCH, waitable.index, waitable.generation, waitable.outside === undefined ? 0 : 1, 0)
  if ((words[Word.FLAGS] as number) & Flag.NAMED && waitable.outside?.ref === true) run.refs++
}

/** The task under way parks on what it watches. */
export function park(run: Run, effect: Program, until: Until): Code {
  run.machine.register = effect
  return run.machine.send2(Op.PARK, until, 0)
}
