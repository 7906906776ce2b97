// W13 for tramp: promises and callbacks.
import { awaitPromiseOf, fromCallback } from './operations.mjs'
import { start } from './scheduler.mjs'

function* awaiting(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield awaitPromiseOf(Promise.resolve(i))
  return sum
}

function* calledBack(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield fromCallback(resume => queueMicrotask(() => resume(i)))
  return sum
}

export const awaitPromise = ({ n }) => start(awaiting(n))
export const external = ({ n }) => start(calledBack(n))
