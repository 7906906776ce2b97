// F4 for deepvm: a clause that answers in place adds to a variable.
import { fun, Handle, run } from '../machine.mjs'

class Emit {
  constructor(value) {
    this.value = value
  }
}

function* range(from, to) {
  for (let i = from; i <= to; i++) yield new Emit(i)
}

function* summing(body) {
  let sum = 0
  const adding = new Map([[Emit, fun(effect => void (sum += effect.value))]])
  return yield new Handle(adding, body, () => sum)
}

export const iterator = ({ n }) => run(summing(range(0, n)))
