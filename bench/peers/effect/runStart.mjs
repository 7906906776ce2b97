// W14 for Effect.
import { Effect } from 'effect'

const answer = Effect.fnUntraced(function* (x) {
  return x
})

export function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += Effect.runSync(answer(1))
  return sum
}
