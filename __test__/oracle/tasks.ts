// Tasks and promises of the reference interpreter: what each of them is, who waits for whom, who is woken, and what
// becomes of those who are cancelled (R5). The stack is only looked at; which task runs is the scheduler's business.

import type { Priority } from './ast'
import { failure, value, valueOf, type Control, type Form, type Frame, type Region } from './frames'
import type { Met } from './laws'
import type { Semaphore } from './permits'
import { chainFrom, effective, walk } from './regions'
import type { Timer } from './timers'

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
  /** It is ready, to go on so; unless it is to unwind. */
  wake?: Control | undefined
  unwinds: boolean
  /** What it is answered when that is settled for which it waits. */
  answer?: (() => Control | undefined) | undefined
  /** It waits for a scheduler inside of it. */
  inside?: Scheduler | undefined
  /** It waits for the children of a form of its own. */
  joins?: Form | undefined
  /** It waits until the tasks of a form of its own have ended. */
  awaitsEnd?: Form | undefined
  cancelled: boolean
  /** What it waited for is there, and it has not gone on yet. */
  answered: boolean
  /** The child in its turn that has just become a task. */
  forked?: Task | undefined
  /** A child that has not suspended yet: its frames are on top of its parent's. */
  inPlace: boolean
  /** The form that it belongs to, as the child of this index, or because it was spawned there. */
  belongs?: Form | undefined
  index?: number
  spawner?: Task | undefined
  /** What it has is given back although it fails. */
  unwound: boolean
  /** What its cleanup has thrown while it is closed with all that is around it. */
  failure?: { value: unknown } | undefined
  ended: boolean
  failed?: boolean
}

export interface Scheduler {
  readonly tasks: Task[]
  /** Parents of children that have become tasks, before everybody else. */
  front: Task[]
  ready: Task[]
  running?: Task | undefined
  /** The task of another scheduler that waits for this one. */
  parkedIn?: Task | undefined
  /** Its root program is over: how it goes on when every task has ended. */
  ending?: Control
  /** Those whom it has cancelled since; it cancels others when these have ended. */
  left: Task[]
  /** Its clock. */
  now: number
}

/** What all tasks of a run share. */
export class Tasks {
  readonly waitables: Waitable[] = []
  /** What is settled from outside. */
  readonly externals: Waitable[] = []
  readonly semaphores: Semaphore[] = []
  /** Those that no program has a handle of too. */
  readonly all: Task[] = []
  /** Permits that are out, in the order in which they were taken. */
  readonly permits: { semaphore: Semaphore; task: Task }[] = []
  /** In the order in which they were set. */
  timers: Timer[] = []
  readonly left: Task[] = []
  /** Whose failures were reported while the run went on. */
  readonly reported: Task[] = []
  /** How many were asked for. */
  spawned = 0
  #settlements = 0
  readonly #stack: readonly Frame[]
  readonly #met: Met

  constructor(stack: readonly Frame[], met: Met) {
    this.#stack = stack
    this.#met = met
  }

  /** The tasks or promises so far. */
  of<K extends 'task' | 'promise'>(kind: K): (K extends 'task' ? Task : Waitable)[] {
    return this.waitables.filter(each => each.kind === kind) as never
  }

  newTask(scheduler: Scheduler, options: Pick<Task, 'name' | 'priority' | 'daemon'> & Partial<Task>): Task {
    const { length: number } = this.waitables
    const standing = { answered: false, cancelled: false, ended: false, unwinds: false, unwound: false, inPlace: false }
    const task: Task = {
      kind: 'task',
      number,
      scheduler,
      waiters: [],
      observed: false,
      frames: [],
      ...standing,
      ...options,
    }
    if (!task.inPlace) this.join(task)
    return task
  }

  /** From now on it is one of the tasks of its scheduler. */
  join(task: Task): void {
    task.inPlace = false
    task.scheduler.tasks.push(task)
    this.all.push(task)
    task.belongs?.tasks.push(task)
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
    const { length: number } = this.semaphores
    const semaphore: Semaphore = { number, most: permits, free: permits, waiters: [], holders: [] }
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
  wake(task: Task, how: Control): void {
    this.#strike(task)
    const { scheduler, wake: earlier } = task
    task.wake = how
    task.answered = false
    task.unwinds = false
    if (earlier !== undefined) return
    scheduler.ready.push(task)
    const outer = scheduler.parkedIn
    scheduler.parkedIn = undefined
    if (outer !== undefined) this.wake(outer, { is: 'switch' })
  }

  /** R5. The task's root is cancelled, once. */
  cancel(task: Task): void {
    if (task.ended || task.cancelled) return
    task.cancelled = true
    this.#tell(frame => frame.f === 'task' && frame.task === task)
  }

  /** R5. A cancel scope is cancelled: its own task is told. */
  cancelRegion(region: Region | Form): void {
    region.cancelled = true
    this.#tell(frame => frame === region)
  }

  /** Whose frame it is is told, or who has that in a continuation. */
  #tell(isIt: (frame: Frame) => boolean): void {
    const owner = this.all.find(task => !task.ended && effective(task.frames).some(isIt))
    if (owner === undefined) this.#met('R5 the running task goes on')
    else this.poke(owner)
  }

  /** R5. What becomes of a task when a scope that it may be in is cancelled. */
  poke(task: Task): void {
    if (task.scheduler.running === task) return this.#met('R5 the running task goes on')
    if (task.answered) return this.#met('R5 an answered task gets that first')
    const { target, stop } = walk(effective(task.frames))
    if (target !== undefined) this.unwindNext(task)
    else if (stop === 'shield') this.#met('R5 a task of a region is held back')
  }

  /** When it is the task's turn, it unwinds; what it waited for is let go. */
  unwindNext(task: Task): void {
    if (task.wake === undefined) {
      this.#met('R5 a parked task is queued to unwind')
      if (task.inside !== undefined) task.inside.parkedIn = undefined
      this.wake(task, cancelled)
    } else {
      this.#met(task.wake.is === 'enter' ? 'R5 a task ends that has not started' : 'R5 a ready task keeps its place')
    }
    task.unwinds = true
  }

  /** The task waits for nothing any more. */
  #strike(task: Task): void {
    task.answer = undefined
    task.inside = undefined
    task.joins = undefined
    const others = (each: Task) => each !== task
    for (const waitable of [...this.waitables, ...this.externals]) waitable.waiters = waitable.waiters.filter(others)
    for (const semaphore of this.semaphores) semaphore.waiters = semaphore.waiters.filter(others)
    this.timers = this.timers.filter(timer => timer.task !== task)
  }

  /** The effective frames of a task from a frame of it on. */
  chainOf(frame: Frame): Frame[] {
    for (const { ended, frames } of this.all) {
      const chain = ended ? undefined : chainFrom(effective(frames), frame)
      if (chain !== undefined) return chain
    }
    return chainFrom(effective(this.#stack), frame) ?? []
  }

  /** Who spawned a task; of a child, who runs the form. */
  spawnerOf(task: Task): Task | undefined {
    if (task.index === undefined) return task.spawner
    const runs = this.chainOf(task.belongs as Form).find(frame => frame.f === 'task')
    return runs?.f === 'task' ? runs.task : undefined
  }

  /** The innermost `Scope` that somebody is in; a child is in the one that its form is in. */
  scopeAround(effectively: readonly Frame[]): Form | undefined {
    for (const frame of effectively) {
      if (frame.f === 'form' && frame.kind === 'scope') return frame
      if (frame.f !== 'task' || frame.task.inPlace) continue
      const { belongs, index } = frame.task
      return index === undefined ? belongs : this.scopeAround(this.chainOf(belongs as Form).slice(1))
    }
    return undefined
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
