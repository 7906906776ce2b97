// W13 for effection: promises and callbacks.
import { action, run, until } from 'effection'

function* awaiting(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* until(Promise.resolve(i))
  return sum
}

const nothingToUndo = () => {}

const completedLater = i =>
  action(resolve => {
    queueMicrotask(() => resolve(i))
    return nothingToUndo
  })

function* calledBack(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* completedLater(i)
  return sum
}

export const awaitPromise = ({ n }) => run(() => awaiting(n))
export const external = ({ n }) => run(() => calledBack(n))
