// Forms with tasks, in the reference interpreter: their children run in place, up to where they suspend (C1 to C4), and no
// form ends before its tasks (R7).

import { endOfOwn, failure, schedulerOf, value, type Control, type Form, type Frame } from './frames'
import type { Met } from './laws'
import type { leaving } from './leaving'
import type { scheduling } from './scheduler'
import type { Task } from './tasks'

/** The operations on one stack, the innermost frame first. */
export function forms(
  stack: Frame[],
  { becomeTask, inheritedFrom, members, park, tasks, unwindNow }: ReturnType<typeof scheduling>,
  { leaveForm }: ReturnType<typeof leaving>,
  met: Met,
) {
  return { arrived, childEnded, close, formEnded, next, open }

  /** Runs the bodies as children, or the only one as itself. */
  function open(kind: Form['kind'], bodies: Control[]): Control {
    if (schedulerOf(stack) < 0) return failure('ERR_UNHANDLED_EFFECT')
    const form: Form = {
      f: 'form',
      kind,
      cancelled: false,
      bodies,
      started: 0,
      tasks: [],
      results: [],
      errors: [],
      ended: new Set(),
    }
    stack.unshift(form)
    return kind === 'scope' ? (form.bodies.shift() as Control) : { is: 'next' }
  }

  /** The form on top of the stack starts its next child, or waits for those that are left. */
  function next(): Control {
    const form = stack[0] as Form
    if (form.doomed === true) return { is: 'close' }
    if (form.cancelled) return { is: 'reached' }
    if (form.outcome !== undefined) {
      if (form.decider !== undefined) form.decider.observed = true
      return form.outcome
    }
    const body = form.bodies.shift()
    if (body !== undefined) return start(form, body)
    return form.tasks.length === 0 ? atOnce(form, members.result(form)) : join(form)
  }

  function start(form: Form, body: Control): Control {
    const at = schedulerOf(stack)
    const { scheduler } = stack[at] as Extract<Frame, { f: 'scheduler' }>
    const index = form.started++
    const { priority } = scheduler.running as Task
    const options = { name: 'child', priority, daemon: false }
    const task = tasks.newTask(scheduler, { ...options, inPlace: true, belongs: form, index })
    stack.unshift(...inheritedFrom(at, task), { f: 'task', task })
    return body
  }

  function join(form: Form): Control {
    const at = becomeTask(schedulerOf(stack))
    const { scheduler } = stack[at] as Extract<Frame, { f: 'scheduler' }>
    return unwindNow(at) ?? park(scheduler, at, task => (task.joins = form))
  }

  /** A child has ended in place; its form is on top of the stack. */
  function childEnded(task: Task, control: Control): Control {
    const form = task.belongs as Form
    // A parent whose child has ended so has suspended as well.
    const unwinding = control.is === 'cancelled' ? unwindNow(endOfOwn(stack, task.scheduler)) : undefined
    if (unwinding !== undefined) return unwinding
    members.record(form, task.index as number, control)
    return form.outcome === undefined ? { is: 'next' } : atOnce(form, form.outcome)
  }

  function atOnce({ kind }: Form, outcome: Control): Control {
    if (kind === 'any') met(outcome.is === 'value' ? 'C2 one of any succeeds at once' : 'C2 all of any fail')
    else met(outcome.is === 'value' ? 'C1 all end at once' : 'C1 one of all fails at once')
    return outcome
  }

  /** A control has reached a form, which is gone from the stack. */
  function arrived(form: Form, control: Control): Control {
    if (form.tasks.length === 0) return goOn(form, control)
    if (control.is === 'reached') met('R7 a form is unwound after its tasks')
    else met(`R7 a form ends with ${control.is === 'value' ? 'a value' : 'an error'} after its tasks`)
    stack.unshift(form)
    return awaitEnd(form, control)
  }

  /** R7. Waits until the tasks of the form on top of the stack have ended; a shield, meanwhile. */
  function awaitEnd(form: Form, ending: Control): Control {
    form.ending = ending
    const place = schedulerOf(stack)
    // Its continuation was resumed outside of the scheduler, where nobody can wait.
    if (place < 0) return letGo(form)
    const at = becomeTask(place)
    members.endAll(form)
    const { scheduler } = stack[at] as Extract<Frame, { f: 'scheduler' }>
    return park(scheduler, at, task => (task.awaitsEnd = form))
  }

  function letGo(form: Form): Control {
    form.tasks = []
    return { is: 'formEnded' }
  }

  /** The tasks of the form on top of the stack have ended. */
  function formEnded(): Control {
    const form = stack[0] as Form
    if (form.doomed === true) return { is: 'close' }
    stack.shift()
    return goOn(form, form.ending as Control)
  }

  function goOn(form: Form, control: Control): Control {
    const { leaving } = form
    members.report(form)
    if (control.is !== 'reached') return control
    return leaving === undefined ? value(undefined) : leaveForm(leaving)
  }

  /** The innermost frame is closed; a form is so when its tasks have ended. */
  function close(frame: Frame): Control | undefined {
    if (frame.f !== 'form' || frame.doomed !== true) return undefined
    if (frame.tasks.length === 0) return closeForm(frame)
    met('R7 a form is unwound after its tasks')
    return awaitEnd(frame, { is: 'close' })
  }

  /** Who has left through a form is heard, however far that is unwound. */
  function closeForm(form: Form): Control | undefined {
    const { leaving } = form
    members.report(form)
    if (leaving === undefined) return undefined
    met('L1 a form is left that is unwound farther')
    stack.shift()
    return leaveForm(leaving)
  }
}
