// Entering programs: pushing their frames, with the handlers around them installed first, outermost first.

import { push } from './frames'
import { generatorOf } from '../language/call'
import { each } from '../builtins/iterate'
import { InvalidHandlerError } from '../messages/errors'
import { Handler } from '../language/handler'
import type { NativeSpec } from '../language/native-spec'
import { word } from '../wire/mailbox'
import { Kind, type Program } from '../language/program'
import { Deed, Effect as EffectNumber, Op, Word, type Native } from '../wire/protocol'
import { Here, type Run, type Todo } from './run'
import { isClock } from './clock'
import { show } from '../messages/show'
import type { AnyGenerator } from '../builtins/intrinsics'
import { asPair } from '../language/bindings'

/** In a program under a handler: it stands for one that a task would have inherited. */
export const INHERITED = Symbol('inherited')

/**
 * Runs `program` on top of the chain; its result, or the error of starting it, goes to the frame below, which is that
 * in the slot `below` if it is known.
 */
export function enter(run: Run, program: Program<unknown, unknown>, below = 0): Todo {
  let inner = program
  let isBelowKnown = true
  let beginning: AnyGenerator
  try {
    while (inner.kind === Kind.WITH || inner.kind === Kind.WITH_HANDLER) {
      const { a, c } = inner
      const handler = a as Handler
      inner = inner.b as Program<unknown, unknown>
      const around = (handler as Handler | undefined)?.around
      if (around !== undefined) {
        inner = around(inner)
      } else {
        install(run, handler, c === INHERITED)
        isBelowKnown = false
      }
    }
    if (inner.kind === Kind.VALUE || inner.kind === Kind.PURE) return deliver(run, inner.a)
    if (inner.kind === Kind.FAIL) return raise(run, inner.a)
    beginning = generatorOf(inner)
  } catch (error) {
    return raise(run, error)
  }
  return call(run, beginning, inner, isBelowKnown ? below : 0)
}

/** Pushes the frame of a program; under a handler just installed, only the machine knows what is below of it. */
function call(run: Run, beginning: AnyGenerator, origin: Program<unknown, unknown>, below: number): Todo {
  run.register = undefined
  if (run.eager) {
    run.beginning = beginning
    run.origin = origin
    return run.machine.send(Op.CALL)
  }
  const { generators, origins } = run.machine.slots
  const slot = push(run, Deed.CALLED, below)
  run.slot = slot
  generators[slot] = beginning
  origins[slot] = origin
  return Here.NEXT
}

/** Installs a handler around what comes next. @throws InvalidHandlerError when it is none; what a seed's iterator throws. */
export function install(run: Run, handler: Handler, inherited = false): void {
  if (!Handler.isHandler(handler)) throw new InvalidHandlerError(`A handler is needed here, not ${show(handler)}.`)
  if (handler.parts !== undefined) {
    for (const part of each(handler.parts)) install(run, part, inherited)
    return
  }
  const { machine } = run
  const { native } = handler
  if (native?.scheduler !== undefined) run.hasClocks ||= isClock(machine.handlerOf(EffectNumber.SLEEP))
  if (native?.scheduler !== undefined && native.bound === undefined) {
    const { maxTasks, preemptEvery } = native.scheduler
    machine.send2(Op.INSTALL_SCHEDULER, maxTasks, preemptEvery)
    machine.slots.placeHandler(handler, word(Word.X))
    addRoot(run, word(Word.X))
  } else if (native === undefined) {
    machine.send2(inherited ? Op.INHERIT : Op.INSTALL, machine.handlerNumber(handler), 0)
  } else if (native.bound !== undefined) {
    const number = boundNumber(run, handler, native.bound)
    machine.send2(Op.INSTALL, number, 0)
    if (native.scheduler !== undefined) addRoot(run, number)
  } else {
    machine.send2(Op.INSTALL_FRESH, native.native as Native, native.mapResult === undefined ? 0 : 1)
    const number = word(Word.X)
    const store = word(Word.Y)
    machine.slots.placeHandler(handler, number)
    if (store !== 0) fill(run, store, native.seed())
  }
}

/** A scheduler begins, installed by the handler of this number. */
function addRoot(run: Run, handler: number): void {
  run.owner().addRoot(handler)
  run.machine.watch?.addRoot(handler)
}

function boundNumber(run: Run, handler: Handler, bound: NonNullable<NativeSpec['bound']>): number {
  if (bound.run !== undefined && bound.run !== run.runNumber) {
    throw new InvalidHandlerError(`${handler.name} was taken from a run that is over.`)
  }
  if (bound.vm === run.machine) return bound.id
  throw new InvalidHandlerError(`${handler.name} belongs to another VM's store; it can be installed in that VM only.`)
}

/** Writes entries to a new store. */
export function fill(run: Run, store: number, entries: Iterable<readonly [unknown, unknown]>): void {
  for (const entry of each(entries)) {
    const pair = asPair(entry)
    run.machine.write(store, pair[0], pair[1])
  }
}

/** Gives a value to the frame on top. */
export function deliver(run: Run, value: unknown): Todo {
  run.register = value
  return run.machine.send(Op.DELIVER)
}

/** Throws an error into the frame on top. */
export function raise(run: Run, error: unknown): Todo {
  run.register = error
  return run.machine.send(Op.RAISE)
}
