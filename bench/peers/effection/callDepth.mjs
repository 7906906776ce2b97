// W4 for effection: `yield*` delegation, as the library asks for.
import { createContext, run } from 'effection'

const One = createContext('bench.one', 1)

function* nested(d, n) {
  if (d > 1) return yield* nested(d - 1, n)
  let x = 0
  for (let i = 0; i < n; i++) x += yield* One.expect()
  return x
}

export const callDepth = ({ n, d }) => run(() => nested(d, n))
