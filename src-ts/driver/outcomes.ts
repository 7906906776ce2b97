// The rare outcomes: one function each. The common ones are in the loop of `loop.ts`.

import { types } from 'node:util'

import { callWithPayload, once } from '../language/call'
import { deliver, enter, fill, raise } from '../machine/enter'
import { escapedTask, lastFault, performError } from '../machine/faults'
import { map, type AnyGenerator } from '../builtins/intrinsics'
import { brokenMachine } from '../machine/machine'
import { word } from '../wire/mailbox'
import { closeFrames } from './closing'
import { forward } from '../tasks/perform'
import type { Program } from '../language/program'
import { Code, Op, Word } from '../wire/protocol'
import { Err, Ok } from '../language/result'
import { Here, Status, type Run, type Todo } from '../machine/run'
import {
  answerPerformer,
  breakDeadlock,
  idle,
  interrupted,
  next,
  noteLeftover,
  performAgain,
  performTask,
  spawned,
  startTask,
  woken,
} from '../tasks/task-outcomes'
import type { ScopeHandle } from '../machine/cancel-scope'
import type { Waitable } from '../language/waitable'
import { frameLink, noteLeaving } from '../language/trace'

/** Does what the outcome asks for; the operands are in the mailbox, the value in the register. */
export function obey(run: Run, code: Todo): Todo {
  switch (code) {
    case Code.VAL:
      return answerConstant(run)
    case Code.MODIFY:
      return modify(run)
    case Code.MODIFY_ABSENT:
      return modifyAbsent(run)
    case Code.OVERHEARD:
      return overhear(run)
    case Code.CLOSE:
      return closeFrames(run)
    case Code.FINAL:
      return callFinal(run)
    case Code.RETURNS:
      return callReturns(run)
    case Code.ENDED:
      return mapEnded(run)
    case Code.SEED:
      return enterSeeded(run)
    case Code.ENTER:
      return enter(run, (run.register as Program).a as Program)
    case Code.CAUGHT:
      return deliver(run, word(Word.X) === 1 ? Ok(run.register) : Err(run.register))
    case Code.FORWARD:
      return forward(run, word(Word.X), word(Word.Y), run.register as Program)
    case Code.FAULT:
      return raise(run, performError(run, lastFault(), run.register as Program))
    case Code.EXPIRED:
      return (run.machine.slots.values[word(Word.X)] as ScopeHandle).expire()
    case Code.ESCAPED:
      return escape(run)
    case Code.TASK:
      return performTask(run)
    case Code.SPAWNED:
      return spawned(run)
    case Code.START_TASK:
      return startTask(run)
    case Code.ANSWER:
      return answerPerformer(run)
    case Code.PERFORM:
      return performAgain(run)
    case Code.IDLE:
      return idle(run)
    case Code.DEADLOCK:
      return breakDeadlock(run)
    case Code.LEFTOVER:
      return noteLeftover(run)
    case Code.AGAIN:
      return next(run)
    case Here.WOKEN:
      return woken(run)
    case Here.INTERRUPTED:
      return interrupted(run)
    case Code.DONE:
      return run.end(Status.RETURNED)
    case Code.FAILED:
      return run.end(Status.THREW)
    default:
      throw brokenMachine(code)
  }
}

/** A clause of a handler that a task has inherited has ended without resuming the performer: the task fails. */
function escape(run: Run): Todo {
  const task = run.machine.slots.values[word(Word.X)] as Waitable | undefined
  return raise(run, escapedTask(run.left, task, run.register, word(Word.Y) === 1))
}

function answerConstant(run: Run): Todo {
  run.register = run.machine.slots.handlers[word(Word.X)]?.clauses[word(Word.Y)]?.run
  return Here.NEXT
}

/** `Modify` of a present key: the function's result replaces the value, the old value is the answer. */
function modify(run: Run): Todo {
  const { values } = run.machine.slots
  const slot = word(Word.X)
  const old = values[slot]
  try {
    values[slot] = ((run.register as Program).b as (old: unknown) => unknown)(old)
  } catch (error) {
    run.register = error
    return Here.THROW
  }
  run.register = old
  return Here.NEXT
}

function modifyAbsent(run: Run): Todo {
  const store = word(Word.X)
  const effect = run.register as Program
  try {
    run.machine.write(store, effect.a, (effect.b as (old: unknown) => unknown)(undefined))
  } catch (error) {
    run.register = error
    return Here.THROW
  }
  run.register = undefined
  return Here.NEXT
}

/** A Listen layer keeps the message, then the search goes on outside of it. */
function overhear(run: Run): Todo {
  const effect = run.register as Program
  run.machine.slots.values[word(Word.X)] = effect.a
  return run.machine.send2(Op.ONWARD, effect.type?.id ?? 0, 0)
}

/** Makes the call of a plain function `f`: its result, or its generator's result, is the frame's in `slot`. */
function callInSlot(run: Run, slot: number, origin: unknown, f: unknown, call: () => unknown): Todo {
  let result: unknown
  run.left = origin
  let isGenerator: boolean
  try {
    result = call()
    isGenerator = types.isGeneratorObject(result)
    if (isGenerator && !types.isGeneratorFunction(f)) once(result as object, frameLink(origin).name)
  } catch (error) {
    noteLeaving(error, frameLink(origin))
    run.register = error
    return run.machine.send(Op.THROW)
  }
  if (!isGenerator) {
    run.register = result
    return run.machine.send(Op.RETURN)
  }
  const { slots } = run.machine
  run.slot = slot
  slots.generators[slot] = result as AnyGenerator
  slots.belows[slot] = 0
  slots.origins[slot] = origin
  run.register = undefined
  return Here.NEXT
}

function callFinal(run: Run): Todo {
  const clause = run.machine.slots.handlers[word(Word.X)]?.clauses[word(Word.Y)]
  const effect = run.register as Program
  const f = clause?.run
  return callInSlot(run, word(Word.Z), clause, f, () => callWithPayload(f as () => unknown, effect))
}

function callReturns(run: Run): Todo {
  const handler = run.machine.slots.handlers[word(Word.X)]
  const value = run.register
  const f = handler?.returnClause
  return callInSlot(run, word(Word.Y), handler, f, () => f?.(value))
}

/** A built-in handler that hands its store out has ended; a Listen layer has no handler of ours. */
function mapEnded(run: Run): Todo {
  const { machine } = run
  const value = run.register
  const mapResult = machine.slots.handlers[word(Word.X)]?.native?.mapResult
  const entries = machine.entries(word(Word.Y))
  try {
    run.register = mapResult === undefined ? [value, map(entries, entry => entry[1])] : mapResult(value, entries)
  } catch (error) {
    run.register = error
    return machine.send(Op.THROW)
  }
  return machine.send(Op.RETURN)
}

/** `Local`: the new layer is filled, then its program runs inside of it. */
function enterSeeded(run: Run): Todo {
  const effect = run.register as Program
  fill(run, word(Word.X), effect.a as [unknown, unknown][])
  return enter(run, effect.b as Program)
}
