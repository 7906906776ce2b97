// W2 for effection: one context asked for under d - 1 others.
import { createContext, run } from 'effection'

const Env = createContext('bench.env', 1)
const unrelated = Array.from({ length: 128 }, (_, i) => createContext(`bench.unrelated${i}`))

function* asker(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* Env.expect()
  return sum
}

export function reader({ n, d }) {
  let body = () => asker(n)
  for (let i = 1; i < d; i++) {
    const inner = body
    body = () => unrelated[i].with(i, inner)
  }
  return run(() => Env.with(1, body))
}
