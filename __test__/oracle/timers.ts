// Simulated time of the reference interpreter: who sleeps until when, and when the time of a timeout is up (C5).

import { value, type Frame, type Region } from './frames'
import type { Met } from './laws'
import { effective } from './regions'
import type { Scheduler, Task, Tasks } from './tasks'

/** A sleeper's, or a deadline. */
export interface Timer {
  at: number
  scheduler: Scheduler
  task?: Task
  region?: Region
}

/** The operations on the clocks of a run. */
export function timing(tasks: Tasks, met: Met) {
  /** Schedulers whose clocks were asked, in that order. */
  const clocks: Scheduler[] = []
  return { arm, ask, letGo, passTime, sleep }

  /** Of several clocks the one jumps first that was asked first. */
  function ask(clock: Scheduler): void {
    if (!clocks.includes(clock)) clocks.push(clock)
  }

  function sleep(task: Task, ms: number): void {
    const { scheduler } = task
    tasks.timers.push({ at: scheduler.now + ms, scheduler, task })
  }

  /** Something suspends: the clock hears of the timeouts that it is in. */
  function arm(scheduler: Scheduler, frames: readonly Frame[]): void {
    for (const frame of effective(frames)) {
      if (frame.f !== 'region' || frame.deadline === Infinity || frame.armed || frame.cancelled) continue
      met('C5 a deadline is set')
      frame.armed = true
      const clock = frame.clock ?? scheduler
      ask(clock)
      tasks.timers.push({ at: Math.max(clock.now, frame.deadline), scheduler: clock, region: frame })
    }
  }

  function letGo(region: Region): void {
    const others = tasks.timers.filter(each => each.region !== region)
    if (others.length < tasks.timers.length) met('C5 a deadline is let go')
    tasks.timers = others
  }

  /** A clock jumps to its next timer. */
  function passTime(): boolean {
    for (const scheduler of clocks) {
      const [next] = tasks.timers.filter(timer => timer.scheduler === scheduler).toSorted(inOrder)
      if (next === undefined) continue
      if (next.region !== undefined && next.at === scheduler.now)
        met('C5 a deadline goes off after others of its instant')
      scheduler.now = next.at
      goOff(next)
      return true
    }
    return false
  }

  function goOff({ task, region }: Timer): void {
    if (task !== undefined) return tasks.answer(task, value(undefined))
    met('C5 a deadline goes off')
    tasks.timers = tasks.timers.filter(each => each.region !== region)
    tasks.cancelRegion(region as Region)
  }
}

/** Of one instant, deadlines go off after all others, the one that was opened first before the others. */
function inOrder(a: Timer, b: Timer): number {
  return a.at - b.at || (a.region?.number ?? -1) - (b.region?.number ?? -1)
}
