// The task that performs: who spawns, and who asks for itself.

import { listing, words } from '../wire/mailbox'
import { Op, Word } from '../wire/protocol'
import type { Run } from '../machine/run'
import type { Waitable } from '../language/waitable'

/**
 * What the machine has published as the handle of the task that runs, 0 for a root task; -1 when the machine must be asked:
 * there are several schedulers, children in place, or a hand-off that it has not heard of.
 */
function publishedHandle({ machine }: Run): number {
  const isKnown =
    words[Word.RUNNING] !== 0 &&
    words[Word.VM] === machine.vm &&
    words[Word.IN_PLACE] === 0 &&
    words[Word.CHILDREN] === 0
  return isKnown ? (words[Word.RUNNING_HANDLE] as number) : -1
}

/** The number of the task that performs. */
export function currentId(run: Run): number {
  const handle = publishedHandle(run)
  if (handle > 0) return (run.machine.slots.values[handle] as Waitable).id
  return handle === 0 ? run.owner().rootId : currentTask(run).id
}

/** The task that performs. A child in place is a task from now on. */
export function currentTask(run: Run): Waitable {
  const { machine } = run
  const { values } = machine.slots
  const published = publishedHandle(run)
  if (published > 0) return values[published] as Waitable
  const { register } = machine
  machine.send(Op.CURRENT_TASK)
  machine.register = register
  const current = listing()
  const handle = current[0]
  if (handle !== undefined && handle !== 0) return values[handle] as Waitable
  return run.owner().root(current[3] ?? 0)
}
