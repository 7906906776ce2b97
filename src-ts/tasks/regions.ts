// Regions: programs that run inside of a boundary on their task's chain. Opening one, and ending it, is the driver's own
// affair as long as nothing suspends in it.

import { pushChild, pushRegion, pushScope } from '../machine/frames'
import { generatorOf } from '../language/call'
import { enter } from '../machine/enter'
import { InvalidProgramError, UnhandledEffectError } from '../messages/errors'
import { asProgram, Kind, Program } from '../language/program'
import { Code, Deed, Effect as EffectNumber, Forked, Op, Takes, Cell, type Until, Word } from '../wire/protocol'
import { askAhead, cellFor } from '../machine/dispatch-cache'
import { Here, type Run, type Todo } from '../machine/run'
import type { AnyGenerator } from '../builtins/intrinsics'
import { word, words } from '../wire/mailbox'
import type { ScopeHandle } from '../machine/cancel-scope'
import { armDeadlines, Deadline, hasStrangeClock } from '../machine/deadline'
import { present } from '../machine/contexts'
import { Form } from '../machine/form'
import { answer, refuse } from './parking'
import { OwnCancelScope } from './own-scope'
import { timedByTask } from './strange-clock'

type AnyProgram = Program<unknown, unknown>
type Steps = (form: Form, programs: unknown, extra: unknown) => AnyGenerator

/** Numbers shields, so that a hole is in one of them only. */
let shields = 0

/** Runs a program inside of a boundary; its result goes to the performer. @throws what is to be thrown at the yield. */
export function enterRegion(run: Run, program: AnyProgram): Todo {
  switch (program.kind) {
    case Kind.SHIELD:
      return shield(run, program.a)
    case Kind.RESTORE:
      return open(run, Deed.RESTORE, program.b as number, program.a as AnyProgram)
    case Kind.TIMEOUT:
      return timeout(run, program)
    case Kind.SCOPE:
      requireScheduler(run, program)
      return openScope(run, 1, generatorOf(program.a as AnyProgram), program.a, new Form(run))
    case Kind.CANCEL_SCOPE: {
      requireScheduler(run, program)
      const own = new OwnCancelScope(run)
      const body = asProgram((program.a as (scope: unknown) => unknown)(own.scope), 'CancelScope')
      return openScope(run, 0, generatorOf(body), body, own)
    }
    case Kind.FORM: {
      requireScheduler(run, program)
      const form = new Form(run)
      return openScope(run, 0, (program.a as Steps)(form, program.b, program.c), program, form)
    }
    case Kind.CHILD:
      return enterChild(run, program)
    default:
      return join(run, program.a as Form, program.b as Until)
  }
}

function shield(run: Run, body: unknown): Todo {
  shields = (shields + 1) & 0xff_ffff
  const number = shields
  if (body instanceof Program) return open(run, Deed.SHIELD, number, body as AnyProgram)
  const restore = (program: unknown): AnyProgram =>
    new Program<unknown, unknown>(Kind.RESTORE, null, asProgram(program, 'restore'), number, undefined, 1)
  return open(run, Deed.SHIELD, number, asProgram((body as (restore: unknown) => unknown)(restore), 'uncancelable'))
}

function timeout(run: Run, program: AnyProgram): Todo {
  requireScheduler(run, program)
  const ms = program.a as number
  const body = program.b as AnyProgram
  if (body.kind === Kind.VALUE) return answer(run, body.a)
  if (hasStrangeClock(run)) return enter(run, timedByTask(ms, body), run.slot)
  const generator = generatorOf(body)
  return openScope(run, 0, generator, body, new Deadline(run, ms, body))
}

/** The tasks of a region are a scheduler's. */
function requireScheduler(run: Run, program: AnyProgram): void {
  const { machine } = run
  if (!run.eager && run.debug === undefined) {
    const at = cellFor(machine.vm, EffectNumber.SCHEDULER) || askAhead(machine.vm, EffectNumber.SCHEDULER)
    if (at !== 0 && words[at + Cell.TAKES] === Takes.SCHEDULER) return
  }
  if (machine.handlerOf(EffectNumber.SCHEDULER) !== undefined) return
  throw new UnhandledEffectError(
    `${String(program)} needs tasks, and there is no scheduler in scope: use scheduled().`,
    program,
    [],
  )
}

/** Opens a shield or a hole in one. */
function open(run: Run, kind: Deed, operand: number, body: AnyProgram): Todo {
  if (body.kind === Kind.VALUE) return answer(run, body.a)
  const generator = generatorOf(body)
  if (run.eager) {
    run.machine.send2(kind === Deed.SHIELD ? Op.OPEN_SHIELD : Op.OPEN_RESTORE, operand, 0)
    return call(run, generator, body)
  }
  return begin(run, pushRegion(run, kind, operand), generator, body)
}

function openScope(run: Run, collects: number, generator: AnyGenerator, origin: unknown, handle: ScopeHandle): Todo {
  if (run.eager) {
    run.machine.register = handle
    run.machine.send2(Op.OPEN_SCOPE, collects, 0)
    const place = word(Word.X)
    run.machine.slots.nameScope(handle, place, word(Word.Y), word(Word.Z))
    return call(run, generator, origin)
  }
  return begin(run, pushScope(run, collects, handle), generator, origin)
}

function call(run: Run, generator: AnyGenerator, origin: unknown): Todo {
  run.beginning = generator
  run.origin = origin
  run.register = undefined
  return run.machine.send(Op.CALL)
}

function begin(run: Run, slot: number, generator: AnyGenerator, origin: unknown): Todo {
  const { generators, origins } = run.machine.slots
  run.slot = slot
  generators[slot] = generator
  origins[slot] = origin
  run.register = undefined
  return Here.NEXT
}

function enterChild(run: Run, program: AnyProgram): Todo {
  const body = program.a as AnyProgram
  if (body.kind === Kind.VALUE) return answer(run, body.a)
  const generator = generatorOf(body)
  const { machine } = run
  const form = program.b as Form
  if (run.tracksContexts && form.context === undefined) form.context = present()
  const depth = machine.childrenInPlace()
  if (run.eager || depth >= Forked.MOST) {
    if (machine.send(Op.OPEN_CHILD) === Code.FAULT) throw new InvalidProgramError('A child is started by its form.')
    machine.children[word(Word.IN_PLACE) - 1] = program as Program
    return call(run, generator, body)
  }
  const slot = pushChild(run)
  machine.children[machine.childrenInPlace() - 1] = program as Program
  return begin(run, slot, generator, body)
}

function join(run: Run, form: Form, until: Until): Todo {
  armDeadlines(run)
  const { machine } = run
  const code = machine.send4(Op.JOIN, form.index, form.generation, until, 0)
  return code === Code.FAULT ? refuse(run, new InvalidProgramError('A form waits for its own children.')) : code
}
