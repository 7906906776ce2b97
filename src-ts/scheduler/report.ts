// What nobody looked at: failures of tasks that nobody waited for, and tasks left over when the root program ended.

import { each } from '../each'
import { join, map } from '../intrinsics'
import { Settlement } from '../protocol'
import type { Run } from '../run-state'
import { formatTrace } from '../trace'
import type { Waitable } from './waitable'

/**
 * Told of the error of a task that failed and that nobody waited for, and of the task's name. What it throws is an
 * uncaught exception.
 */
export type OnUnobservedFailure = (error: unknown, task: { readonly name: string }) => void

/** More failures than this are not kept until the end of the run: the oldest one is reported at once. */
const MOST_UNOBSERVED = 1000

/** A task has ended: its failure is reported at the end of the run unless somebody waits for it by then. */
export function noteFailure(run: Run, task: Waitable): void {
  if (task.observed || task.standing !== Settlement.THREW) return
  run.unobserved.add(task)
  if (run.unobserved.size <= MOST_UNOBSERVED) return
  const oldest = run.unobserved.first()
  if (oldest === undefined) return
  run.unobserved.delete(oldest)
  // Not now: the machine's outcome is still being read.
  process.nextTick(reportFailure, oldest, run.onUnobservedFailure)
}

/** Takes what is to be reported off the run; the returned function reports it. */
export function takeReport(run: Run): (() => void) | undefined {
  const { leftover, onUnobservedFailure } = run
  const failed = run.unobserved.size === 0 ? [] : run.unobserved.list()
  if (leftover.length === 0 && failed.length === 0) return undefined
  run.unobserved.clear()
  run.leftover = []
  return () => {
    if (leftover.length > 0) warnOfLeftover(leftover)
    for (const task of each(failed)) reportFailure(task, onUnobservedFailure)
  }
}

function warnOfLeftover(tasks: readonly Waitable[]): void {
  const names = join(
    map(tasks, task => task.name),
    ', ',
  )
  const advice = 'Wait for them, cancel them, or spawn them with { daemon: true }.'
  process.emitWarning(`The program ended before its tasks, which were cancelled: ${names}. ${advice}`, {
    type: 'DoeffWarning',
    code: 'DOEFF_LEFTOVER_TASKS',
  })
}

function reportFailure(task: Waitable, hook: OnUnobservedFailure | undefined): void {
  if (hook !== undefined) return callHook(task, hook)
  process.emitWarning(`The task ${task.name} failed, and nobody waited for it: ${formatTrace(task.value)}`, {
    type: 'DoeffWarning',
    code: 'DOEFF_UNOBSERVED_FAILURE',
  })
}

/** What the hook throws is an uncaught exception, as with an event listener: it is not the run's error. */
function callHook(task: Waitable, hook: OnUnobservedFailure): void {
  try {
    hook(task.value, task)
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
