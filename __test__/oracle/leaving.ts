// Leaving across tasks, in the reference interpreter: what becomes of a task and of the forms around it when a clause of a
// handler outside of them ends without resuming (L1 to L5).

import type { closing } from './closing'
import { failure, taskFrom, type Control, type Frame, type Leaving, type Performed, type Prompt } from './frames'
import type { Met } from './laws'
import type { scheduling } from './scheduler'
import type { Task } from './tasks'

/** The operations on one stack, the innermost frame first. */
export function leaving(
  stack: Frame[],
  { abandon, unwind }: ReturnType<typeof closing>,
  { members }: ReturnType<typeof scheduling>,
  met: Met,
) {
  return { escape, final, leaveForm }

  /** L1, L3. The inherited prompt at `at` takes an effect by a `final` clause, which is entered by `clause`. */
  function final(effect: Performed, at: number, clause: Control & { is: 'enter' }): Control {
    const [task] = taskFrom(stack, at) as [Task, number]
    const prompt = stack[at] as Prompt
    if (task.index !== undefined) {
      met(task.inPlace ? 'L1 a child in place leaves by a final clause' : 'L1 a task leaves by a final clause')
      return leaveTask({ prompt: prompt.origin as Prompt, effect }, at)
    }
    met('L3 a final clause ends a spawned task')
    // L6. Nobody leaves from where all up to the prompt is being closed.
    const gen = prompt.doomed === true ? {} : { leaves: prompt }
    return abandon({ frames: stack.splice(0, at + 1) }, { ...clause, gen })
  }

  /** L2, L3. A clause of this inherited prompt has ended without resuming; its frames are gone from the stack. */
  function escape(prompt: Prompt, ending: Control): Control {
    const [task, end] = taskFrom(stack, 0) ?? []
    if (task === undefined) return ending
    if (task.index !== undefined) {
      met(ending.is === 'throw' ? 'L2 a clause leaves with an error' : 'L2 a clause leaves with a value')
      return leaveTask({ prompt: prompt.origin as Prompt, with: ending })
    }
    met('L3 a clause ends a spawned task')
    task.unwound = true
    return unwind(stack.splice(0, end), failure('ERR_ESCAPED_TASK'))
  }

  /** The child that has the frame at `at` tells its form to be left, and unwinds. An error that comes too late is its own. */
  function leaveTask(how: Leaving, at = 0): Control {
    const [task, end] = taskFrom(stack, at) as [Task, number]
    const isTold = task.belongs !== undefined && members.tell(task.belongs, how, task)
    const isLost = !isTold && 'with' in how && how.with.is === 'throw'
    task.unwound ||= isLost
    return unwind(stack.splice(0, end), isLost ? how.with : { is: 'cancelled' })
  }

  /** The form is gone from the stack, and so are its tasks: its parent leaves in its place. */
  function leaveForm(how: Leaving): Control {
    if ('effect' in how) return { is: 'perform', effect: how.effect, by: how.prompt }
    const { prompt, with: ending } = how
    const isLeft = prompt.origin === undefined || prompt.doomed === true
    if (!isLeft) met('L1 a form in a child is left')
    return unwind(stack.splice(0, stack.indexOf(prompt) + 1), isLeft ? ending : { is: 'escape', prompt, with: ending })
  }
}
