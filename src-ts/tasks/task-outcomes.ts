// The scheduler's outcomes, one function each: effects that need objects of ours, tasks that start, are answered and end.

import { generatorOf, performing } from '../language/call'
import { each } from '../builtins/iterate'
import { enter } from '../machine/enter'
import { AlreadySettledError, AsyncInSyncRunError } from '../messages/errors'
import { afterTurn, append, findIndex, map } from '../builtins/intrinsics'
import { listing, word, words } from '../wire/mailbox'
import { Kind, type Program } from '../language/program'
import { Effect as EffectNumber, Op, Settlement, Until, Word, type Code } from '../wire/protocol'
import { Here, Status, type Run, type Todo } from '../machine/run'
import { endAlone, tellAlone } from './alone'
import { currentId, currentTask } from './current'
import { clockAround } from '../machine/clock'
import { Contexts } from '../machine/contexts'
import { deadlock } from './deadlock'
import { drainInbox } from './inbox'
import type { ExternalPromiseOptions, RaceResult } from '../effects/scheduler'
import { CONTEXT, ISOLATED, type OwnSpawnOptions } from '../effects/spawn'
import { isolated, logsOf, telling } from './isolation'
import { awaiting, sleep } from './outside'
import { answer, park, refuse } from './parking'
import { ExternalPromise, OwnPromise } from '../machine/promises'
import { forgetFailure, reportDue } from '../machine/report'
import { ScopeHandle } from '../machine/cancel-scope'
import { labelOf } from '../machine/form'
import { performerOf } from '../machine/run-watch'
import { Semaphore } from '../machine/semaphore'
import { earliest, PENDING, settle, Waitable } from '../language/waitable'

/** The scheduler takes the effect in the register, and needs us for it. */
export function performTask(run: Run): Todo {
  const effect = run.register as Program
  switch (effect.type?.id) {
    case EffectNumber.WAIT:
      return answerFrom(run, effect.a as Waitable)
    case EffectNumber.GATHER:
      return gather(run, effect)
    case EffectNumber.RACE:
      return race(run, effect)
    case EffectNumber.CREATE_PROMISE:
      return answer(run, new OwnPromise(run))
    case EffectNumber.COMPLETE_PROMISE:
      return settlePromise(run, effect, Settlement.RETURNED)
    case EffectNumber.FAIL_PROMISE:
      return settlePromise(run, effect, Settlement.THREW)
    case EffectNumber.CREATE_EXTERNAL_PROMISE:
      return answer(run, new ExternalPromise(run, (effect.a as ExternalPromiseOptions | undefined)?.ref ?? true))
    case EffectNumber.CREATE_SEMAPHORE:
      return answer(run, new Semaphore(run, effect.a as number))
    case EffectNumber.SLEEP:
      return sleep(run, effect)
    case EffectNumber.CURRENT_TASK:
      return answer(run, currentTask(run))
    case EffectNumber.NOW:
      return answer(run, clockAround(run).now())
    default:
      return awaiting(run, effect)
  }
}

/** Answers with what a settled waitable has, or throws its error. */
export function answerFrom(run: Run, waitable: Waitable): Todo {
  observe(run, waitable)
  return waitable.isLost ? refuse(run, waitable.error()) : answer(run, waitable.value)
}

function observe(run: Run, waitable: Waitable): void {
  waitable.observed = true
  if (run.reporting !== undefined || run.unobserved.size > 0) forgetFailure(run, waitable)
}

function gather(run: Run, effect: Program): Todo {
  const waitables = effect.a as readonly Waitable[]
  let pending: Waitable[] | undefined
  let failed: Waitable | undefined
  for (let at = 0; at < waitables.length; at++) {
    const waitable = waitables[at] as Waitable
    observe(run, waitable)
    if (waitable.standing === PENDING) {
      if (pending === undefined) pending = [waitable]
      else append(pending, waitable)
    } else if (waitable.standing !== Settlement.RETURNED) failed ??= waitable
  }
  if (failed !== undefined) return answerFrom(run, failed)
  if (pending === undefined) return answerAll(run, waitables)
  return parkOn(run, effect, pending, Until.ALL)
}

function parkOn(run: Run, effect: Program, pending: readonly Waitable[], until: Until): Todo {
  try {
    return park(run, effect, pending, until)
  } catch (error) {
    return refuse(run, error)
  }
}

/** Answers a `Gather`; what its isolated tasks have told goes to the log here first. */
function answerAll(run: Run, waitables: readonly Waitable[]): Todo {
  const results = map(waitables, waitable => waitable.value)
  const logs = logsOf(waitables)
  if (logs.length === 0) return answer(run, results)
  return enter(run, telling(logs, results))
}

function race(run: Run, effect: Program): Todo {
  const waitables = effect.a as readonly Waitable[]
  let isSettled = false
  for (let at = 0; at < waitables.length; at++) {
    const waitable = waitables[at] as Waitable
    observe(run, waitable)
    isSettled ||= waitable.standing !== PENDING
  }
  return isSettled ? answerFirst(run, waitables) : parkOn(run, effect, waitables, Until.FIRST)
}

/** Answers a `Race`: who was settled first. */
function answerFirst(run: Run, waitables: readonly Waitable[]): Todo {
  const first = earliest(waitables)
  if (first.standing !== Settlement.RETURNED) return answerFrom(run, first)
  const result: RaceResult<Waitable> = { first, value: first.value as never, rest: without(waitables, first) }
  return answer(run, result)
}

/** The others. A loop, because this is done for every race: a function for `filter` costs more than all of it. */
function without(waitables: readonly Waitable[], one: Waitable): Waitable[] {
  let rest: Waitable[] | undefined
  for (let at = 0; at < waitables.length; at++) {
    const other = waitables[at] as Waitable
    if (other === one) continue
    if (rest === undefined) rest = [other]
    else append(rest, other)
  }
  return rest ?? []
}

/** The machine has woken who waits for the promise; they will find its result in it. */
export function settlePromise(run: Run, effect: Program, how: Settlement): Todo {
  const { future } = effect.a as OwnPromise
  if (settle(future, how, effect.b)) {
    run.machine.watch?.settled(future)
    return answer(run, undefined)
  }
  return refuse(run, new AlreadySettledError(`${String(future)} was settled before; a promise is settled once.`))
}

/** The task that an effect asks for, without a name yet. */
export function newTask(run: Run, { a, b }: Program): Waitable {
  const options = b as OwnSpawnOptions | undefined
  const owner = run.owner()
  const task = new Waitable(owner, 'Task', options?.name ?? labelOf(a as Program), undefined)
  task.value = a
  owner.numberTask(task, currentId(run))
  task.origin = performerOf(run.machine.slots.origins[run.slot])
  if (run.tracksContexts) contextsOf(run).spawn(task, options?.[CONTEXT])
  run.machine.watch?.spawned(task)
  return task
}

/** A task was made of the effect in the register: its handle is the answer. */
export function spawned(run: Run): Todo {
  const effect = run.register as Program
  // Read first: to make the task may take a turn.
  const handle = word(Word.X)
  const index = word(Word.Y)
  const generation = word(Word.Z)
  const task = newTask(run, effect)
  task.index = index
  task.generation = generation
  run.machine.slots.values[handle] = task
  if ((effect.c as number) & ISOLATED) task.value = isolated(run, effect.a as Program, task)
  return answer(run, task)
}

/** From the first task on, an asynchronous run keeps their contexts apart. */
function contextsOf({ machine }: Run): Contexts {
  return (machine.contexts ??= new Contexts())
}

/** The turn of a new task has come: its program starts. */
export function startTask(run: Run): Todo {
  const slot = word(Word.X)
  const { slots } = run.machine
  const task = slots.values[word(Word.Y)] as Waitable
  const program = task.value as Program
  task.value = undefined
  run.slot = slot
  slots.origins[slot] = program
  slots.belows[slot] = 0
  try {
    slots.generators[slot] = program.kind === Kind.CALL ? generatorOf(program) : performing(program)
  } catch (error) {
    slots.origins[slot] = undefined
    run.register = error
    return run.machine.send(Op.THROW)
  }
  return answer(run, undefined)
}

/** What a task waited for is there. */
export function answerPerformer(run: Run): Todo {
  const { slots } = run.machine
  run.slot = word(Word.X)
  const awaited = slots.values[word(Word.Y)]
  if (awaited instanceof Waitable) return answerFrom(run, awaited as Waitable)
  const effect = awaited as Program
  switch (effect.type?.id) {
    case EffectNumber.WAIT:
      return answerFrom(run, effect.a as Waitable)
    case EffectNumber.GATHER:
      return answerAll(run, effect.a as readonly Waitable[])
    default:
      return answerFirst(run, effect.a as readonly Waitable[])
  }
}

/** The preempted task performs its effect now. */
export function performAgain(run: Run): Todo {
  run.slot = word(Word.X)
  return Here.YIELDED
}

/** No task is ready, but some wait for the outside: for what has come meanwhile, for a clock, or for the host. */
export function idle(run: Run): Todo {
  if (words[Word.UNTOLD] !== 0) run.machine.drain()
  run.abandonDropped()
  if (run.inbox.length > 0) return woken(run)
  if (isToHesitate(run)) {
    run.hesitates = true
    return parkRun(run)
  }
  run.hesitates = false
  for (const clock of each(run.clocks.list())) {
    if (clock.jump?.() === true && run.inbox.length > 0) return woken(run)
  }
  if (!run.mayWait) {
    return interrupt(
      run,
      new AsyncInSyncRunError('Every task waits, and for something outside: use runAsync(program) or vm.stepOnce().'),
    )
  }
  return parkRun(run)
}

/** Whether simulated time could pass although something outside may be settled already. Once before each jump. */
function isToHesitate({ mayWait, hesitates, machine, clocks }: Run): boolean {
  if (!mayWait || hesitates || machine.outside === 0 || clocks.size === 0) return false
  return findIndex(clocks.list(), clock => clock.mayJump?.() === true) !== -1
}

function parkRun(run: Run): Here {
  run.slot = 0
  run.parked = true
  return run.end(Status.WAITING)
}

/** What a parked run waits for, as a promise. */
export function untilWoken(run: Run): Promise<void> {
  return new Promise(resolve => {
    if (run.inbox.length > 0) return resolve()
    if (run.hesitates) afterTurn(resolve)
    run.wake = resolve
    run.wakeLater = resolve
  })
}

/** Between two steps: what was settled from outside meanwhile is told, what was dropped is called off. */
export function hear(run: Run): void {
  // Who waits alone looks into the inbox first.
  if (run.alone === undefined) drainInbox(run)
  if (words[Word.UNTOLD] !== 0 && run.machine.slots.outside.length > 1) run.machine.drain()
  run.abandonDropped()
  if (run.due.length > 0) reportDue(run)
}

/** The next ready task goes on. */
export function next(run: Run): Code {
  return run.machine.send4(Op.NEXT, 0, 0, 0, 0)
}

/** Something outside has happened; the tasks that waited for it go on. */
export function woken(run: Run): Todo {
  const awaited = endAlone(run)
  if (awaited !== undefined) return answerFrom(run, awaited)
  const { inbox } = run
  const last = inbox.length === 1 && !(inbox.at(0) instanceof ScopeHandle) ? (inbox.pop() as Waitable) : undefined
  drainInbox(run)
  if (last === undefined || last.generation === 0) return next(run)
  const failed = last.standing === Settlement.RETURNED ? 0 : 1
  return run.machine.send4(Op.NEXT, last.index, last.generation, failed, 0)
}

/** A parked run is interrupted from outside, with the error in the register: where a task waits in vain, if one does. */
export function interrupted(run: Run): Todo {
  tellAlone(run)
  const { machine, stuck } = run
  run.stuck = undefined
  return machine.send2(Op.INTERRUPT, stuck?.index ?? 0, stuck?.generation ?? 0)
}

/** Throws into the root task, or into the oldest one that is left. */
function interrupt(run: Run, error: unknown): Todo {
  run.machine.register = error
  return run.machine.send2(Op.INTERRUPT, 0, 0)
}

/** No task can ever go on. */
export function breakDeadlock(run: Run): Todo {
  run.machine.drain()
  run.abandonDropped()
  // What was settled while nobody listened may be all that was missing.
  if (drainInbox(run)) return next(run)
  // A deadline is to come: it is what everybody waits for.
  if (run.armed > 0) return idle(run)
  return interrupt(run, deadlock(run))
}

/** The root program is over and has left tasks behind, which are cancelled now. */
export function noteLeftover(run: Run): Todo {
  const { values } = run.machine.slots
  for (const slot of each(listing())) append(run.leftover, values[slot] as Waitable)
  return next(run)
}
