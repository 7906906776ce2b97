// The driver: steps generators, keeps their values, and asks the machine what to do next.
//
// One loop. Either an outcome is obeyed, until a generator is to be stepped; or a generator is stepped, and what it
// yields becomes the next command. The value in transit, the generator and its slot are locals, because a field would
// cost a write barrier per effect; around the rare outcomes (`clauses.ts`, `obey.ts`, `primitives.ts`) they are kept in
// the fields of the run. The mailbox is read before any user code runs, because user code may run another machine over
// it.

import { catchUp } from './ahead'
import { answerFun, clauseNamed, failFun, performOutside, startCtl, startLate } from './clauses'
import { failFrame, push } from './frames'
import { generatorOf } from './call'
import type { EffectType } from './effect'
import { enter } from './enter'
import { next, throwInto } from './intrinsics'
import { send, send2, words } from './mailbox'
import { obey } from './obey'
import { performPrimitive, performTail } from './primitives'
import { Kind, Program } from './program'
import { Code, Op, Word } from './protocol'
import { Here, Status, type Run } from './run-state'
import type { AnyGenerator } from './slots'
import { takeReport } from './scheduler/report'
import { nameSubject } from './scheduler/subject'
import { yieldedProgram } from './yielded'

/** How a generator is continued. */
const enum Method {
  NEXT,
  THROW,
  /** Not at all: the register holds what it yielded. */
  YIELDED,
}

/** Begins a run of `program`. */
export function begin(run: Run, program: Program<unknown, unknown>): void {
  run.runNumber++
  run.status = Status.RUNNING
  run.machine.send(Op.START)
  run.todo = enter(run, program)
}

/** Ends a run: everything is unwound by the next {@link advance}. */
export function abort(run: Run): void {
  run.status = Status.RUNNING
  run.parked = false
  run.awaited = undefined
  run.wake = undefined
  run.todo = run.machine.send(Op.ABORT)
}

/** The value of a run that is over; its error is thrown. Forgets both. */
export function finish(run: Run): unknown {
  const value = run.register
  const threw = run.status === Status.THREW
  const report = takeReport(run)
  run.reset()
  report?.()
  if (threw) throw value
  return value
}

/** Goes on with a run until it is over, or until generators have been stepped `steps` times. */
export function advance(run: Run, steps: number): void {
  const { machine, debug, eager } = run
  const { vm, slots } = machine
  const { generators, origins, values } = slots
  const perform = eager ? Op.PERFORM : Op.PERFORM_LATE
  let { generator, slot, register: value, todo } = run

  for (;;) {
    let method = Method.NEXT
    obeying: for (;;) {
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
          origins[slot] = run.origin
          value = undefined
          break obeying
        case Code.FUN: {
          const clause = clauseNamed(slots)
          try {
            value = answerFun(clause, value as Program)
            if (!(value instanceof Program)) break obeying
            todo = performOutside(run, clause, value)
          } catch (error) {
            todo = failFun(run, clause, error)
          }
          value = run.register
          continue
        }
        case Code.START:
          run.performer = slot
          todo = startLate(run, value as Program)
          value = run.register
          slot = run.slot
          generator = run.generator
          continue
        case Code.CTL:
          todo = startCtl(run, value as Program)
          value = run.register
          slot = run.slot
          generator = run.generator
          continue
        case Here.THROW:
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
          catchUp()
          run.register = value
          run.todo = Here.STOP
          return
        default:
          run.generator = generator
          run.slot = slot
          run.register = value
          todo = obey(run, todo)
          value = run.register
          slot = run.slot
          generator = run.generator
      }
    }

    if (steps-- === 0) {
      catchUp()
      run.generator = generator
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
        generator = run.generator
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
        generator = run.generator
        continue
      }
      const waiting = words[Word.PUSHED_COUNT] as number
      if (waiting !== 0) {
        // The machine has not heard of this frame, and need not.
        run.lease.push(slot)
        words[Word.PUSHED_COUNT] = waiting - 1
        slot = waiting === 1 ? run.base : (words[Word.PUSHED + waiting - 2] as number)
        generator = generators[slot]
        todo = Here.NEXT
        continue
      }
      todo = send(vm, Op.RETURN)
    } else {
      try {
        const program = isProgram ? (value as Program<unknown, unknown>) : yieldedProgram(value)
        value = program
        if (debug !== undefined) debug.yielded(slot, method === Method.THROW ? 'throw' : 'deliver', program)
        if (program.kind === Kind.PERFORM_KEYED) {
          todo = send2(vm, perform, (program.type as EffectType).id, slots.keyNumber(program.a))
        } else if (program.kind === Kind.PERFORM) {
          todo = send2(vm, perform, (program.type as EffectType).id, 0)
        } else if (program.kind === Kind.PERFORM_ON) {
          nameSubject(run, program)
          todo = send2(vm, Op.PERFORM_ON, (program.type as EffectType).id, 0)
        } else if (program.kind === Kind.CALL) {
          const beginning = generatorOf(program)
          if (eager) {
            run.beginning = beginning
            run.origin = program
            todo = send(vm, Op.CALL)
          } else {
            slot = push(run, slot)
            generator = generators[slot] = beginning
            origins[slot] = program
            value = undefined
            todo = Here.NEXT
            continue
          }
        } else {
          run.generator = generator
          run.slot = slot
          todo = performPrimitive(run, program)
          value = run.register
          slot = run.slot
          generator = run.generator
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
