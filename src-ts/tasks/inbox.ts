// What was settled while the machine was not asked: it is told when the run is idle, between two slices of an asynchronous
// run, and before each effect that may switch tasks.

import { Op, Settlement } from '../wire/protocol'
import type { Run } from '../machine/run'
import { Stack } from '../builtins/stack'
import { ScopeHandle } from '../machine/cancel-scope'
import type { Waitable } from '../language/waitable'

/** Tells the machine of a settlement, if anybody waits for it. */
export function tell(run: Run, waitable: Waitable): void {
  if (waitable.generation === 0) return
  const failed = waitable.standing === Settlement.RETURNED ? 0 : 1
  run.machine.send4(Op.SETTLE, waitable.index, waitable.generation, failed, 0)
}

/**
 * Tells the machine of everything that was settled from outside, and then of every cancel scope whose time is over: who
 * has been answered in the meantime is so first. Gives whether there was anything.
 */
export function drainInbox(run: Run): boolean {
  const settled = run.inbox
  if (settled.length === 0) return false
  run.inbox = new Stack()
  for (let at = 0; at < settled.length; at++) {
    const each = settled.at(at)
    if (!(each instanceof ScopeHandle)) tell(run, each)
  }
  for (let at = 0; at < settled.length; at++) {
    const each = settled.at(at)
    if (each instanceof ScopeHandle && each.isOpen) run.machine.send2(Op.CANCEL_SCOPE, each.index, each.generation)
  }
  return true
}
