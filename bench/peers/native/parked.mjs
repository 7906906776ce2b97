// mem for async/await: async calls that wait for a promise each.
import { deferred } from './deferred.mjs'

async function waiting(promise) {
  return await promise
}

export async function parked({ tasks: n }, reading) {
  const gates = []
  for (let i = 0; i < n; i++) gates.push(deferred())
  await reading()
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(waiting(gates[i].promise))
  await reading()
  for (let i = 0; i < n; i++) gates[i].resolve(i)
  const results = await Promise.all(tasks)
  return results.reduce((a, b) => a + b, 0)
}
