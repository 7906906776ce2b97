// W9 and W10 for Effect: fibers.
import { Effect, Fiber } from 'effect'

const sum = numbers => numbers.reduce((a, b) => a + b, 0)

const answer = Effect.fnUntraced(function* (x) {
  return x
})

const gatherHoisted = Effect.fnUntraced(function* (n) {
  const fibers = []
  for (let i = 0; i < n; i++) fibers.push(yield* Effect.forkChild(answer(i)))
  return sum(yield* Fiber.joinAll(fibers))
})

const gatherClosures = Effect.fnUntraced(function* (n) {
  const fibers = []
  for (let i = 0; i < n; i++) {
    const closure = Effect.gen(function* () {
      return i
    })
    fibers.push(yield* Effect.forkChild(closure))
  }
  return sum(yield* Fiber.joinAll(fibers))
})

const node = Effect.fnUntraced(function* (first, size) {
  if (size === 1) return first
  const fibers = []
  const part = size / 10
  for (let i = 0; i < 10; i++) fibers.push(yield* Effect.forkChild(node(first + i * part, part)))
  return sum(yield* Fiber.joinAll(fibers))
})

export const spawnGather = ({ n }) => Effect.runPromise(gatherHoisted(n))
export const spawnClosure = ({ n }) => Effect.runPromise(gatherClosures(n))
export const skynet = ({ leaves }) => Effect.runPromise(node(0, leaves))
