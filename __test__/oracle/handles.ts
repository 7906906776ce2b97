// What the task nodes of one run on a VM are about: its tasks, promises and semaphores, and what it reports of them.

import { Await, type ExternalPromise, type Program, type Semaphore } from '../../index'
import type { Task, VmPromise, Waitable } from '../../index'
import { pick, type Disturbance, type Outcome } from './ast'

type Made = Partial<Task & VmPromise & ExternalPromise & Semaphore>

/** The handles of a run, in the order in which they were made. */
export class Handles {
  readonly waitables: Waitable[] = []
  readonly tasks: Task[] = []
  readonly promises: VmPromise[] = []
  /** What is settled from outside. */
  readonly externals: Pick<ExternalPromise, 'complete' | 'fail'>[] = []
  readonly semaphores: Semaphore[] = []
  /** Cancel scopes that were opened. */
  readonly scopes: { cancel(): void }[] = []
  /** Tasks that were asked for. */
  spawned = 0
  #suspensions = 0
  readonly #disturbance: Disturbance | undefined

  constructor(disturbance?: Disturbance) {
    this.#disturbance = disturbance
  }

  /** Whether the run is to be disturbed at the suspending effect that comes now, and there is somebody to be cancelled. */
  readonly isDue = (): boolean => this.#suspensions++ === this.#disturbance?.at && this.victim() !== undefined

  readonly victim = (): Task | undefined => pick(this.tasks, this.#disturbance?.of ?? 0)

  /** The number of what an effect has made; anything else is from a handler of the program, and stays what it is. */
  readonly numberOf = (x: unknown): unknown => {
    const made = (typeof x === 'object' && x !== null ? x : {}) as Made
    if (made.kind === 'Task') {
      this.tasks.push(x as Task)
      return this.waitables.push(x as Task) - 1
    }
    if (made.future !== undefined) {
      if (made.complete === undefined) this.promises.push(x as VmPromise)
      else this.externals.push(x as ExternalPromise)
      return this.waitables.push(made.future) - 1
    }
    return made.permits === undefined ? x : this.semaphores.push(x as Semaphore) - 1
  }

  /** Awaits a promise. */
  readonly outside = (): Program<unknown, unknown> =>
    Await(
      new Promise((resolve, reject) => {
        this.externals.push({ complete: value => (resolve(value), true), fail: error => (reject(error), true) })
      }),
    )

  /** The number of who won a race, and the value; results of anything else as they are. */
  readonly plainRace = (x: unknown): unknown => {
    const isRace = typeof x === 'object' && x !== null && 'first' in x && 'rest' in x && 'value' in x
    return isRace ? [this.waitables.indexOf(x.first as Waitable), x.value] : x
  }
}

/** What `action` gives, and what was reported of tasks until it was done. */
export function reporting<T>(action: () => T): [T, Outcome['reports']] {
  const reports: Outcome['reports'] = { left: [], failed: [] }
  const { emitWarning } = process
  process.emitWarning = (message: string | Error): void => {
    const [, left] = /which were cancelled: (.*?)\. Wait/.exec(String(message)) ?? []
    const [, failed] = /^The task (.+?) failed/.exec(String(message)) ?? []
    // Children of forms have no names of the program: they are left with their forms, and fail by the same name.
    reports.left.push(...(left?.split(', ') ?? []).filter(isNamed))
    if (failed !== undefined) reports.failed.push(isNamed(failed) ? failed : 'child')
  }
  const restore = (): void => void (process.emitWarning = emitWarning)
  try {
    const result = action()
    if (result instanceof Promise) void result.then(restore, restore)
    else restore()
    return [result, reports]
  } catch (error) {
    restore()
    throw error
  }
}

function isNamed(task: string): boolean {
  return /^t\d+$/.test(task)
}
