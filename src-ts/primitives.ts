// Control primitives, as they are carried out: yielded ones by `performPrimitive`, returned ones by `performTail`.

import { generatorOf, performing } from './call'
import { Continuation, type ContinuationParts, type Origin } from './continuation'
import { enter } from './enter'
import { AsyncInSyncRunError, InvalidContinuationError, InvalidYieldError } from './errors'
import { continuationError, contextError, foreignError, lastFault } from './faults'
import { instanceOf, type Handler } from './handler'
import { word } from './mailbox'
import { Kind, nameOfKind, Program } from './program'
import { Code, Op, Position, Word } from './protocol'
import { Here, Status, type Run, type Todo } from './run-state'
import { show } from './show'
import type { TraceLink } from './trace'
import { yieldedProgram } from './yielded'

/** Carries out a yielded program that is not one of the loop's own kinds. @throws what is to be thrown at the yield. */
export function performPrimitive(run: Run, program: Program<unknown, unknown>): Todo {
  switch (program.kind) {
    case Kind.RESUME:
    case Kind.RESUME_THROW:
      return resume(run, program, Position.NON_TAIL)
    case Kind.TRANSFER:
    case Kind.TRANSFER_THROW:
      return resume(run, program, Position.CLOSING)
    case Kind.DISCONTINUE:
      return discontinue(run, program)
    case Kind.DELEGATE:
      return delegate(run, program, Position.CLOSING)
    case Kind.GET_CONTINUATION:
      return answer(run, callsite(run, 'GetContinuation'))
    case Kind.GET_HANDLERS:
      return answer(run, handlersInScope(run))
    case Kind.CREATE_CONTINUATION:
      return createContinuation(run, program.a)
    case Kind.RESUME_CONTINUATION:
      return isUnstarted(program.a) ? startContinuation(run, program.a) : resume(run, program, Position.NON_TAIL)
    case Kind.ASYNC_ESCAPE:
      return escape(run, program.a)
    case Kind.GET_TRACEBACK:
      return answer(run, traceback(run, program.a))
    case Kind.TAIL:
      throw new InvalidYieldError('Tail(program) is returned, not yielded: write return Tail(program).')
    default:
      return enter(run, program)
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
      case Kind.TRANSFER_THROW:
        return resume(run, primitive, Position.TAIL)
      case Kind.RESUME_CONTINUATION:
        if (isUnstarted(primitive.a)) return replaceFrame(run, slot, origin, performing(primitive))
        return resume(run, primitive, Position.TAIL)
      case Kind.DELEGATE:
        return delegate(run, primitive, Position.TAIL)
      case Kind.TAIL:
        return replaceFrame(run, slot, origin, generatorOf(primitive.a as Program))
      default:
        // The others need the frame as a place to be performed from; what they answer is the frame's result.
        return replaceFrame(run, slot, origin, performing(primitive))
    }
  } catch (error) {
    run.register = error
    return run.machine.send(Op.THROW)
  }
}

/** A tail call: another generator goes on in the same frame. */
function replaceFrame(run: Run, slot: number, origin: unknown, generator: Run['generator']): Todo {
  const { slots } = run.machine
  slots.origins[slot] = origin
  run.slot = slot
  run.generator = slots.generators[slot] = generator
  run.register = undefined
  return Here.NEXT
}

function resume(run: Run, primitive: Program<unknown, unknown>, position: Position): Todo {
  const asked = nameOfKind(primitive.kind)
  const k = continuationOf(run, primitive.a, asked)
  const throws = primitive.kind === Kind.RESUME_THROW || primitive.kind === Kind.TRANSFER_THROW
  run.register = primitive.b
  const code = run.machine.send4(Op.RESUME, k.index, k.generation, throws ? 1 : 0, position)
  return consumed(code, primitive.a, k, asked)
}

function discontinue(run: Run, primitive: Program<unknown, unknown>): Todo {
  const k = continuationOf(run, primitive.a, 'Discontinue')
  return consumed(run.machine.send2(Op.DISCONTINUE, k.index, k.generation), primitive.a, k, 'Discontinue')
}

/** Notes the first use; a refusal is thrown. */
function consumed(code: Code, k: unknown, parts: ContinuationParts, asked: string): Todo {
  if (code === Code.FAULT) throw continuationError(lastFault(), asked, parts)
  Continuation.consume(k as Continuation, asked)
  return code
}

/** The parts of a continuation of this run. @throws InvalidContinuationError, ForeignContinuationError. */
function continuationOf(run: Run, k: unknown, asked: string): ContinuationParts {
  const parts = Continuation.read(k)
  if (parts === undefined) throw new InvalidContinuationError(`${asked} takes a continuation, not ${show(k)}.`)
  if (parts.owner !== run) throw foreignError(asked, false)
  if (parts.run !== run.runNumber) throw foreignError(asked, true)
  return parts
}

/** The continuation of the clause under way. @throws NoHandlerContextError when there is none. */
function callsite(run: Run, asked: string): Continuation {
  if (run.machine.send(Op.GET_CONTINUATION) === Code.FAULT) throw contextError(asked)
  return run.machine.slots.origins[word(Word.X)] as Continuation
}

function delegate(run: Run, primitive: Program<unknown, unknown>, position: Position): Todo {
  const k = callsite(run, 'Delegate')
  const parts = continuationOf(run, k, 'Delegate')
  run.register = primitive.b === true ? effectToDelegate(primitive.a) : Continuation.effectOf(k)
  return consumed(run.machine.send2(Op.DELEGATE, position, 0), k, parts, 'Delegate')
}

function effectToDelegate(x: unknown): Program<unknown, unknown> {
  const program = x instanceof Program ? (x as Program<unknown, unknown>) : yieldedProgram(x)
  if (program.type === null) throw new InvalidYieldError(`Delegate takes an effect, not ${show(x)}.`)
  return program
}

/** Answers the yielder in place. */
function answer(run: Run, value: unknown): Todo {
  run.register = value
  return Here.NEXT
}

/** The handlers in scope, as values that can be installed again during this run. */
function handlersInScope(run: Run): Handler[] {
  const { machine, runNumber } = run
  return machine.handlersInScope().map(({ number, handler }) => {
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
  return Continuation.read(k)?.origin === UNSTARTED
}

function startContinuation(run: Run, k: Continuation): Todo {
  const parts = continuationOf(run, k, 'ResumeContinuation')
  run.register = undefined
  consumed(run.machine.send2(Op.START_CONTINUATION, parts.index, parts.generation), k, parts, 'ResumeContinuation')
  return enter(run, Continuation.effectOf(k) as Program)
}

/** Leaves the run waiting for the outside. */
function escape(run: Run, action: unknown): Todo {
  if (!run.mayWait) {
    throw new AsyncInSyncRunError('AsyncEscape needs an asynchronous run: use runAsync(program) or vm.stepOnce().')
  }
  if (typeof action !== 'function') throw new InvalidYieldError(`AsyncEscape takes a function, not ${show(action)}.`)
  run.awaited = action as () => unknown
  return run.end(Status.WAITING)
}

function traceback(run: Run, k: unknown): TraceLink[] {
  const { machine } = run
  if (k === undefined) return machine.chain()
  const parts = continuationOf(run, k, 'GetTraceback')
  const code = machine.send2(Op.CHAIN, parts.index, parts.generation)
  if (code === Code.FAULT) throw continuationError(lastFault(), 'GetTraceback', parts)
  return machine.chainLinks()
}
