// Permits of the reference interpreter: who has them, who waits for them, and whose one is given back (P1 to P3).

import { value } from './frames'
import type { Met } from './laws'
import type { Task, Tasks } from './tasks'

export interface Semaphore {
  readonly number: number
  readonly most: number
  free: number
  waiters: Task[]
  /** Who took a permit that is out, the longest ago first. */
  holders: Task[]
}

/** The operations on the permits of a run. */
export function permits(tasks: Tasks, met: Met) {
  return { acquire, forget, release }

  /** Takes a permit; false when none is free. */
  function acquire(semaphore: Semaphore, task: Task): boolean {
    if (semaphore.free === 0) return false
    semaphore.free--
    semaphore.holders.push(task)
    tasks.permits.push({ semaphore, task })
    return true
  }

  /** P1. Gives back a permit; false when there is none that the task may give back. */
  function release(semaphore: Semaphore, task: Task): boolean {
    const holder = holderFor(semaphore, task)
    if (holder === undefined) met('P1 one has nothing to give back')
    else giveBack(semaphore, holder)
    return holder !== undefined
  }

  function holderFor({ holders }: Semaphore, task: Task): Task | undefined {
    for (let each: Task | undefined = task; each !== undefined && !each.ended; each = tasks.spawnerOf(each)) {
      if (!holders.includes(each)) continue
      met(each === task ? 'P1 one gives back its own' : 'P1 one gives back what a spawner has')
      return each
    }
    const orphaned = holders.find(each => each.ended)
    if (orphaned !== undefined) met('P1 one gives back what nobody has')
    return orphaned
  }

  /** The oldest permit of this holder comes back, and goes to who has waited the longest. */
  function giveBack(semaphore: Semaphore, holder: Task): void {
    semaphore.holders.splice(semaphore.holders.indexOf(holder), 1)
    const taken = tasks.permits.findIndex(each => each.semaphore === semaphore && each.task === holder)
    tasks.permits.splice(taken, 1)
    semaphore.free++
    const [next] = semaphore.waiters
    if (next === undefined) return
    acquire(semaphore, next)
    met('P3 a permit is an answer')
    tasks.answer(next, value(undefined))
  }

  /** P2. A task has ended: what it has comes back, the oldest first, or stays out. */
  function forget(task: Task, givesBack: boolean): void {
    const own = tasks.permits.filter(each => each.task === task)
    if (own.length > 0) met(givesBack ? 'P2 a closed task gives back' : 'P2 a task leaves its permits out')
    if (givesBack) for (const { semaphore } of own) giveBack(semaphore, task)
  }
}
