// W14 for tramp: a scheduler, one task and its end.
import { start } from './scheduler.mjs'

function* answer(x) {
  return x
}

export function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += start(answer(1))
  return sum
}
