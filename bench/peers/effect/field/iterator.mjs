// F4 for Effect: the range emits through a method of a service. The service is asked for once, as one would write it.
import { Context, Effect } from 'effect'

class Emitter extends Context.Service()('bench/Emitter') {}

const range = Effect.fnUntraced(function* (from, to) {
  const { emit } = yield* Emitter
  for (let i = from; i <= to; i++) yield* emit(i)
})

export function iterator({ n }) {
  let sum = 0
  const emit = value =>
    Effect.sync(() => {
      sum += value
    })
  Effect.runSync(Effect.provideService(range(0, n), Emitter, { emit }))
  return sum
}
