// Clauses at work: the user's functions behind `fun`, `ctl`, `raw` and catch-all clauses.

import { callWithPayload, generatorOf, startClause } from './call'
import { Continuation } from './continuation'
import type { Clause } from './handler'
import { words, word } from './mailbox'
import type { Program } from './program'
import { Op, Word } from './protocol'
import { Here, type Run, type Todo } from './run-state'
import type { Slots } from './slots'
import { frameLink, noteLeaving } from './trace'

/** The clause that the last outcome names. */
export function clauseNamed(slots: Slots): Clause {
  return slots.handlers[words[Word.X] as number]?.clauses[words[Word.Y] as number] as Clause
}

/** The answer of a `fun` clause. @throws what the clause throws. */
export function answerFun(clause: Clause, effect: Program): unknown {
  return callWithPayload(clause.run as () => unknown, effect)
}

/** A `fun` clause threw: the error goes to where its handler was installed. */
export function failFun(run: Run, clause: Clause, error: unknown): Todo {
  noteLeaving(error, frameLink(clause))
  run.register = error
  return run.machine.send(Op.FUN_THREW)
}

/** A `fun` clause answered with a program: it runs outside of the handler, and its result is the answer. */
export function performOutside(run: Run, clause: Clause, program: Program<unknown, unknown>): Todo {
  try {
    run.beginning = generatorOf(program)
  } catch (error) {
    return failFun(run, clause, error)
  }
  run.origin = program
  return run.machine.send(Op.FUN_PROGRAM)
}

/** Starts a clause that takes the continuation, in a frame of its own. */
export function startCtl(run: Run, effect: Program): Todo {
  const { machine } = run
  const { slots } = machine
  const clause = clauseNamed(slots)
  const slot = word(Word.Z)
  const k = new Continuation(run, word(Word.W), word(Word.V), effect, clause)
  try {
    run.generator = slots.generators[slot] = startClause(clause, k, effect)
  } catch (error) {
    noteLeaving(error, frameLink(k))
    run.register = error
    return machine.send(Op.THROW)
  }
  slots.origins[slot] = k
  run.slot = slot
  run.register = undefined
  return Here.NEXT
}
