// Tasks, promises and semaphores of the reference interpreter: what each of them is, who waits for whom, who is woken.
// Nothing here knows the stack; which task runs is the scheduler's business.

import type { Priority } from './ast'
import { failure, value, valueOf, type Control, type Frame } from './frames'

/** A task or promise. */
export interface Waitable {
  readonly kind: 'task' | 'promise' | 'external'
  readonly number: number
  /** How it has ended, as the how many-th. */
  settled?: { control: Control; order: number }
  waiters: Task[]
  /** Somebody has waited for it. */
  observed: boolean
}

export interface Task extends Waitable {
  readonly name: string
  readonly scheduler: Scheduler
  readonly priority: Priority
  readonly daemon: boolean
  /** While it is parked; the last one is its own. */
  frames: Frame[]
  /** It is ready, to go on so. */
  wake?: Control | 'cancel' | undefined
  /** What it is answered when that is settled for which it waits. */
  answer?: (() => Control | undefined) | undefined
  /** It waits for a scheduler inside of it. */
  inside?: Scheduler | undefined
  cancelled: boolean
  /** What it waited for is there, and it has not gone on yet. */
  answered: boolean
  /** It is being closed: by itself, or with all that is around it. */
  closing?: 'alone' | 'all'
  /** What its cleanup has thrown while it is closed with all that is around it. */
  failure?: { value: unknown } | undefined
  ended: boolean
  failed?: boolean
}

export interface Scheduler {
  readonly tasks: Task[]
  ready: Task[]
  running?: Task | undefined
  /** The task of another scheduler that waits for this one. */
  parkedIn?: Task | undefined
  /** Its root program is over: how it goes on when every task has ended. */
  ending?: Control
  /** Its clock. */
  now: number
}

export interface Semaphore {
  readonly number: number
  readonly most: number
  free: number
  waiters: Task[]
  /** Who has a permit, the longest ago first. */
  holders: { task: Task; taken: number }[]
}

/** What all tasks of a run share. */
export class Tasks {
  readonly waitables: Waitable[] = []
  /** What is settled from outside. */
  readonly externals: Waitable[] = []
  readonly semaphores: Semaphore[] = []
  /** Who sleeps until when, in the order in which they fell asleep. */
  timers: { at: number; task: Task }[] = []
  /** Schedulers whose clocks were asked, in that order. */
  readonly clocks: Scheduler[] = []
  readonly left: Task[] = []
  /** How many were asked for. */
  spawned = 0
  #settlements = 0
  #taken = 0

  /** The tasks or promises so far. */
  of<K extends 'task' | 'promise'>(kind: K): (K extends 'task' ? Task : Waitable)[] {
    return this.waitables.filter(each => each.kind === kind) as never
  }

  newTask(scheduler: Scheduler, priority: Priority, daemon: boolean, name: string): Task {
    const number = this.waitables.length
    const state = { waiters: [], observed: false, frames: [], answered: false, cancelled: false, ended: false }
    const task: Task = { kind: 'task', number, name, scheduler, priority, daemon, ...state }
    scheduler.tasks.push(task)
    return task
  }

  newPromise(kind: 'promise' | 'external'): Waitable {
    const promise: Waitable = { kind, number: this.waitables.length, waiters: [], observed: false }
    this.waitables.push(promise)
    if (kind === 'external') this.externals.push(promise)
    return promise
  }

  /** As an effect of its own awaits it: no program has a handle of it. */
  newAwaited(): Waitable {
    const awaited: Waitable = { kind: 'external', number: -1, waiters: [], observed: false }
    this.externals.push(awaited)
    return awaited
  }

  newSemaphore(permits: number): Semaphore {
    const semaphore = { number: this.semaphores.length, most: permits, free: permits, waiters: [], holders: [] }
    this.semaphores.push(semaphore)
    return semaphore
  }

  settle(waitable: Waitable, control: Control): void {
    waitable.settled = { control, order: ++this.#settlements }
    for (const task of new Set(waitable.waiters)) {
      const answer = task.answer?.()
      if (answer !== undefined) this.answer(task, answer)
    }
    waitable.waiters = []
  }

  /** What the task waited for is there. */
  answer(task: Task, how: Control): void {
    this.wake(task, how)
    task.answered = true
  }

  /** The task is queued; one that is queued already stays where it is, but goes on so. */
  wake(task: Task, how: Control | 'cancel'): void {
    this.#strike(task)
    const { scheduler, wake: earlier } = task
    task.wake = how
    task.answer = undefined
    task.answered = false
    task.inside = undefined
    if (earlier !== undefined) return
    scheduler.ready.push(task)
    const outer = scheduler.parkedIn
    scheduler.parkedIn = undefined
    if (outer !== undefined) this.wake(outer, { is: 'switch' })
  }

  /** Asks a task to unwind, once. One that runs, or has been answered, does so at its next suspension. */
  cancel(task: Task): void {
    if (task.ended || task.closing !== undefined || task.cancelled) return
    task.cancelled = true
    if (task.scheduler.running !== task && !task.answered) this.unwindNext(task)
  }

  /** When it is the task's turn, it unwinds. */
  unwindNext(task: Task): void {
    if (task.inside !== undefined) task.inside.parkedIn = undefined
    this.wake(task, 'cancel')
  }

  /** The task waits for nothing any more. */
  #strike(task: Task): void {
    const others = (each: Task) => each !== task
    for (const waitable of [...this.waitables, ...this.externals]) waitable.waiters = waitable.waiters.filter(others)
    for (const semaphore of this.semaphores) semaphore.waiters = semaphore.waiters.filter(others)
    this.timers = this.timers.filter(timer => timer.task !== task)
  }

  /** Takes a permit; false when none is free. */
  acquire(semaphore: Semaphore, task: Task): boolean {
    if (semaphore.free === 0) return false
    semaphore.free--
    semaphore.holders.push({ task, taken: ++this.#taken })
    return true
  }

  /** Who has no permit gives back the one that was taken the longest ago. False when none is out. */
  release(semaphore: Semaphore, task: Task): boolean {
    if (semaphore.free === semaphore.most) return false
    const { holders } = semaphore
    const own = holders.findIndex(holder => holder.task === task)
    holders.splice(Math.max(own, 0), 1)
    this.#giveBack(semaphore)
    return true
  }

  #giveBack(semaphore: Semaphore): void {
    semaphore.free++
    const next = semaphore.waiters[0]
    if (next === undefined) return
    this.acquire(semaphore, next)
    this.wake(next, value(undefined))
  }

  /** A task has ended: its permits come back, or nobody has them any more. */
  forget(task: Task, givesBack: boolean): void {
    const held = this.semaphores.flatMap(semaphore => semaphore.holders.map(holder => ({ ...holder, semaphore })))
    const own = held.filter(holder => holder.task === task)
    for (const { holders } of this.semaphores) {
      const others = holders.filter(holder => holder.task !== task)
      holders.splice(0, holders.length, ...others)
    }
    own.sort((a, b) => a.taken - b.taken)
    if (givesBack) for (const { semaphore } of own) this.#giveBack(semaphore)
  }
}

/** The results of all; `undefined` when some are pending and none has failed. */
export function allOf(waitables: readonly Waitable[]): Control | undefined {
  const controls = waitables.map(({ settled }) => settled?.control)
  const failed = controls.find(control => control?.is === 'throw')
  if (failed !== undefined || controls.includes(undefined)) return failed
  return value(controls.map(control => valueOf(control as Control)))
}

/** The first to settle, and its value. */
export function firstOf(waitables: readonly Waitable[]): Control | undefined {
  const settled = waitables.filter(waitable => waitable.settled !== undefined)
  settled.sort((a, b) => (a.settled?.order ?? 0) - (b.settled?.order ?? 0))
  const [first] = settled
  const control = first?.settled?.control
  return control?.is === 'value' ? value([first?.number, control.value]) : control
}

/** What waiting for a cancelled task throws. */
export const cancelled = failure('ERR_TASK_CANCELLED')
