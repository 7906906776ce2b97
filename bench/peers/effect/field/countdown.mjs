// F1 for Effect: a Ref.
import { Effect, Ref } from 'effect'

const loop = Effect.fnUntraced(function* (n) {
  const ref = yield* Ref.make(n)
  for (;;) {
    const i = yield* Ref.get(ref)
    if (i === 0) return i
    yield* Ref.set(ref, i - 1)
  }
})

export const countdown = ({ n }) => Effect.runSync(loop(n))
