// F1 for deepvm: two clauses that answer in place over a variable.
import { fun, runWith } from '../machine.mjs'

class Read {}
class Write {
  constructor(value) {
    this.value = value
  }
}

function* loop() {
  for (;;) {
    const i = yield new Read()
    if (i === 0) return i
    yield new Write(i - 1)
  }
}

function counting(initial) {
  let state = initial
  return new Map([
    [Read, fun(() => state)],
    [Write, fun(effect => void (state = effect.value))],
  ])
}

export const countdown = ({ n }) => runWith(counting(n), loop())
