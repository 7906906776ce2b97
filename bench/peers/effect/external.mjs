// W13 for Effect: promises and callbacks.
import { Effect } from 'effect'

const awaiting = Effect.fnUntraced(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* Effect.promise(() => Promise.resolve(i))
  return sum
})

const completedLater = i =>
  Effect.callback(resume => {
    queueMicrotask(() => resume(Effect.succeed(i)))
  })

const calledBack = Effect.fnUntraced(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* completedLater(i)
  return sum
})

export const awaitPromise = ({ n }) => Effect.runPromise(awaiting(n))
export const external = ({ n }) => Effect.runPromise(calledBack(n))
