// W12 for tramp: races and cancellation; `finalized` counts the `finally` blocks that ran.
import { cancelTask, join, pause, raceOf, spawn } from './operations.mjs'
import { start } from './scheduler.mjs'
import { Settling } from './settling.mjs'

function* hanging(counter) {
  try {
    yield join(new Settling())
  } finally {
    counter.finalized++
  }
}

function* quick(i) {
  yield pause
  return i
}

function* raceMain(n) {
  const counter = { finalized: 0 }
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield raceOf([yield spawn(hanging(counter)), yield spawn(quick(i))])
  return sum + counter.finalized
}

function* cancelMain(n) {
  const counter = { finalized: 0 }
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield spawn(hanging(counter)))
  yield pause
  for (const task of tasks) yield cancelTask(task)
  return counter.finalized
}

export const race = ({ n }) => start(raceMain(n))
export const cancel = ({ n }) => start(cancelMain(n))
