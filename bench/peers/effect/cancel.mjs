// W12 for Effect: races and interruption; `finalized` counts the finalizers that ran.
import { Effect, Fiber } from 'effect'

const finalize = counter =>
  Effect.sync(() => {
    counter.finalized++
  })

const quick = Effect.fnUntraced(function* (i) {
  yield* Effect.yieldNow
  return i
})

const raceMain = Effect.fnUntraced(function* (n) {
  const counter = { finalized: 0 }
  let sum = 0
  for (let i = 0; i < n; i++) {
    const hanging = Effect.onInterrupt(Effect.never, () => finalize(counter))
    sum += yield* Effect.race(hanging, quick(i))
  }
  return sum + counter.finalized
})

const cancelMain = Effect.fnUntraced(function* (n) {
  const counter = { finalized: 0 }
  const fibers = []
  for (let i = 0; i < n; i++) fibers.push(yield* Effect.forkChild(Effect.ensuring(Effect.never, finalize(counter))))
  yield* Effect.yieldNow
  yield* Fiber.interruptAll(fibers)
  return counter.finalized
})

export const race = ({ n }) => Effect.runPromise(raceMain(n))
export const cancel = ({ n }) => Effect.runPromise(cancelMain(n))
