// F2 for Effect: a generator function of effects that calls itself.
import { Effect } from 'effect'

const fibonacci = Effect.fnUntraced(function* (n) {
  return n < 2 ? 1 : (yield* fibonacci(n - 1)) + (yield* fibonacci(n - 2))
})

export const fibonacciRecursive = ({ n }) => Effect.runSync(fibonacci(n))
