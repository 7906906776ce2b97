// What the tasks of a form mean for it, in the reference interpreter: what its children have come to (C1, C2), who tells
// it to be left (L1), and when the last one has ended (R7). Nothing here knows the stack.

import { failure, value, valueOf, type Control, type Form, type Leaving } from './frames'
import type { Met } from './laws'
import { cancelled, type Task, type Tasks } from './tasks'

/** The operations on the forms of a run. */
export function members(tasks: Tasks, met: Met) {
  return { endAll, hasEnded, record, report, result, tell }

  /** A task has ended; `control` is a value, an error, or that it was cancelled. */
  function hasEnded(task: Task, control: Control): void {
    const form = task.belongs
    if (form === undefined) return
    form.tasks = form.tasks.filter(each => each !== task)
    if (form.ending !== undefined) return goOnEnding(form)
    if (task.index === undefined) return
    if (form.kind === 'any' && form.doomed !== true) task.observed = true
    if (form.leaving !== undefined) return
    if (form.outcome === undefined) form.decider = task
    record(form, task.index, control)
    const parent = tasks.all.find(each => each.joins === form)
    const outcome = form.outcome ?? (form.tasks.length === 0 ? result(form) : undefined)
    if (parent !== undefined && outcome !== undefined) answer(form, parent, outcome)
  }

  function answer(form: Form, parent: Task, outcome: Control): void {
    if (form.kind === 'any') met(outcome.is === 'value' ? 'C2 one of any succeeds later' : 'C2 all of any fail')
    else met(outcome.is === 'value' ? 'C1 all end later' : 'C1 one of all fails later')
    form.outcome = outcome
    if (form.decider !== undefined) form.decider.observed = true
    tasks.answer(parent, outcome)
  }

  /** What a child has come to; `outcome` is there as soon as that of the form is decided. */
  function record(form: Form, index: number, control: Control): void {
    const how = control.is === 'cancelled' ? cancelled : control
    const { kind } = form
    if (how.is === 'throw') form.errors[index] = valueOf(how)
    else form.results[index] = valueOf(how)
    if ((kind === 'any') === (how.is === 'value')) form.outcome ??= how
  }

  /** What the form comes to when every child has ended and none has decided it. */
  function result(form: Form): Control {
    return form.kind === 'any' ? failure({ errors: [...form.errors] }) : value([...form.results])
  }

  /** The form is over: failures of its children that nobody has seen are reported, for nobody can wait for them. */
  function report(form: Form): void {
    const isLost = (task: Task) => task.belongs === form && task.index !== undefined && task.failed && !task.observed
    tasks.reported.push(...tasks.all.filter(isLost))
  }

  /** L1. The form is to be left so; false when that is too late. `by` is told by itself. */
  function tell(form: Form, leaving: Leaving, by: Task): boolean {
    const isLate = [form.leaving, form.outcome, form.ending].some(each => each !== undefined)
    if (isLate || form.doomed === true) {
      met('L2 somebody else was first')
      return false
    }
    form.leaving = leaving
    tasks.cancelRegion(form)
    for (const task of [...form.tasks]) if (task !== by) tasks.cancel(task)
    return true
  }

  /** R7. The form has been reached: its tasks are cancelled, in the order in which they joined. */
  function endAll(form: Form): void {
    form.ended = new Set(form.tasks)
    for (const task of form.ended) tasks.cancel(task)
  }

  /** Those who have joined meanwhile may run, until they alone are left. */
  function goOnEnding(form: Form): void {
    const parent = tasks.all.find(each => each.awaitsEnd === form)
    if (form.tasks.length > 0) {
      if (form.tasks.some(task => form.ended.has(task))) return
      met('R7 tasks join meanwhile')
      endAll(form)
    } else if (parent !== undefined) {
      parent.awaitsEnd = undefined
      tasks.wake(parent, { is: 'formEnded' })
    }
  }
}
