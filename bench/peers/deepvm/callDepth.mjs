// W4 for deepvm: sub-programs are frames, so depth costs nothing per effect.
import { Call, fun, runWith } from './machine.mjs'

class Use {
  constructor(x) {
    this.x = x
  }
}

const increment = new Map([[Use, fun(effect => effect.x + 1)]])

function* nested(d, n) {
  if (d > 1) return yield new Call(nested(d - 1, n))
  let x = 0
  for (let i = 0; i < n; i++) x = yield new Use(x)
  return x
}

export const callDepth = ({ n, d }) => runWith(increment, nested(d, n))
