// W14 for effection.
import { run } from 'effection'

function* answer(x) {
  return x
}

export async function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += await run(() => answer(1))
  return sum
}
