// Clauses at work: the user's functions behind `fun`, `ctl`, `raw` and catch-all clauses.

import { captureLater, captureNever, claim } from './ahead'
import { callWithPayload, generatorOf, startClause } from './call'
import { Continuation } from './continuation'
import type { Clause } from './handler'
import { words, word } from './mailbox'
import { isThrow, type Program } from './program'
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

/** Starts a clause that takes the continuation, in the frame that the machine has pushed for it. */
export function startCtl(run: Run, effect: Program): Todo {
  const clause = clauseNamed(run.machine.slots)
  const k = new Continuation(run, word(Word.W), word(Word.V), effect, clause)
  return startIn(run, word(Word.Z), clause, k, effect)
}

/** Starts a clause that takes the continuation; the machine hears of it, and captures, with the next command. */
export function startLate(run: Run, effect: Program): Todo {
  const { machine } = run
  const clause = clauseNamed(machine.slots)
  if (run.lease.length === 0) run.lease = machine.lease()
  const slot = run.lease.pop() as number
  const k = new Continuation(run, 0, 0, effect, clause)
  claim(machine.vm)
  captureLater(slot, k)
  return startIn(run, slot, clause, k, effect)
}

function startIn(run: Run, slot: number, clause: Clause, k: Continuation, effect: Program): Todo {
  const { generators, origins } = run.machine.slots
  try {
    run.generator = generators[slot] = startClause(clause, k, effect)
  } catch (error) {
    noteLeaving(error, frameLink(k))
    run.register = error
    return run.machine.send(Op.THROW)
  }
  origins[slot] = k
  run.slot = slot
  run.register = undefined
  return Here.NEXT
}

/** The clause in `slot` has resumed its continuation at once, in tail position: the performer goes on. */
export function resumeUncaptured(run: Run, slot: number, k: Continuation, primitive: Program<unknown, unknown>): Todo {
  captureNever()
  Continuation.consume(k, primitive.kind, k)
  run.lease.push(slot)
  run.slot = run.performer
  run.generator = run.machine.slots.generators[run.slot]
  run.register = primitive.b
  return isThrow(primitive.kind) ? Here.THROW : Here.NEXT
}
