// Clauses at work: the user's functions behind `fun`, `ctl`, `raw` and catch-all clauses.

import { captureNever, push, pushClause, waitBelow } from '../machine/frames'
import { callWithPayload, generatorOf, startClause } from '../language/call'
import { Continuation } from '../language/continuation'
import { InPlace } from '../language/in-place'
import { enter } from '../machine/enter'
import { watchKept } from './dropped'
import type { Clause } from '../language/clause'
import { words, word } from '../wire/mailbox'
import { isThrow, type Program } from '../language/program'
import { Clause as ClauseKind, Deed, Op, Scope, Word } from '../wire/protocol'
import { Here, type Run, type Todo } from '../machine/run'
import type { AnyGenerator } from '../builtins/intrinsics'
import type { Slots } from '../machine/slots'
import { frameLink, noteLeaving } from '../language/trace'

/** The clause that the last outcome names. */
export function clauseNamed(slots: Slots): Clause {
  return slots.handlers[words[Word.X] as number]?.clauses[words[Word.Y] as number] as Clause
}

/** The answer of a `fun` clause. @throws what the clause throws. */
export function answerFun(clause: Clause, effect: Program): unknown {
  return callWithPayload(clause.run as () => unknown, effect)
}

/** A `fun` clause threw: the error is the performer's. */
export function failFun(run: Run, clause: Clause, error: unknown): Todo {
  noteLeaving(error, frameLink(clause))
  run.register = error
  return Here.THROW
}

/**
 * A `fun` clause answered with a program: it runs in place, in the scope outside of the handler; that of a scoped effect in the
 * scope of the performer. Its result is the answer.
 */
export function performInPlace(run: Run, clause: Clause, effect: Program, program: Program<unknown, unknown>): Todo {
  if (clause.isScoped) return enter(run, program)
  try {
    run.beginning = generatorOf(program)
  } catch (error) {
    return failFun(run, clause, error)
  }
  run.origin = new InPlace(program, effect)
  return run.machine.send(Op.FUN_PROGRAM)
}

/** Starts a clause that takes the continuation, in the frame that the machine has pushed for it. */
export function startCtl(run: Run, effect: Program): Todo {
  const clause = clauseNamed(run.machine.slots)
  const k = new Continuation(run, word(Word.W), word(Word.V), effect, clause)
  return startIn(run, word(Word.Z), clause, k, effect)
}

/** The clause that the last outcome names is started; the machine captures for it with the next command. */
export function startLate(run: Run, effect: Program): Todo {
  // Where the clause runs is not known here: it asks who takes what it performs.
  return startAhead(run, effect, clauseNamed(run.machine.slots), Scope.UNKNOWN)
}

/** Starts a clause that takes the continuation, seen from the scope `outside`; the machine hears of it later. */
export function startAhead(run: Run, effect: Program<unknown, unknown>, clause: Clause, outside: number): Todo {
  const k = pushClause(run, effect, outside, clause)
  return startIn(run, run.slot, clause, k, effect as Program)
}

function startIn(run: Run, slot: number, clause: Clause, k: Continuation, effect: Program): Todo {
  const { generators, origins, belows } = run.machine.slots
  belows[slot] = 0
  try {
    const generator = startClause(clause, k, effect)
    const mayKeep = clause.kind === ClauseKind.RAW && run.conductor !== undefined
    generators[slot] = mayKeep ? watchKept(run, k, generator) : generator
  } catch (error) {
    noteLeaving(error, frameLink(k))
    run.left = k
    run.register = error
    return run.machine.send(Op.THROW)
  }
  origins[slot] = k
  run.slot = slot
  run.register = undefined
  return Here.NEXT
}

/** As {@link performInPlace}, of a clause that the driver called without asking: the machine hears of it later. */
export function answerInPlace(
  run: Run,
  clause: Clause,
  effect: Program<unknown, unknown>,
  outside: number,
  program: Program<unknown, unknown>,
): Todo {
  if (clause.isScoped) return enter(run, program, run.slot)
  let generator: AnyGenerator
  try {
    generator = generatorOf(program)
  } catch (error) {
    return failFun(run, clause, error)
  }
  const { generators, origins } = run.machine.slots
  const slot = push(run, (effect.type?.id ?? 0) * 16 + Deed.IN_PLACE, run.slot)
  words[Word.SCOPE] = outside
  run.slot = slot
  generators[slot] = generator
  origins[slot] = new InPlace(program, effect)
  run.register = undefined
  return Here.NEXT
}

/** The clause on top has resumed its continuation at once, in tail position: the performer goes on. */
export function resumeUncaptured(run: Run, at: number, k: Continuation, primitive: Program<unknown, unknown>): Todo {
  Continuation.consume(k, primitive.kind, k)
  return goOn(run, captureNever(run, at), primitive)
}

/** The clause on top has resumed its continuation at once, and waits for the result: the performer goes on. */
export function resumeAndWait(run: Run, at: number, k: Continuation, primitive: Program<unknown, unknown>): Todo {
  Continuation.consume(k, primitive.kind, k)
  return goOn(run, waitBelow(at), primitive)
}

function goOn(run: Run, performer: number, primitive: Program<unknown, unknown>): Todo {
  run.slot = performer
  run.register = primitive.b
  return isThrow(primitive.kind) ? Here.THROW : Here.NEXT
}
