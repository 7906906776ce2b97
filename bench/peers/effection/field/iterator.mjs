// F4 for effection: the range emits through an operation found in a context. It is looked up for every number, since nothing
// else of it would reach the library.
import { createContext, run } from 'effection'

const Emit = createContext('bench.field.emit')

function* range(from, to) {
  for (let i = from; i <= to; i++) {
    const emit = yield* Emit.expect()
    yield* emit(i)
  }
}

function* summing(n) {
  let sum = 0
  yield* Emit.set(function* (value) {
    sum += value
  })
  yield* range(0, n)
  return sum
}

export const iterator = ({ n }) => run(() => summing(n))
