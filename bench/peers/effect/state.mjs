// W1 for Effect: a Ref.
import { Effect, Ref } from 'effect'

const counter = Effect.fnUntraced(function* (n) {
  const ref = yield* Ref.make(0)
  for (let i = 0; i < n; i++) {
    const x = yield* Ref.get(ref)
    yield* Ref.set(ref, x + 1)
  }
  return yield* Ref.get(ref)
})

export const state = ({ n }) => Effect.runSync(counter(n))
