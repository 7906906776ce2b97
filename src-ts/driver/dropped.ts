// Continuations that a `raw` clause has kept and that nobody holds any more: they are closed, so that a run that lasts does not
// gather them. Only in asynchronous runs, in which garbage is told of, and only beyond the first thousand: to watch one costs
// more than to capture it.

import { Continuation, type Fate } from '../language/continuation'
import { OneShotViolationError } from '../messages/errors'
import { deref, type AnyGenerator } from '../builtins/intrinsics'
import { Kind, Program } from '../language/program'
import type { Run } from '../machine/run'
import { reportError } from '../machine/report'

/** How many a run may keep unwatched. */
const UNWATCHED = 1000

const dropped = new FinalizationRegistry<Fate>(fate => {
  const run = deref(fate.run) as Run | undefined
  if (run !== undefined && !fate.isUsed && run.runNumber === fate.runNumber) run.dropped.push(fate)
})

/** A `raw` clause starts, which may keep its continuation. What was dropped meanwhile is closed first, in its frame. */
export function watchKept(run: Run, k: Continuation, generator: AnyGenerator): AnyGenerator {
  if (++run.kept > UNWATCHED) {
    const fate: Fate = {
      run: (run.weakly ??= new WeakRef(run)),
      runNumber: run.runNumber,
      isUsed: false,
      index: 0,
      generation: 0,
    }
    Continuation.watch(k, fate)
    dropped.register(k, fate)
  }
  return run.dropped.length === 0 ? generator : closingFirst(run, generator)
}

function* closingFirst(run: Run, generator: AnyGenerator): AnyGenerator {
  for (let fate = run.dropped.pop(); fate !== undefined; fate = run.dropped.pop()) {
    if (fate.runNumber !== run.runNumber || fate.isUsed) continue
    try {
      const k = new Continuation(run, fate.index, fate.generation, undefined, DROPPED)
      yield new Program<unknown, unknown>(Kind.DISCONTINUE, null, k, undefined, undefined, 1)
    } catch (error) {
      if (error instanceof OneShotViolationError) continue
      reportError(error, { name: 'dropped' }, 'The cleanup of a dropped continuation', run.onUnobservedFailure)
    }
  }
  return yield* generator
}

/** What the clause was is known no more. */
const DROPPED = { owner: 'a handler', type: null }
