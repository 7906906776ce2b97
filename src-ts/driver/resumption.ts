// Using continuations: resuming, discontinuing and delegating, with the checks that a user's mistake meets.

import { Continuation, Standing } from '../language/continuation'
import { InvalidContinuationError, InvalidYieldError } from '../messages/errors'
import { contextError, continuationError, foreignError, lastFault, usedError } from '../machine/faults'
import { word } from '../wire/mailbox'
import { isThrow, Kind, nameOfKind, Program } from '../language/program'
import { Code, Op, Word, type Position } from '../wire/protocol'
import type { Run, Todo } from '../machine/run'
import { show } from '../messages/show'
import { yieldedProgram } from '../language/yielded'

/** Resumes the continuation that the primitive names, by value or by error. @throws when it cannot be used. */
export function resume(run: Run, primitive: Program<unknown, unknown>, position: Position, user: unknown): Todo {
  const { kind } = primitive
  const k = ownContinuation(run, primitive.a, kind)
  const throws = isThrow(kind) ? 1 : 0
  run.register = primitive.b
  const { machine } = run
  const code = machine.send4(Op.RESUME, Continuation.indexOf(k), Continuation.generationOf(k), throws, position)
  return consumed(code, k, kind, user)
}

/** Closes the frames of the continuation that the primitive names. @throws when it cannot be used. */
export function discontinue(run: Run, primitive: Program<unknown, unknown>, user: unknown): Todo {
  const k = ownContinuation(run, primitive.a, Kind.DISCONTINUE)
  return consumed(
    run.machine.send2(Op.DISCONTINUE, Continuation.indexOf(k), Continuation.generationOf(k)),
    k,
    Kind.DISCONTINUE,
    user,
  )
}

/** Declines for the clause under way. @throws NoHandlerContextError outside of one. */
export function delegate(run: Run, primitive: Program<unknown, unknown>, position: Position, user: unknown): Todo {
  const k = callsite(run, 'Delegate')
  run.register = primitive.b === true ? effectToDelegate(primitive.a) : Continuation.effectOf(k)
  return consumed(run.machine.send2(Op.DELEGATE, position, 0), k, Kind.DELEGATE, user)
}

/** The continuation of the clause under way. @throws NoHandlerContextError when there is none. */
export function callsite(run: Run, asked: string): Continuation {
  if (run.machine.send(Op.GET_CONTINUATION) === Code.FAULT) throw contextError(asked)
  return run.machine.slots.origins[word(Word.X)] as Continuation
}

/** Notes the first use, in the frame that came from `user`; a refusal is thrown. */
export function consumed(code: Code, k: Continuation, use: Kind, user: unknown): Todo {
  if (code === Code.FAULT) throw continuationError(lastFault(), nameOfKind(use), k)
  Continuation.consume(k, use, user)
  return code
}

/** A continuation of this run. @throws InvalidContinuationError, ForeignContinuationError when `x` is none. */
export function ownContinuation(run: Run, x: unknown, use: Kind): Continuation {
  const standing = Continuation.standing(x, run)
  if (standing === Standing.OWN) {
    if (Continuation.useOf(x as Continuation) === undefined) return x as Continuation
    throw usedError(nameOfKind(use), x as Continuation)
  }
  const asked = nameOfKind(use)
  if (standing === Standing.NO_CONTINUATION) {
    throw new InvalidContinuationError(`${asked} takes a continuation, not ${show(x)}.`)
  }
  throw foreignError(asked, standing === Standing.OTHER_RUN)
}

function effectToDelegate(x: unknown): Program<unknown, unknown> {
  const program = x instanceof Program ? (x as Program<unknown, unknown>) : yieldedProgram(x)
  if (program.type === null) throw new InvalidYieldError(`Delegate takes an effect, not ${show(x)}.`)
  return program
}
