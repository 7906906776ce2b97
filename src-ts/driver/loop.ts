// The driver: steps generators, keeps their values, and asks the machine what to do next.
//
// One loop. Either an outcome is obeyed, until a generator is to be stepped; or a generator is stepped, and what it
// yields becomes the next command. The value in transit, the generator and its slot are locals, because a field would
// cost a write barrier per effect; around the rare outcomes (`clauses.ts`, `outcomes.ts`, `primitives.ts`) they are kept in
// the fields of the run. The mailbox is read before any user code runs, because user code may run another machine over
// it.

import { endFrame, entryOf, isUntoldRun, noteBegan, push } from '../machine/frames'
import { catchUp, claim, isReferenceAhead } from '../machine/journal'
import {
  answerFun,
  answerInPlace,
  clauseNamed,
  failFun,
  performInPlace,
  startAhead,
  startCtl,
  startLate,
} from './clauses'
import { closeAhead, endUntold, failFrame } from './closing'
import { generatorOf } from '../language/call'
import type { EffectType } from '../language/effect'
import { enter } from '../machine/enter'
import { VmDisposedError, VmPoisonedError } from '../messages/errors'
import { next, throwInto, type AnyGenerator } from '../builtins/intrinsics'
import { send, send2, words } from '../wire/mailbox'
import { obey } from './outcomes'
import { performPrimitive, performTail } from './primitives'
import { Kind, Program } from '../language/program'
import { Cell, Clause, Code, Deed, Op, Scope, Takes, Word } from '../wire/protocol'
import { answerFromStore, askAhead, cellFor, clauseIn, countEffect, MISSING } from '../machine/dispatch-cache'
import { Here, Status, type Run, type Todo } from '../machine/run'
import { tellAlone } from '../tasks/alone'
import { foresee, forgetReady, UNFORESEEN } from '../tasks/foresee'
import { takeReport } from '../machine/report'
import { performTask } from '../tasks/task-outcomes'
import { nameSubject } from '../tasks/subject'
import { yieldedProgram } from '../language/yielded'
import { showPrograms } from '../language/shown-stack'

/** With more unreported frames than this, the driver asks first who takes the effect: a `final` clause may end them all. */
const MANY = 32

/** How a generator is continued. */
const enum Method {
  NEXT,
  THROW,
  /** Not at all: the register holds what it yielded. */
  YIELDED,
}

/** Begins a run of `program`. */
export function begin(run: Run, program: Program<unknown, unknown>): void {
  run.begin()
  const { vm } = run.machine
  if (run.eager) {
    run.machine.send(Op.START)
  } else {
    // A run that is over before the machine must hear of anything takes no turn at all.
    claim(vm)
    noteBegan(run)
    words[Word.SCOPE] = Scope.UNKNOWN
  }
  // From here on there is a run that can be given up.
  run.status = Status.RUNNING
  run.todo = enter(run, program)
}

/**
 * Tells a run to end: what is not shielded is unwound by the next {@link advance}, or, of a run that computes and is not
 * ended at once, where it performs its next effect. Gives whether it goes on to unwind.
 */
export function abort(run: Run, atOnce = run.status === Status.WAITING): boolean {
  tellAlone(run)
  const todo = run.machine.send2(Op.ABORT, atOnce ? 1 : 0, 0)
  // What is shielded goes on as it was about to.
  if (todo === Code.READY) return false
  run.status = Status.RUNNING
  run.parked = false
  run.awaited = undefined
  run.wake = undefined
  run.todo = todo
  return true
}

/** Cleanup that is to end at once gets so many turns, of so many steps, and so many more for each frame. */
const TURNS = 6_000
const TURNS_A_FRAME = 8
const STEPS_A_TURN = 16

/**
 * Ends a run from outside, at once: every frame's cleanup runs, none may wait, and what loops is given up.
 *
 * @throws the error of one that failed; VmDisposedError when one did not end.
 */
export function unwindAll(run: Run, reason: unknown): void {
  run.mayWait = false
  let turns = TURNS + TURNS_A_FRAME * run.machine.stats().frames
  if (!abort(run, true) && run.status === Status.WAITING) run.feed(reason, true)
  // The machine knows of no run.
  if (run.todo === Code.FAULT) run.end(Status.RETURNED)
  while (run.status === Status.RUNNING) {
    if (turns-- === 0) throw new VmDisposedError('A cleanup did not end; it was given up.')
    goOn(run, STEPS_A_TURN)
  }
  finish(run)
}

/**
 * A run was left in the middle by an error that is not its program's. What never began is taken back now.
 *
 * @throws VmPoisonedError when it had begun: nobody knows what state it is in; RangeError when there is no room yet.
 */
export function recover(run: Run): void {
  const { leftBy } = run
  if (leftBy instanceof VmPoisonedError) throw (run.broken = leftBy)
  if (run.hasBegun) {
    throw (run.broken = new VmPoisonedError('This VM was left in the middle of a run and cannot be used any more.', {
      cause: leftBy,
    }))
  }
  try {
    if (run.status !== Status.IDLE) unwindAll(run, leftBy)
  } catch (error) {
    run.hasBegun = false
    if (run.status !== Status.IDLE) throw error
  }
  run.isLeft = false
  run.leftBy = undefined
}

/** The value of a run that is over; its error is thrown. Forgets both. */
export function finish(run: Run): unknown {
  const value = run.register
  const threw = run.status === Status.THREW
  run.watch?.end(threw, value)
  const report = takeReport(run)
  run.reset()
  report?.()
  if (!threw) return value
  showPrograms(value)
  throw value
}

/** Another task goes on, in another asynchronous context: the caller enters it. An outcome is not read yet. */
function leaveTask(run: Run, slot: number, value: unknown, todo: Todo): void {
  run.slot = slot
  run.register = value
  run.todo = todo
}

/** As {@link advance}, in the asynchronous context of the task that goes on; until another one does. */
export function goOn(run: Run, steps: number): void {
  const { machine } = run
  if (machine.contexts === undefined) return advance(run, steps)
  machine.switched = false
  machine.contexts.enter(() => advance(run, steps))
}

/** Somebody looks at what the generator in `slot` yields: what is performed in its place. */
function observed(
  run: Run,
  slot: number,
  method: Method,
  program: Program<unknown, unknown>,
): Program<unknown, unknown> {
  const { debug, watch, machine } = run
  debug?.yielded(slot, method === Method.THROW ? 'throw' : 'deliver', program)
  return watch === undefined ? program : watch.around(program, machine.slots.origins[slot])
}

/** Goes on with a run until it is over, or until generators have been stepped `steps` times. */
export function advance(run: Run, steps: number): void {
  const { machine, eager } = run
  const { vm, slots } = machine
  const { generators, origins, values } = slots
  const perform = eager ? Op.PERFORM : Op.PERFORM_LATE
  const reads = !eager && run.debug === undefined
  const isObserved = run.debug !== undefined || run.watch?.tellsEffects === true
  claim(vm)
  run.hasBegun = true
  let { slot, register: value, todo } = run
  let generator = generators[slot]

  for (;;) {
    let method = Method.NEXT
    obeying: for (;;) {
      if (machine.switched) return leaveTask(run, slot, value, todo)
      switch (todo) {
        case Here.NEXT:
          break obeying
        case Code.RESUME:
          slot = words[Word.X] as number
          generator = generators[slot]
          break obeying
        case Code.LOAD:
          value = values[words[Word.X] as number]
          break obeying
        case Code.KEEP: {
          const { kind, a, b } = value as Program
          if (words[Word.Y] !== 0) slots.addKey(a, words[Word.Y] as number)
          values[words[Word.X] as number] = kind === Kind.PERFORM_KEYED ? b : a
          value = undefined
          break obeying
        }
        case Code.BEGIN:
          slot = words[Word.X] as number
          generator = generators[slot] = run.beginning
          slots.belows[slot] = 0
          origins[slot] = run.origin
          value = undefined
          break obeying
        case Code.FUN: {
          const clause = clauseNamed(slots)
          const effect = value as Program
          try {
            value = answerFun(clause, effect)
            if (!(value instanceof Program)) break obeying
            run.slot = slot
            todo = performInPlace(run, clause, effect, value)
            slot = run.slot
            generator = generators[slot]
          } catch (error) {
            todo = failFun(run, clause, error)
          }
          value = run.register
          continue
        }
        case Code.START:
          run.slot = slot
          todo = startLate(run, value as Program)
          value = run.register
          slot = run.slot
          generator = generators[slot]
          continue
        case Code.CTL:
          todo = startCtl(run, value as Program)
          value = run.register
          slot = run.slot
          generator = generators[slot]
          continue
        case Here.HANDED:
          break obeying
        case Here.THROW:
        case Here.HANDED_THROW:
          method = Method.THROW
          break obeying
        case Code.THROW:
          slot = words[Word.X] as number
          generator = generators[slot]
          method = Method.THROW
          break obeying
        case Here.YIELDED:
          method = Method.YIELDED
          break obeying
        case Here.STOP:
          if (run.alone === undefined || isReferenceAhead()) catchUp()
          forgetReady()
          run.register = value
          run.todo = Here.STOP
          return
        default:
          run.slot = slot
          run.register = value
          todo = obey(run, todo)
          value = run.register
          slot = run.slot
          generator = generators[slot]
      }
    }

    if (steps-- === 0) {
      catchUp()
      forgetReady()
      run.contexts?.pause()
      run.slot = slot
      run.register = value
      run.todo = method === Method.NEXT ? Here.NEXT : method === Method.THROW ? Here.THROW : Here.YIELDED
      return
    }

    let ended = true
    let isProgram: boolean
    try {
      if (method === Method.YIELDED) {
        ended = false
      } else {
        // Two calls, not one of a chosen function: each stays a direct call of an intrinsic.
        const result =
          method === Method.NEXT ? next(generator as AnyGenerator, value) : throwInto(generator as AnyGenerator, value)
        ended = result.done === true
        value = result.value
      }
      // A revoked Proxy throws here: that is the yield's fault, not the end of the generator.
      isProgram = value instanceof Program
    } catch (error) {
      value = error
      todo = Here.THROW
      if (ended) {
        todo = failFrame(run, slot, error)
        value = run.register
        slot = run.slot
        generator = generators[slot]
      }
      continue
    }

    if (ended) {
      const origin = origins[slot]
      generators[slot] = undefined
      origins[slot] = undefined
      if (isProgram && (value as Program).kind >= Kind.PURE) {
        todo = performTail(run, value as Program, slot, origin)
        value = run.register
        slot = run.slot
        generator = generators[slot]
        continue
      }
      const at = entryOf(run, slot)
      if (at !== 0 && isUntoldRun(at)) {
        todo = endUntold(run, at, Status.RETURNED)
        continue
      }
      const below = eager ? 0 : endFrame(run, slot)
      if (below !== 0) {
        slot = below
        generator = generators[slot]
        todo = Here.NEXT
        continue
      }
      run.left = origin
      todo = send(vm, Op.RETURN)
    } else {
      try {
        let program = isProgram ? (value as Program<unknown, unknown>) : yieldedProgram(value)
        if (isObserved) program = observed(run, slot, method, program)
        value = program
        if (program.kind === Kind.PERFORM_KEYED || program.kind === Kind.PERFORM) {
          const type = (program.type as EffectType).id
          let at = reads ? cellFor(vm, type) : 0
          if (at === 0 && reads && (words[Word.DEEDS] as number) > MANY) at = askAhead(vm, type)
          if (at !== 0) {
            todo = Here.NEXT
            switch (words[at + Cell.TAKES]) {
              case Takes.STORE: {
                const answer = answerFromStore(slots, at, type, program)
                if (answer === MISSING) break
                value = answer
                continue
              }
              case Takes.SCHEDULER:
                countEffect()
                run.slot = slot
                run.register = program
                todo = performTask(run)
                value = run.register
                slot = run.slot
                generator = generators[slot]
                continue
              case Clause.FUN: {
                const clause = clauseIn(slots, at)
                const outside = words[at + Cell.OUTSIDE] as number
                countEffect()
                try {
                  value = answerFun(clause, program as Program)
                  if (!(value instanceof Program)) continue
                } catch (error) {
                  todo = failFun(run, clause, error)
                  value = run.register
                  continue
                }
                run.slot = slot
                todo = answerInPlace(run, clause, program, outside, value)
                value = run.register
                slot = run.slot
                generator = generators[slot]
                continue
              }
              case Clause.FINAL:
                closeAhead(run, slot)
                break
              case Clause.VAL:
                countEffect()
                value = clauseIn(slots, at).run
                continue
              default:
                countEffect()
                run.slot = slot
                todo = startAhead(run, program, clauseIn(slots, at), words[at + Cell.OUTSIDE] as number)
                value = run.register
                slot = run.slot
                generator = generators[slot]
                continue
            }
          }
          const key = program.kind === Kind.PERFORM_KEYED ? slots.keyNumber(program.a) : 0
          todo = send2(vm, perform, type, key)
        } else if (program.kind === Kind.PERFORM_ON) {
          const type = (program.type as EffectType).id
          const at = reads ? cellFor(vm, type) : 0
          if (at !== 0 && words[at + Cell.TAKES] === Takes.SCHEDULER) {
            run.slot = slot
            const foreseen = foresee(run, program as Program)
            if (foreseen !== UNFORESEEN) {
              todo = foreseen
              value = run.register
              slot = run.slot
              generator = generators[slot]
              continue
            }
          }
          nameSubject(run, program)
          todo = send2(vm, Op.PERFORM_ON, type, 0)
        } else if (program.kind === Kind.CALL) {
          const beginning = generatorOf(program)
          if (eager) {
            run.beginning = beginning
            run.origin = program
            todo = send(vm, Op.CALL)
          } else {
            slot = push(run, Deed.CALLED, slot)
            generator = generators[slot] = beginning
            origins[slot] = program
            value = undefined
            todo = Here.NEXT
            continue
          }
        } else {
          run.slot = slot
          todo = performPrimitive(run, program)
          value = run.register
          slot = run.slot
          generator = generators[slot]
          continue
        }
      } catch (error) {
        value = error
        todo = Here.THROW
        continue
      }
    }
    if (words[Word.FLAGS] !== 0) value = machine.settle(value)
  }
}
