// W14 for deepvm.
import { run } from './machine.mjs'

function* answer(x) {
  return x
}

export function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += run(answer(1))
  return sum
}
