// F4 for tramp: a plain function adds to a variable.
import { drive } from '../drive.mjs'

class Emit {
  constructor(value) {
    this.value = value
  }
}

function* range(from, to) {
  for (let i = from; i <= to; i++) yield new Emit(i)
}

export function iterator({ n }) {
  let sum = 0
  drive(range(0, n), new Map([[Emit, effect => void (sum += effect.value)]]))
  return sum
}
