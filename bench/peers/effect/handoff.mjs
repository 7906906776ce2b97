// W11 for Effect: deferred values and yieldNow.
import { Deferred, Effect, Fiber } from 'effect'

const deferreds = n => Array.from({ length: n }, () => Deferred.makeUnsafe())

const pong = Effect.fnUntraced(function* (rounds, pings, pongs) {
  for (let r = 0; r < rounds; r++) {
    const value = yield* Deferred.await(pings[r])
    yield* Deferred.succeed(pongs[r], value + 1)
  }
})

const ping = Effect.fnUntraced(function* (rounds) {
  const pings = deferreds(rounds)
  const pongs = deferreds(rounds)
  const other = yield* Effect.forkChild(pong(rounds, pings, pongs))
  let sum = 0
  for (let r = 0; r < rounds; r++) {
    yield* Deferred.succeed(pings[r], r)
    sum += yield* Deferred.await(pongs[r])
  }
  yield* Fiber.join(other)
  return sum
})

const ringTask = Effect.fnUntraced(function* (boxes, i, end) {
  for (;;) {
    const hops = yield* Deferred.await(boxes[i])
    boxes[i] = yield* Deferred.make()
    if (hops === 0) {
      yield* Deferred.succeed(end, i)
      return
    }
    yield* Deferred.succeed(boxes[(i + 1) % boxes.length], hops - 1)
  }
})

const ringMain = Effect.fnUntraced(function* (tasks, hops) {
  const boxes = deferreds(tasks)
  const end = Deferred.makeUnsafe()
  for (let i = 0; i < tasks; i++) yield* Effect.forkChild(ringTask(boxes, i, end))
  yield* Deferred.succeed(boxes[0], hops)
  return yield* Deferred.await(end)
})

const yielding = Effect.fnUntraced(function* (counter, steps) {
  for (let s = 0; s < steps; s++) {
    yield* Effect.yieldNow
    counter.steps++
  }
})

const fairMain = Effect.fnUntraced(function* (tasks, steps) {
  const counter = { steps: 0 }
  const fibers = []
  for (let i = 0; i < tasks; i++) fibers.push(yield* Effect.forkChild(yielding(counter, steps)))
  yield* Fiber.joinAll(fibers)
  return counter.steps
})

export const pingPong = ({ rounds }) => Effect.runPromise(ping(rounds))
export const ring = ({ tasks, hops }) => Effect.runPromise(ringMain(tasks, hops))
export const fairYield = ({ tasks, steps }) => Effect.runPromise(fairMain(tasks, steps))
