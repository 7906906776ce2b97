// What nobody looked at: failures of tasks that nobody waited for, and tasks left over when the root program ended.

import { each } from '../builtins/iterate'
import { append, join, map } from '../builtins/intrinsics'
import { Settlement } from '../wire/protocol'
import type { Run } from './run'
import { formatTrace } from '../language/trace'
import type { AnyTask, Waitable } from '../language/waitable'

/**
 * Told of the error of a task that failed and that nobody waited for, and of the task's name. What it throws is an
 * uncaught exception.
 */
export type OnUnobservedFailure = (error: unknown, task: { readonly name: string }) => void

/** Told of the tasks that were left when the root program ended. What it throws is an uncaught exception. */
export type OnLeftovers = (tasks: readonly AnyTask[]) => void

/** How long somebody may take to wait for a task that has failed, in milliseconds. */
export const REPORT_AFTER_MS = 1000

/**
 * A task has ended. Its failure is reported when nobody has waited for it for a while, or at the end of the run; a later
 * wait gets the error all the same.
 */
export function noteFailure(run: Run, task: Waitable): void {
  if (task.observed || task.standing !== Settlement.THREW) return
  run.unobserved.add(task)
  // A synchronous run is over before anybody can look at a clock.
  if (run.conductor !== undefined && run.reporting === undefined) reportLater(run)
}

function reportLater(run: Run): void {
  run.reporting = setTimeout(() => {
    run.reporting = undefined
    for (const task of each(run.overdue.list())) reportFailure(task, run.onUnobservedFailure)
    run.overdue.clear()
    for (const task of each(run.unobserved.list())) run.overdue.add(task)
    run.unobserved.clear()
    if (run.overdue.size > 0) reportLater(run)
  }, run.reportAfterMs)
  run.reporting.unref()
}

/** Somebody waits for the task, or nobody needs to hear of it any more. Gives whether it was to be reported. */
export function forgetFailure(run: Run, task: Waitable): boolean {
  if (run.unobserved.size > 0 && run.unobserved.delete(task)) return true
  return run.overdue.size > 0 && run.overdue.delete(task)
}

/** Nobody can wait for the task any more: a failure is reported as soon as the machine's outcome was read. */
export function reportIfUnobserved(run: Run, task: Waitable): void {
  if (forgetFailure(run, task)) run.due.push(task)
}

/** Reports what is due. */
export function reportDue(run: Run): void {
  for (let at = 0; at < run.due.length; at++) reportFailure(run.due.at(at), run.onUnobservedFailure)
  run.due.clear()
}

/** Takes what is to be reported off the run; the returned function reports it. */
export function takeReport(run: Run): (() => void) | undefined {
  const { leftover, onUnobservedFailure, onLeftovers } = run
  clearTimeout(run.reporting)
  run.reporting = undefined
  const failed: Waitable[] = []
  for (let at = 0; at < run.due.length; at++) append(failed, run.due.at(at))
  if (run.due.length > 0) run.due.clear()
  if (run.overdue.size > 0) for (const task of each(run.overdue.list())) append(failed, task)
  if (run.unobserved.size > 0) for (const task of each(run.unobserved.list())) append(failed, task)
  if (leftover.length === 0 && failed.length === 0) return undefined
  run.unobserved.clear()
  run.overdue.clear()
  run.leftover = []
  return () => {
    if (leftover.length > 0) tellOfLeftover(leftover, onLeftovers)
    for (const task of each(failed)) reportFailure(task, onUnobservedFailure)
  }
}

function tellOfLeftover(tasks: readonly Waitable[], hook: OnLeftovers | undefined): void {
  if (hook === undefined) warnOfLeftover(tasks)
  else carefully(() => hook(tasks as readonly AnyTask[]))
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
  reportError(task.value, task, `The task ${task.name}`, hook)
}

/** Tells of an error that nobody waits for. */
export function reportError(
  error: unknown,
  of: { readonly name: string },
  subject: string,
  hook: OnUnobservedFailure | undefined,
): void {
  if (hook !== undefined) return callHook(error, of, hook)
  process.emitWarning(`${subject} failed, and nobody waited for it: ${formatTrace(error)}`, {
    type: 'DoeffWarning',
    code: 'DOEFF_UNOBSERVED_FAILURE',
  })
}

/** What the hook throws is an uncaught exception, as with an event listener: it is not the run's error. */
function callHook(error: unknown, of: { readonly name: string }, hook: OnUnobservedFailure): void {
  carefully(() => hook(error, of))
}

/** Calls a hook of the user's. */
function carefully(call: () => void): void {
  try {
    call()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
