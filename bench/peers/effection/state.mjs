// W1 for effection: a context.
import { createContext, run } from 'effection'

const Counter = createContext('bench.counter', 0)

function* counter(n) {
  yield* Counter.set(0)
  for (let i = 0; i < n; i++) {
    const x = yield* Counter.get()
    yield* Counter.set(x + 1)
  }
  return yield* Counter.get()
}

export const state = ({ n }) => run(() => counter(n))
