// External promises that nobody can settle any more, because nobody holds them: who waits for one waits in vain, and is told
// so. Only those that somebody has waited for for a moment are looked after.

import { DeadlockError } from '../messages/errors'
import { deref } from '../builtins/intrinsics'
import { Settlement } from '../wire/protocol'
import type { Run } from '../machine/run'
import { settleExternal } from '../machine/promises'
import type { ScopeHandle } from '../machine/cancel-scope'
import { Waitable } from '../language/waitable'

/** Both weak, because a run may lead to the promise itself: then the program can settle it. */
interface Lost {
  readonly run: WeakRef<Run>
  readonly future: WeakRef<Waitable>
}

const lost = new FinalizationRegistry<Lost>(({ run, future }) => {
  const own = deref(run)
  const waited = deref(future)
  if (own === undefined || waited === undefined) return
  const message = `${String(waited)} will never be settled: nobody holds the promise any more.`
  settleExternal(own, waited, Settlement.THREW, new DeadlockError(message, [], undefined))
})

/** From now on the promises that the run waits for are held by who can settle them, and no more by who waits. */
export function holdWeakly(run: Run): void {
  const { outside } = run.machine.slots
  for (let at = 1; at < outside.length; at++) letGoOf(run, outside[at])
  letGoOf(run, run.alone)
}

function letGoOf(run: Run, waited: Waitable | ScopeHandle | undefined): void {
  if (!(waited instanceof Waitable)) return
  if (waited.kind !== 'ExternalPromise' || waited.origin === undefined) return
  lost.register(waited.origin as object, { run: new WeakRef(run), future: new WeakRef(waited) })
  waited.origin = undefined
}
