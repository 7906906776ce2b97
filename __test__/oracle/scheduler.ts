// The scheduler of the reference interpreter: a frame on the stack. Above it are the frames of the task that runs; those
// of the others are put aside, and switching puts one pile in the place of another.

import type { Happening, Outcome, Priority } from './ast'
import type { closing } from './closing'
import { endOfOwn, failure, schedulerOf, searched, value, valueOf } from './frames'
import type { Control, Frame, Performed } from './frames'
import type { Met } from './laws'
import { members as membersOf } from './members'
import { permits as permitsOf, type Semaphore } from './permits'
import { effective, heldBy, walk } from './regions'
import { allOf, cancelled, firstOf, Tasks, type Scheduler, type Task, type Waitable } from './tasks'
import { timing } from './timers'

const PRIORITIES: readonly Priority[] = ['high', 'normal', 'idle']
/** Where a cancelled task unwinds. */
const SUSPENDING = ['Wait', 'Gather', 'Race', 'Yield', 'Acquire', 'Sleep', 'Await']
/** C3. What a child performs as a task only. */
const OF_TASKS = [...SUSPENDING, 'Release']

/** The operations on one stack, the innermost frame first. What happens outside does so when no task can go on. */
export function scheduling(
  stack: Frame[],
  { unwindTo }: ReturnType<typeof closing>,
  happenings: Happening[][],
  met: Met,
) {
  const tasks = new Tasks(stack, met)
  const permits = permitsOf(tasks, met)
  const timers = timing(tasks, met)
  const members = membersOf(tasks, met)
  return {
    answer,
    becomeTask,
    begin,
    close,
    ended,
    finish,
    inheritedFrom,
    members,
    park,
    reports,
    switchTask,
    tasks,
    timers,
    unwindNow,
  }

  /** What comes next is the root task of a new scheduler. */
  function begin(): void {
    const scheduler: Scheduler = { tasks: [], front: [], ready: [], left: [], now: 0 }
    const task = tasks.newTask(scheduler, { name: 'root', priority: 'normal', daemon: false })
    scheduler.running = task
    stack.unshift({ f: 'task', task }, { f: 'scheduler', scheduler })
  }

  /** The next ready task goes on: the first one of the highest priority. */
  function switchTask(): Control {
    const { scheduler } = stack[0] as Extract<Frame, { f: 'scheduler' }>
    const ready = PRIORITIES.flatMap(priority => scheduler.ready.filter(task => task.priority === priority))
    const [task] = [...scheduler.front, ...ready]
    scheduler.running = task
    if (task === undefined) return nobodyIsReady(scheduler)
    scheduler.front = scheduler.front.filter(each => each !== task)
    scheduler.ready = scheduler.ready.filter(each => each !== task)
    const { frames, wake, forked } = task
    if (process.env.ZZ)
      console.log(
        'switch',
        task.name,
        task.number,
        wake?.is,
        task.unwinds,
        task.answered,
        'ready',
        scheduler.ready.map(t => t.name + t.number),
      )
    // A parent has suspended as well, unless its child has ended by itself without having done so; it may be a child in place.
    const isParent = forked !== undefined && !endedByItself(forked)
    const own = task.unwinds ? frames : isParent ? frames.slice(0, endOfOwn(frames, scheduler)) : []
    task.forked = undefined
    task.frames = []
    task.wake = undefined
    task.answered = false
    task.unwinds = false
    const target = look(own)
    if (target !== undefined) return unwindTo(frames, target)
    return { is: 'resume', frames, control: wake as Control }
  }

  function nobodyIsReady(scheduler: Scheduler): Control {
    const { ending } = scheduler
    if (ending !== undefined && scheduler.tasks.every(task => task.ended)) {
      stack.shift()
      return ending
    }
    const around = schedulerOf(stack, 1)
    if (around > 0) {
      // It is a part of some task of another scheduler, which waits meanwhile.
      const outer = (stack[around] as Extract<Frame, { f: 'scheduler' }>).scheduler
      const at = becomeTask(around)
      return park(outer, at, wait)
    }
    if (!timers.passTime() && !hear()) {
      const blocked = oldest(scheduler)
      met('a deadlock')
      tasks.answer(blocked, failure('ERR_DEADLOCK'))
    }
    return { is: 'switch' }

    function wait(task: Task): void {
      scheduler.parkedIn = task
      task.inside = scheduler
      if (look(task.frames) !== undefined) tasks.unwindNext(task)
    }
  }

  /** R3. The target of a task with these frames. */
  function look(frames: readonly Frame[]): Frame | undefined {
    const effectively = effective(frames)
    const { candidates, isRestored, stop, target } = walk(effectively)
    const isCancelled = (frame: Frame) =>
      'cancelled' in frame ? frame.cancelled : frame.f === 'task' && frame.task.cancelled
    if (candidates > 1) met('R3 the outermost of several is the target')
    if (isRestored && target !== undefined) met('R3 a restore lets through')
    if (target === undefined && stop !== undefined && effectively.some(isCancelled)) {
      met(stop === 'shield' ? 'R3 a shield holds back' : 'R3 what is being closed holds back')
      if (frames.flatMap(frame => effective(heldBy(frame))).some(frame => frame.f === 'shield'))
        met('R2 a shield in a continuation holds for the clause')
    }
    return target
  }

  /** R4. The running task unwinds, if it is to; the scheduler's frame is at `at`. */
  function unwindNow(at: number): Control | undefined {
    const target = look(stack.slice(0, at))
    if (target === undefined) return undefined
    met('R4 one unwinds instead of suspending')
    return unwindTo(stack.splice(0, at), target)
  }

  /** C3. A child in place becomes a task, its parent goes on before all others. Gives where the scheduler's frame is. */
  function becomeTask(at: number): number {
    const { scheduler } = stack[at] as Extract<Frame, { f: 'scheduler' }>
    // Tasks of a scheduler inside of it are no concern of this one.
    const end = endOfOwn(stack, scheduler)
    const frame = stack[end - 1]
    if (end > at || frame?.f !== 'task' || !frame.task.inPlace) return at
    const parent = scheduler.running as Task
    parent.frames = stack.splice(end, at - end)
    parent.wake = { is: 'next' }
    parent.answered = true
    parent.forked = frame.task
    scheduler.front.unshift(parent)
    scheduler.running = frame.task
    tasks.join(frame.task)
    return end
  }

  /** If somebody waits for the outside, something happens there. */
  function hear(): boolean {
    const isHeard = tasks.externals.some(({ waiters }) => waiters.length > 0)
    const together = isHeard ? happenings.shift() : undefined
    for (const { of, how, value: given } of together ?? []) {
      const external = tasks.externals[of]
      if (external !== undefined && external.settled === undefined)
        tasks.settle(external, how === 'fail' ? failure(given) : value(given))
    }
    return together !== undefined
  }

  /** The oldest task that is left, and does not only wait until others have ended. */
  function oldest(scheduler: Scheduler): Task {
    const left = scheduler.tasks.filter(each => !each.ended)
    const task = left.find(each => each.awaitsEnd === undefined) ?? (left[0] as Task)
    return task.inside === undefined ? task : oldest(task.inside)
  }

  /** The running task parks; the scheduler's frame is at `at`. */
  function park(scheduler: Scheduler, at: number, wait: (task: Task) => void): Control {
    const task = scheduler.running as Task
    task.frames = stack.splice(0, at)
    scheduler.running = undefined
    timers.arm(scheduler, task.frames)
    if (task.frames.some(frame => frame.f === 'under')) met('E2 a program in place is suspended')
    wait(task)
    return { is: 'switch' }
  }

  /** A control has reached the frame of a task, which is gone from the stack. */
  function ended(task: Task, control: Control): Control {
    const { scheduler } = task
    const isRoot = task === scheduler.tasks[0]
    if (isRoot && scheduler.ending === undefined) {
      task.ended = true
      scheduler.running = undefined
      permits.forget(task, false)
      return finish(scheduler, control)
    }
    if (control.is === 'cancelled') met('R6 the root is reached')
    task.failed = control.is === 'throw'
    settle(task, control, control.is === 'cancelled' || task.unwound)
    if (!isRoot) return { is: 'switch' }
    if (scheduler.ending?.is === 'abort') return rootEnded(scheduler, task, control)
    // The scheduler is being closed, and the cleanup of its root task has failed.
    return task.failed ? { is: 'switch', error: { value: valueOf(control) } } : { is: 'switch' }
  }

  function settle(task: Task, control: Control, givesBack: boolean): void {
    if (process.env.ZZ) console.log('ended', task.name, task.number, control.is)
    task.ended = true
    task.scheduler.running = undefined
    tasks.settle(task, control.is === 'cancelled' ? cancelled : control)
    members.hasEnded(task, control)
    permits.forget(task, givesBack)
    goOnFinishing(task.scheduler)
  }

  /** A1. The root has ended while the run is cancelled: what it has come to all the same is delivered. */
  function rootEnded(scheduler: Scheduler, root: Task, control: Control): Control {
    if (root.unwound) scheduler.ending = { is: 'abort', error: { value: valueOf(control) } }
    else if (control.is !== 'cancelled') scheduler.ending = control
    return { is: 'switch' }
  }

  /** The innermost frame is closed with all that is around it, if it is a task's or a scheduler's. */
  function close(frame: Frame): Control | undefined {
    if (frame.doomed !== true) return undefined
    if (frame.f === 'scheduler') return finish(frame.scheduler, { is: 'close' })
    if (frame.f !== 'task') return undefined
    const { task } = frame
    stack.shift()
    const failed = task.failure && { error: task.failure }
    // The tasks that wait for it unwind as well, and do not hear first that it was cancelled; nor do those that run the forms
    // around it.
    if (stack[schedulerOf(stack)]?.doomed === true) {
      finish(task.scheduler, { is: 'close' })
      for (let child: Task | undefined = task; child?.index !== undefined;) {
        child = tasks.spawnerOf(child)
        if (child !== undefined) tasks.cancel(child)
      }
    }
    if (task.inPlace) return { is: 'close', ...failed }
    // A child whose parent is closed too has become a task in its cleanup: it ends alone.
    const isAlone = stack[0]?.doomed !== true
    task.failed = isAlone && failed !== undefined
    settle(task, task.failed ? failure(task.failure?.value) : { is: 'cancelled' }, true)
    return isAlone ? { is: 'switch' } : { is: 'close', ...failed }
  }

  /** R9. Everybody who is left is cancelled, in the order of spawning; whom a form has, that form cancels. */
  function finish(scheduler: Scheduler, ending: Control): Control {
    if (ending.is === 'close') met('a scheduler is closed with all that is around it')
    scheduler.ending = ending
    if (ending.is !== 'close' && ending.is !== 'abort')
      tasks.left.push(...ofNoForm(scheduler).filter(task => !task.daemon && !task.cancelled))
    cancelLeft(scheduler)
    return { is: 'switch' }
  }

  /** R9. A task has ended. Those that were spawned while the others ended may run, until they alone are left. */
  function goOnFinishing(scheduler: Scheduler): void {
    if (scheduler.ending === undefined || scheduler.left.some(task => !task.ended)) return
    cancelLeft(scheduler)
    if (scheduler.left.length > 0) met('R9 tasks are spawned meanwhile')
  }

  function cancelLeft(scheduler: Scheduler): void {
    scheduler.left = ofNoForm(scheduler)
    for (const task of scheduler.left) tasks.cancel(task)
  }

  function ofNoForm(scheduler: Scheduler): Task[] {
    return scheduler.tasks.filter(task => !task.ended && task.belongs === undefined)
  }

  /** The scheduler whose frame is at `at` takes an effect. */
  function answer(scheduler: Scheduler, effect: Performed, place: number): Control | undefined {
    const { name, args } = effect
    const at = OF_TASKS.includes(name) ? becomeTask(place) : place
    if (at !== place) met('C3 a child becomes a task and goes on')
    const task = scheduler.running as Task
    if (name === 'Sleep' || name === 'Now') timers.ask(scheduler)
    const waitables = args as Waitable[]
    const semaphore = args[0] as Semaphore
    const unwinding = SUSPENDING.includes(name) ? unwindNow(at) : undefined
    if (unwinding !== undefined) {
      const isThere = name === 'Acquire' ? semaphore.free > 0 : waitables[0]?.settled !== undefined
      if (isThere) met('R4 one unwinds instead of being answered')
      return unwinding
    }
    switch (name) {
      case 'Spawn':
        return spawn(scheduler, effect, at)
      case 'Wait':
        return wait(scheduler, at, waitables, () => waitables[0]?.settled?.control)
      case 'Await': {
        const awaited = tasks.newAwaited()
        return wait(scheduler, at, [awaited], () => awaited.settled?.control)
      }
      case 'Gather':
        return wait(scheduler, at, waitables, () => allOf(waitables))
      case 'Race':
        return wait(scheduler, at, waitables, () => firstOf(waitables))
      case 'Cancel':
        tasks.cancel(args[0] as Task)
        return value(undefined)
      case 'Yield':
        tasks.wake(task, value(undefined))
        return park(scheduler, at, () => {})
      case 'CreatePromise':
      case 'CreateExternalPromise':
        return value(tasks.newPromise(name === 'CreatePromise' ? 'promise' : 'external').number)
      case 'CompletePromise':
      case 'FailPromise':
        return settlePromise(args[0] as Waitable, (name === 'FailPromise' ? failure : value)(args[1]))
      case 'CreateSemaphore':
        return value(tasks.newSemaphore(args[0] as number).number)
      case 'Acquire':
        if (permits.acquire(semaphore, task)) return value(undefined)
        return park(scheduler, at, () => semaphore.waiters.push(task))
      case 'Release':
        return permits.release(semaphore, task) ? value(undefined) : failure('ERR_TOO_MANY_PERMITS')
      case 'Now':
        return value(scheduler.now)
      case 'Sleep':
        return park(scheduler, at, () => timers.sleep(task, args[0] as number))
      default:
        return undefined
    }
  }

  /** The task has the handlers between here and the scheduler, without their return clauses. */
  function spawn(scheduler: Scheduler, { args, run }: Performed, at: number): Control {
    const [priority, daemon, name] = args as [Priority, boolean, string]
    const own = stack.slice(0, at)
    const tasksHere = own.flatMap(frame => (frame.f === 'task' ? [frame.task] : []))
    const spawner = tasksHere.find(each => each.scheduler === scheduler) as Task
    const belongs = tasks.scopeAround(effective(own))
    if (belongs !== undefined)
      met(
        spawner.index === undefined ? 'C4 a task joins the scope' : 'C4 a child spawns into the scope around its form',
      )
    const task = tasks.newTask(scheduler, { priority, daemon, name, spawner, belongs })
    tasks.waitables.push(task)
    task.frames = [...inheritedFrom(at, task), { f: 'task', task }]
    tasks.wake(task, run as Control)
    return value(task.number)
  }

  /** The handlers that the task has which is made here. */
  function inheritedFrom(at: number, task: Task): Frame[] {
    const handlers: Frame[] = []
    for (const each of searched(stack)) {
      if (each >= at) break
      handlers.push(...inherited(stack[each] as Frame, task))
    }
    return handlers
  }

  function wait(
    scheduler: Scheduler,
    at: number,
    waitables: readonly Waitable[],
    answer: () => Control | undefined,
  ): Control {
    for (const waitable of waitables) waitable.observed = true
    return (
      answer() ??
      park(scheduler, at, task => {
        task.answer = answer
        for (const { settled, waiters } of waitables) if (settled === undefined) waiters.push(task)
      })
    )
  }

  function settlePromise(promise: Waitable, how: Control): Control {
    if (promise.settled !== undefined) return failure('ERR_ALREADY_SETTLED')
    tasks.settle(promise, how)
    return value(undefined)
  }

  function reports(): Outcome['reports'] {
    const isRoot = (task: Task) => task === task.scheduler.tasks[0]
    const { left, reported } = tasks
    const isLost = (task: Task) => task.failed === true && !task.observed && !isRoot(task) && !reported.includes(task)
    const last = tasks.all.filter(isLost).toSorted((a, b) => (a.settled?.order ?? 0) - (b.settled?.order ?? 0))
    return { left: left.map(({ name }) => name), failed: [...reported, ...last].map(({ name }) => name) }
  }
}

function endedByItself({ ended, failed, settled }: Task): boolean {
  return ended && (failed === true || settled?.control.is === 'value')
}

/** A frame as tasks have it that are spawned inside: handlers are the same ones, but map no results. */
function inherited(frame: Frame, of: Task): Frame[] {
  if (frame.f === 'prompt') {
    const { returns: _, ...handler } = frame.handler
    return [{ f: 'prompt', handler, text: frame.text, origin: frame, of }]
  }
  if (frame.f === 'store') return [{ ...frame, doomed: false, inherited: true }]
  return []
}
