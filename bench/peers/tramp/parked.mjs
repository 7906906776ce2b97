// mem for tramp: tasks that join a promise each.
import { all, awaitPromiseOf, complete, join, newPromise, spawn } from './operations.mjs'
import { start } from './scheduler.mjs'

function* waiting(promise) {
  return yield join(promise)
}

function* main(n, reading) {
  const promises = []
  for (let i = 0; i < n; i++) promises.push(yield newPromise)
  yield awaitPromiseOf(reading())
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield spawn(waiting(promises[i])))
  yield awaitPromiseOf(reading())
  for (let i = 0; i < n; i++) yield complete(promises[i], i)
  const results = yield all(tasks)
  return results.reduce((a, b) => a + b, 0)
}

export const parked = ({ tasks }, reading) => start(main(tasks, reading))
