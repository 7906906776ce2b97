// F1 for effection: a context.
import { createContext, run } from 'effection'

const Counter = createContext('bench.field.counter', 0)

function* loop(n) {
  yield* Counter.set(n)
  for (;;) {
    const i = yield* Counter.expect()
    if (i === 0) return i
    yield* Counter.set(i - 1)
  }
}

export const countdown = ({ n }) => run(() => loop(n))
