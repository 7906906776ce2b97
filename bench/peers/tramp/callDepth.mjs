// W4 for tramp: native `yield*` delegation, where each resume walks through d generators.
import { drive } from './drive.mjs'

class Use {
  constructor(x) {
    this.x = x
  }
}

const increment = new Map([[Use, effect => effect.x + 1]])

function* nested(d, n) {
  if (d > 1) return yield* nested(d - 1, n)
  let x = 0
  for (let i = 0; i < n; i++) x = yield new Use(x)
  return x
}

export const callDepth = ({ n, d }) => drive(nested(d, n), increment)
