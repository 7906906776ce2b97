// W3 for effection: a function or an operation found in a context.
import { createContext, run } from 'effection'

const Use = createContext('bench.use')

function* askFun(n) {
  yield* Use.set(x => x + 1)
  let x = 0
  for (let i = 0; i < n; i++) x = (yield* Use.expect())(x)
  return x
}

function* increment(x) {
  return x + 1
}

function* askOperation(n) {
  yield* Use.set(increment)
  let x = 0
  for (let i = 0; i < n; i++) {
    const use = yield* Use.expect()
    x = yield* use(x)
  }
  return x
}

export const userFun = ({ n }) => run(() => askFun(n))
export const userTail = ({ n }) => run(() => askOperation(n))
