// growth for effection; `mark(i)` is called after i units. Its tail resume is that of W3: an operation found in a context.
import { createContext, run } from 'effection'

const Counter = createContext('bench.growth.counter', 0)
const Use = createContext('bench.growth.use')

function* counter(n, mark) {
  yield* Counter.set(0)
  for (let i = 1; i < n; i += 2) {
    const x = yield* Counter.get()
    yield* Counter.set(x + 2)
    mark(i)
    mark(i + 1)
  }
  return yield* Counter.get()
}

function* increment(x) {
  return x + 1
}

function* user(n, mark) {
  yield* Use.set(increment)
  let x = 0
  for (let i = 1; i <= n; i++) {
    const use = yield* Use.expect()
    x = yield* use(x)
    mark(i)
  }
  return x
}

export const effects = ({ n }, mark) => run(() => counter(n, mark))
export const tailResumes = ({ n }, mark) => run(() => user(n, mark))
