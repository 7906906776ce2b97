// The scheduler of the reference interpreter: a frame on the stack. Above it are the frames of the task that runs; those
// of the others are put aside, and switching puts one pile in the place of another.

import type { Happening, Outcome, Priority } from './ast'
import type { closing } from './closing'
import { failure, value, valueOf, type Control, type Frame, type Performed } from './frames'
import { allOf, cancelled, firstOf, Tasks, type Scheduler, type Semaphore, type Task, type Waitable } from './tasks'

const PRIORITIES: readonly Priority[] = ['high', 'normal', 'idle']
/** Where a cancelled task unwinds. */
const SUSPENDING = ['Wait', 'Gather', 'Race', 'Yield', 'Acquire', 'Sleep', 'Await']

/** The operations on one stack, the innermost frame first. What happens outside does so when no task can go on. */
export function scheduling(stack: Frame[], { unwind }: ReturnType<typeof closing>, happenings: Happening[][]) {
  const tasks = new Tasks()
  return { answer, begin, close, ended, reports, switchTask, tasks }

  /** What comes next is the root task of a new scheduler. */
  function begin(): void {
    const scheduler: Scheduler = { tasks: [], ready: [], now: 0 }
    const task = tasks.newTask(scheduler, 'normal', false, 'root')
    scheduler.running = task
    stack.unshift({ f: 'task', task }, { f: 'scheduler', scheduler })
  }

  /** The next ready task goes on: the first one of the highest priority. */
  function switchTask(): Control {
    const { scheduler } = stack[0] as Extract<Frame, { f: 'scheduler' }>
    const ready = PRIORITIES.flatMap(priority => scheduler.ready.filter(task => task.priority === priority))
    const [task] = ready
    scheduler.running = task
    if (task === undefined) return nobodyIsReady(scheduler)
    scheduler.ready = scheduler.ready.filter(each => each !== task)
    const { frames, wake } = task
    task.frames = []
    task.wake = undefined
    task.answered = false
    if (wake !== 'cancel') return { is: 'resume', frames, control: wake as Control }
    task.closing = 'alone'
    stack.unshift(frames.pop() as Frame)
    return unwind(frames, value(undefined))
  }

  function nobodyIsReady(scheduler: Scheduler): Control {
    const { ending } = scheduler
    if (ending !== undefined && scheduler.tasks.every(task => task.ended)) {
      stack.shift()
      return ending
    }
    const around = stack.findIndex((frame, at) => at > 0 && frame.f === 'scheduler')
    if (around > 0) {
      // It is a part of some task of another scheduler, which waits meanwhile.
      const outer = (stack[around] as Extract<Frame, { f: 'scheduler' }>).scheduler
      const task = outer.running as Task
      scheduler.parkedIn = task
      return park(outer, around, () => (task.inside = scheduler))
    }
    if (!passTime() && !hear()) tasks.wake(oldest(scheduler), failure('ERR_DEADLOCK'))
    return { is: 'switch' }
  }

  /** Of several clocks the one jumps first that was asked first. */
  function ask(clock: Scheduler): void {
    if (!tasks.clocks.includes(clock)) tasks.clocks.push(clock)
  }

  /** A clock jumps to its next timer. */
  function passTime(): boolean {
    for (const scheduler of tasks.clocks) {
      const own = tasks.timers.filter(({ task }) => task.scheduler === scheduler)
      own.sort((a, b) => a.at - b.at)
      const [next] = own
      if (next === undefined) continue
      scheduler.now = next.at
      tasks.answer(next.task, value(undefined))
      return true
    }
    return false
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

  /** The oldest task that is left. */
  function oldest(scheduler: Scheduler): Task {
    const task = scheduler.tasks.find(each => !each.ended) as Task
    return task.inside === undefined ? task : oldest(task.inside)
  }

  /** The running task parks; the scheduler's frame is at `at`. */
  function park(scheduler: Scheduler, at: number, wait: (task: Task) => void): Control {
    const task = scheduler.running as Task
    task.frames = stack.splice(0, at)
    scheduler.running = undefined
    wait(task)
    if (isToClose(task)) {
      task.cancelled = false
      tasks.cancel(task)
    }
    return { is: 'switch' }
  }

  function isToClose(task: Task): boolean {
    return task.cancelled && task.closing === undefined
  }

  /** A control has reached the frame of a task, which is gone from the stack. */
  function ended(task: Task, control: Control): Control {
    const { scheduler } = task
    const isRoot = task === scheduler.tasks[0]
    task.ended = true
    scheduler.running = undefined
    if (isRoot && scheduler.ending === undefined) {
      tasks.forget(task, false)
      return finish(scheduler, control)
    }
    const result = task.closing !== undefined && control.is !== 'throw' ? cancelled : control
    task.failed = control.is === 'throw'
    if (!isRoot) tasks.settle(task, result)
    tasks.forget(task, task.closing !== undefined)
    // The scheduler is being closed, and the cleanup of its root task has failed.
    return isRoot && task.failed ? { is: 'switch', error: { value: valueOf(control) } } : { is: 'switch' }
  }

  /** The innermost frame is closed with all that is around it, if it is a task's or a scheduler's. */
  function close(frame: Frame): Control | undefined {
    if (frame.doomed !== true) return undefined
    if (frame.f === 'scheduler') return finish(frame.scheduler, { is: 'close' })
    if (frame.f !== 'task') return undefined
    const { task } = frame
    stack.shift()
    task.ended = true
    task.scheduler.running = undefined
    tasks.settle(task, cancelled)
    tasks.forget(task, true)
    return { is: 'close', ...(task.failure && { error: task.failure }) }
  }

  /** Everybody who is left is cancelled, in the order of spawning. */
  function finish(scheduler: Scheduler, ending: Control): Control {
    scheduler.ending = ending
    const left = scheduler.tasks.filter(task => !task.ended)
    if (ending.is !== 'close') tasks.left.push(...left.filter(task => !task.daemon && !task.cancelled))
    for (const task of left) {
      tasks.cancel(task)
      // Who was answered goes on, unless the scheduler is closed with all that is around it.
      if (ending.is === 'close' && task.answered && isToClose(task)) tasks.unwindNext(task)
    }
    return { is: 'switch' }
  }

  /** The scheduler whose frame is at `at` takes an effect. */
  function answer(scheduler: Scheduler, effect: Performed, at: number): Control | undefined {
    const { name, args } = effect
    const task = scheduler.running as Task
    if (name === 'Sleep' || name === 'Now') ask(scheduler)
    if (SUSPENDING.includes(name) && isToClose(task)) return park(scheduler, at, () => {})
    const waitables = args as Waitable[]
    const semaphore = args[0] as Semaphore
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
        if (tasks.acquire(semaphore, task)) return value(undefined)
        return park(scheduler, at, () => semaphore.waiters.push(task))
      case 'Release':
        return tasks.release(semaphore, task) ? value(undefined) : failure('ERR_TOO_MANY_PERMITS')
      case 'Now':
        return value(scheduler.now)
      case 'Sleep':
        return park(scheduler, at, () => tasks.timers.push({ at: scheduler.now + (args[0] as number), task }))
      default:
        return undefined
    }
  }

  /** The task has the handlers between here and the scheduler, without their return clauses. */
  function spawn(scheduler: Scheduler, { args, run }: Performed, at: number): Control {
    const [priority, daemon, name] = args as [Priority, boolean, string]
    const task = tasks.newTask(scheduler, priority, daemon, name)
    tasks.waitables.push(task)
    task.frames = [...stack.slice(0, at).flatMap(inherited), { f: 'task', task }]
    tasks.wake(task, run as Control)
    // Nothing starts any more when the root program is over.
    if (scheduler.ending !== undefined) tasks.cancel(task)
    return value(task.number)
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
    const failed = tasks.of('task').filter(task => task.failed === true && !task.observed)
    failed.sort((a, b) => (a.settled?.order ?? 0) - (b.settled?.order ?? 0))
    return { left: tasks.left.map(({ name }) => name), failed: failed.map(({ name }) => name) }
  }
}

/** A frame as tasks have it that are spawned inside: handlers are the same ones, but map no results. */
function inherited(frame: Frame): Frame[] {
  if (frame.f === 'prompt') {
    const { returns: _, ...handler } = frame.handler
    return [{ f: 'prompt', handler }]
  }
  if (frame.f === 'store') return [{ ...frame, doomed: false, inherited: true }]
  return []
}
