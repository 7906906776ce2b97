// W5 for deepvm: every clause waits for the rest of the program before it computes.
import { ctl, Resume, runWith } from './machine.mjs'

class Operator {
  constructor(x) {
    this.x = x
  }
}

function* loop(n, result) {
  for (let i = n; i > 0; i--) yield new Operator(i)
  return result
}

function* fold(effect, k) {
  const y = yield new Resume(k)
  return Math.abs(effect.x - 503 * y + 37) % 1009
}

const folding = new Map([[Operator, ctl(fold)]])

export function nontail({ n, reps }) {
  let result = 0
  for (let r = 0; r < reps; r++) result = runWith(folding, loop(n, result))
  return result
}
