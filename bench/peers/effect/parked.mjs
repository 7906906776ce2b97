// mem for Effect: fibers that wait for a Deferred each.
import { Deferred, Effect, Fiber } from 'effect'

const waiting = Effect.fnUntraced(function* (deferred) {
  return yield* Deferred.await(deferred)
})

const main = Effect.fnUntraced(function* (n, reading) {
  const deferreds = []
  for (let i = 0; i < n; i++) deferreds.push(yield* Deferred.make())
  yield* Effect.promise(reading)
  const fibers = []
  for (let i = 0; i < n; i++) fibers.push(yield* Effect.forkChild(waiting(deferreds[i])))
  yield* Effect.promise(reading)
  for (let i = 0; i < n; i++) yield* Deferred.succeed(deferreds[i], i)
  const results = yield* Fiber.joinAll(fibers)
  return results.reduce((a, b) => a + b, 0)
})

export const parked = ({ tasks }, reading) => Effect.runPromise(main(tasks, reading))
