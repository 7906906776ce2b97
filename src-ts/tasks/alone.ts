// Waiting alone: the one task that can go on waits for something outside. Until that has come nobody else's turn can be, so
// the machine need not hear of it: the run just waits. When anything else happens first, the machine is told that the task
// has parked, and the run waits as every other does.

import { findIndex } from '../builtins/intrinsics'
import { words } from '../wire/mailbox'
import { Op, Ready, Word } from '../wire/protocol'
import { Status, type Here, type Run } from '../machine/run'
import { armDeadlines } from '../machine/deadline'
import type { Waitable } from '../language/waitable'

/** Whether the task under way is the only one that can go on before something outside happens. */
export function isAlone(run: Run): boolean {
  return (
    words[Word.READY] === Ready.NONE &&
    words[Word.CHILDREN] === 0 &&
    words[Word.VM] === run.machine.vm &&
    run.mayWait &&
    !run.eager &&
    run.machine.watch === undefined &&
    run.inbox.length === 0 &&
    !hasSimulatedTime(run)
  )
}

/** When everybody waits, a simulated clock lets time pass at once. */
function hasSimulatedTime({ clocks }: Run): boolean {
  return clocks.size > 0 && findIndex(clocks.list(), clock => clock.jump !== undefined) !== -1
}

/** The task under way waits, and the machine does not know. */
export function waitAlone(run: Run, waitable: Waitable): Here {
  if (run.unarmed.length > 0) armDeadlines(run)
  waitable.observed = true
  run.contexts?.pause()
  run.alone = waitable
  // What is in transit is not kept: to keep something new in something old has its price.
  run.register = undefined
  run.parked = true
  return run.end(Status.WAITING)
}

/** Gives what the task waited for, if that is all that has come; otherwise the machine is told of what has come. */
export function endAlone(run: Run): Waitable | undefined {
  const { alone, inbox } = run
  if (alone !== undefined && inbox.length === 1 && inbox.at(0) === alone) {
    inbox.pop()
    run.alone = undefined
    return alone
  }
  tellAlone(run)
  return undefined
}

/** The machine hears that the task has parked, if one waits without its knowledge: then the run is idle. */
export function tellAlone(run: Run): void {
  const { alone, machine } = run
  if (alone === undefined) return
  run.alone = undefined
  run.slot = 0
  const { register } = machine
  machine.register = alone
  machine.send(Op.WAIT_OUTSIDE)
  machine.register = register
}
