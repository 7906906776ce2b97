// W2 natively: one AsyncLocalStorage read under d - 1 others. They are disabled in the end: an active one makes every later
// promise of the process slower.
import { AsyncLocalStorage } from 'node:async_hooks'

function asker(env, n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += env.getStore().k
  return sum
}

export function reader({ n, d }) {
  const env = new AsyncLocalStorage()
  const unrelated = Array.from({ length: d - 1 }, () => new AsyncLocalStorage())
  let body = () => asker(env, n)
  for (const storage of unrelated) {
    const inner = body
    body = () => storage.run({}, inner)
  }
  const sum = env.run({ k: 1 }, body)
  for (const storage of [env, ...unrelated]) storage.disable()
  return sum
}
