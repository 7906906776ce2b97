// W6 for Effect: a typed failure caught outside.
import { Effect } from 'effect'

const product = Effect.fnUntraced(function* (numbers, i) {
  const x = numbers[i]
  if (x === 0) return yield* Effect.fail(0)
  return x * (yield* product(numbers, i + 1))
})

const main = Effect.fnUntraced(function* (depth, reps) {
  const numbers = Array.from({ length: depth + 1 }, (_, i) => depth - i)
  let sum = 0
  for (let r = 0; r < reps; r++) sum += yield* Effect.catch(product(numbers, 0), Effect.succeed)
  return sum
})

export const abort = ({ depth, reps }) => Effect.runSync(main(depth, reps))
