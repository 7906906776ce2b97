// Control primitives, as they are carried out: yielded ones by `performPrimitive`, returned ones by `performTail`.

import { uncapturedAt } from '../machine/frames'
import { catchUp } from '../machine/journal'
import { generatorOf, performing } from '../language/call'
import { resumeAndWait, resumeUncaptured } from './clauses'
import { Continuation, type Origin } from '../language/continuation'
import { enter } from '../machine/enter'
import { AsyncInSyncRunError, InvalidYieldError } from '../messages/errors'
import { continuationError, lastFault } from '../machine/faults'
import { failFrame } from './closing'
import { instanceOf, type Handler } from '../language/handler'
import { map, type AnyGenerator } from '../builtins/intrinsics'
import { word, words } from '../wire/mailbox'
import { Kind, type Program } from '../language/program'
import { Code, Op, Position, Word } from '../wire/protocol'
import { callsite, consumed, delegate, discontinue, ownContinuation, resume } from './resumption'
import { Here, Status, type Run, type Todo } from '../machine/run'
import { enterRegion } from '../tasks/regions'
import { show } from '../messages/show'
import type { TraceLink } from '../language/trace'

/** Carries out a yielded program that is not one of the loop's own kinds. @throws what is to be thrown at the yield. */
export function performPrimitive(run: Run, program: Program<unknown, unknown>): Todo {
  const user = run.machine.slots.origins[run.slot]
  switch (program.kind) {
    case Kind.RESUME:
    case Kind.RESUME_THROW: {
      // In a task, it may be that the result belongs to nobody; the machine knows.
      const inherits = words[Word.INHERITS] !== 0 || words[Word.CHILDREN] !== 0
      const at = inherits ? 0 : uncapturedAt(run, program.a, run.slot)
      if (at !== 0) return resumeAndWait(run, at, program.a as Continuation, program)
      return resume(run, program, Position.NON_TAIL, user)
    }
    case Kind.TRANSFER:
    case Kind.TRANSFER_THROW:
      return resume(run, program, Position.CLOSING, user)
    case Kind.DISCONTINUE:
      return discontinue(run, program, user)
    case Kind.DELEGATE:
      return delegate(run, program, Position.CLOSING, user)
    case Kind.GET_CONTINUATION:
      return answer(run, callsite(run, 'GetContinuation'))
    case Kind.GET_HANDLERS:
      return answer(run, handlersInScope(run))
    case Kind.CREATE_CONTINUATION:
      return createContinuation(run, program.a)
    case Kind.RESUME_CONTINUATION:
      return isUnstarted(program.a)
        ? startContinuation(run, program.a, user)
        : resume(run, program, Position.NON_TAIL, user)
    case Kind.ASYNC_ESCAPE:
      return escape(run, program.a)
    case Kind.GET_TRACEBACK:
      return answer(run, traceback(run, program.a))
    case Kind.TIMEOUT:
    case Kind.SCOPE:
    case Kind.CANCEL_SCOPE:
    case Kind.SHIELD:
    case Kind.RESTORE:
    case Kind.FORM:
    case Kind.CHILD:
    case Kind.JOIN:
      return enterRegion(run, program)
    case Kind.FAIL:
      run.register = program.a
      return Here.THROW
    case Kind.TAIL:
      throw new InvalidYieldError('Tail(program) is returned, not yielded: write return Tail(program).')
    case Kind.VALUE:
    case Kind.PURE:
      return answer(run, program.a)
    case Kind.CUSTOM:
    case Kind.WITH:
    case Kind.WITH_HANDLER:
      return enter(run, program, run.slot)
    default:
      throw new InvalidYieldError('A program yielded what looks like a program and is none: make programs with Do(…).')
  }
}

/** Carries out a returned control primitive; the generator in `slot` has ended, its frame has not. */
export function performTail(run: Run, primitive: Program<unknown, unknown>, slot: number, origin: unknown): Todo {
  try {
    switch (primitive.kind) {
      case Kind.PURE:
        run.register = primitive.a
        return run.machine.send(Op.RETURN)
      case Kind.RESUME:
      case Kind.TRANSFER:
      case Kind.RESUME_THROW:
      case Kind.TRANSFER_THROW: {
        const at = uncapturedAt(run, primitive.a, slot)
        if (at !== 0) return resumeUncaptured(run, at, primitive.a as Continuation, primitive)
        return resume(run, primitive, Position.TAIL, origin)
      }
      case Kind.RESUME_CONTINUATION:
        if (isUnstarted(primitive.a)) return replaceFrame(run, slot, origin, performing(primitive))
        return resume(run, primitive, Position.TAIL, origin)
      case Kind.DELEGATE:
        return delegateTail(run, primitive, slot, origin)
      case Kind.TAIL:
        return replaceFrame(run, slot, origin, generatorOf(primitive.a as Program))
      case Kind.FAIL:
        run.machine.slots.origins[slot] = origin
        return failFrame(run, slot, primitive.a)
      default:
        // The others need the frame as a place to be performed from; what they answer is the frame's result.
        return replaceFrame(run, slot, origin, performing(primitive))
    }
  } catch (error) {
    run.register = error
    return run.machine.send(Op.THROW)
  }
}

function delegateTail(run: Run, primitive: Program<unknown, unknown>, slot: number, origin: unknown): Todo {
  const { origins } = run.machine.slots
  // The machine still has the frame, and asks for its clause by the slot.
  origins[slot] = origin
  try {
    return delegate(run, primitive, Position.TAIL, origin)
  } finally {
    origins[slot] = undefined
  }
}

/** A tail call: another generator goes on in the same frame. */
function replaceFrame(run: Run, slot: number, origin: unknown, generator: AnyGenerator): Todo {
  const { slots } = run.machine
  slots.origins[slot] = origin
  run.slot = slot
  slots.generators[slot] = generator
  run.register = undefined
  return Here.NEXT
}

/** Answers the yielder in place. */
function answer(run: Run, value: unknown): Todo {
  run.register = value
  return Here.NEXT
}

/** The handlers in scope, as values that can be installed again during this run. */
function handlersInScope(run: Run): Handler[] {
  const { machine, runNumber } = run
  return map(machine.handlersInScope(true), ({ number, handler }) => {
    if (handler?.native === undefined && handler !== undefined) return handler
    if (handler?.native?.bound !== undefined) return handler
    return instanceOf(machine, runNumber, number, handler)
  })
}

/** What unstarted continuations are said to be captured for, in messages. */
const UNSTARTED: Origin = { owner: 'CreateContinuation', type: { name: 'the program' } }

function createContinuation(run: Run, program: unknown): Todo {
  run.machine.send(Op.CREATE_CONTINUATION)
  return answer(run, new Continuation(run, word(Word.X), word(Word.Y), program, UNSTARTED))
}

function isUnstarted(k: unknown): k is Continuation {
  return Continuation.hasOrigin(k, UNSTARTED)
}

function startContinuation(run: Run, x: Continuation, user: unknown): Todo {
  const k = ownContinuation(run, x, Kind.RESUME_CONTINUATION)
  const program = Continuation.effectOf(k) as Program
  run.register = undefined
  const code = run.machine.send2(Op.START_CONTINUATION, Continuation.indexOf(k), Continuation.generationOf(k))
  consumed(code, k, Kind.RESUME_CONTINUATION, user)
  return enter(run, program)
}

/** Leaves the run waiting for the outside. */
function escape(run: Run, action: unknown): Todo {
  if (!run.mayWait) {
    throw new AsyncInSyncRunError('AsyncEscape needs an asynchronous run: use runAsync(program) or vm.stepOnce().')
  }
  if (typeof action !== 'function') throw new InvalidYieldError(`AsyncEscape takes a function, not ${show(action)}.`)
  run.awaited = action as (signal: AbortSignal) => unknown
  run.contexts?.pause()
  return run.end(Status.WAITING)
}

function traceback(run: Run, x: unknown): TraceLink[] {
  const { machine } = run
  if (x === undefined) return machine.chain()
  // The listing names the continuation by its words, so it must have them.
  catchUp()
  const k = ownContinuation(run, x, Kind.GET_TRACEBACK)
  const code = machine.send2(Op.CHAIN, Continuation.indexOf(k), Continuation.generationOf(k))
  if (code === Code.FAULT) throw continuationError(lastFault(), 'GetTraceback', k)
  return machine.chainLinks()
}
