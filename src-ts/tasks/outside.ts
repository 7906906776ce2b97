// Waiting for the outside: promises and time. The task parks on a waitable that a callback settles.

import { AsyncInSyncRunError } from '../messages/errors'
import { abortBy, Controller, signalOf } from '../builtins/intrinsics'
import type { Program } from '../language/program'
import { Settlement, Until } from '../wire/protocol'
import type { Run, Todo } from '../machine/run'
import { clockAround, realClock } from '../machine/clock'
import { checkThenable } from '../effects/await'
import { settleFromOutside, SIMULATED } from '../machine/promises'
import { park, parkOutside, refuse } from './parking'
import { Waitable, type Extra } from '../language/waitable'

/** `Sleep(ms)`: the clock wakes the task. */
export function sleep(run: Run, effect: Program): Todo {
  const clock = clockAround(run)
  if (clock === realClock && !run.mayWait) {
    return refuse(
      run,
      new AsyncInSyncRunError(
        `${String(effect)} needs an asynchronous run: use runAsync(program), or simulatedClock().`,
      ),
    )
  }
  if (effect.a === Infinity && clock !== realClock) return sleepForever(run, effect)
  const extra = { outside: (clock === realClock ? ALIVE : SIMULATED).outside, abandon: () => callOff() }
  const waitable = new Waitable(run.owner(), 'Sleep', effect.a, extra)
  run.clocks.add(clock)
  const callOff = clock.after(effect.a as number, () => {
    if (settleFromOutside(run, waitable, Settlement.RETURNED, undefined)) run.wake?.()
  })
  return parkOutside(run, waitable)
}

/** Simulated time that never comes is nothing outside: who waits for nothing else is deadlocked. */
function sleepForever(run: Run, effect: Program): Todo {
  return park(run, effect, [new Waitable(run.owner(), 'Sleep', effect.a, undefined)], Until.ONLY)
}

/** `Await(promise)`, `Await(signal => promise)`. */
export function awaiting(run: Run, effect: Program): Todo {
  if (!run.mayWait) {
    return refuse(run, new AsyncInSyncRunError(`${String(effect)} needs an asynchronous run: use runAsync(program).`))
  }
  const started = start(run, effect.a)
  return started instanceof Waitable ? parkOutside(run, started) : started
}

function start(run: Run, action: unknown): Waitable | Todo {
  let extra: Extra = ALIVE
  let promise = action
  try {
    if (typeof action === 'function') {
      const controller = new Controller()
      extra = { outside: ALIVE.outside, abandon: () => abortBy(controller) }
      promise = (action as (signal: AbortSignal) => unknown)(signalOf(controller))
    } else {
      checkThenable(action)
    }
  } catch (error) {
    return refuse(run, error)
  }
  const waitable = new Waitable(run.owner(), 'Await', action, extra)
  void hearOf(run, waitable, promise)
  return waitable
}

/** While somebody waits for it, the process stays alive. */
const ALIVE = { outside: { ref: true } } as const

/** Settles the waitable as the promise is. Only `await` touches its `then`, so the first settlement wins. */
async function hearOf(run: Run, waitable: Waitable, promise: unknown): Promise<void> {
  let how = Settlement.RETURNED
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    how = Settlement.THREW
    value = error
  }
  // This is a promise reaction of ours, in the context of the task: the run may go on right here.
  if (settleFromOutside(run, waitable, how, value)) run.wake?.()
}
