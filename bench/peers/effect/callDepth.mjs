// W4 for Effect: Effect.gen inside Effect.gen.
import { Effect } from 'effect'

const increment = x => Effect.sync(() => x + 1)

const nested = Effect.fnUntraced(function* (d, n) {
  if (d > 1) return yield* nested(d - 1, n)
  let x = 0
  for (let i = 0; i < n; i++) x = yield* increment(x)
  return x
})

export const callDepth = ({ n, d }) => Effect.runSync(nested(d, n))
