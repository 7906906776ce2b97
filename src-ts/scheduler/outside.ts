// Waiting for the outside: promises and time. The task parks on a waitable that a callback settles.

import { AsyncInSyncRunError } from '../errors'
import type { Program } from '../program'
import { Settlement, Until } from '../protocol'
import type { Run, Todo } from '../run-state'
import { show } from '../show'
import { realClock } from './clock'
import { checkThenable } from './effects'
import { settleFromOutside } from './promises'
import { park, refuse, watch } from './parking'
import { Waitable } from './waitable'

/** `Sleep(ms)`: the clock wakes the task. */
export function sleep(run: Run, effect: Program): Todo {
  if (run.clock === realClock && !run.mayWait) {
    return refuse(
      run,
      new AsyncInSyncRunError(
        `${String(effect)} needs an asynchronous run: use runAsync(program), or simulatedClock().`,
      ),
    )
  }
  // Simulated time that never comes is nothing outside: who waits for nothing else is deadlocked.
  const never = effect.a === Infinity && run.clock !== realClock
  const outside = never ? undefined : { ref: true, abandon: () => callOff() }
  const waitable = new Waitable(run.machine, run.runNumber, 'Sleep', `${String(effect.a)} ms`, outside)
  run.clocks.add(run.clock)
  const callOff = run.clock.after(effect.a as number, () => {
    settleFromOutside(run, waitable, Settlement.RETURNED, undefined)
  })
  watch(run, waitable)
  return park(run, effect, Until.ONLY)
}

/** `Await(promise)`, `Await(signal => promise)`. */
export function awaiting(run: Run, effect: Program): Todo {
  if (!run.mayWait) {
    return refuse(run, new AsyncInSyncRunError(`${String(effect)} needs an asynchronous run: use runAsync(program).`))
  }
  const started = start(run, effect.a)
  if (!(started instanceof Waitable)) return started
  watch(run, started)
  return park(run, effect, Until.ONLY)
}

function start(run: Run, action: unknown): Waitable | Todo {
  let outside: Waitable['outside'] = { ref: true }
  let promise = action
  try {
    if (typeof action === 'function') {
      const controller = new AbortController()
      outside = { ref: true, abandon: () => controller.abort() }
      promise = (action as (signal: AbortSignal) => unknown)(controller.signal)
    } else {
      checkThenable(action)
    }
  } catch (error) {
    return refuse(run, error)
  }
  const waitable = new Waitable(run.machine, run.runNumber, 'Await', show(action), outside)
  // A promise of our own: only it calls `then`, and the first settlement wins.
  new Promise(resolve => resolve(promise)).then(
    value => settleFromOutside(run, waitable, Settlement.RETURNED, value),
    (error: unknown) => settleFromOutside(run, waitable, Settlement.THREW, error),
  )
  return waitable
}
