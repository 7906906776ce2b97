// W12 for effection: race and halt; `finalized` counts the `finally` blocks that ran.
import { call, race as raceOf, run, spawn, suspend } from 'effection'
import { tick } from './tick.mjs'

function* hanging(counter) {
  try {
    yield* suspend()
  } finally {
    counter.finalized++
  }
}

function* quick(i) {
  yield* tick()
  return i
}

function* raceMain(n) {
  const counter = { finalized: 0 }
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* raceOf([call(() => hanging(counter)), call(() => quick(i))])
  return sum + counter.finalized
}

function* cancelMain(n) {
  const counter = { finalized: 0 }
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(() => hanging(counter)))
  yield* tick()
  for (const task of tasks) yield* task.halt()
  return counter.finalized
}

export const race = ({ n }) => run(() => raceMain(n))
export const cancel = ({ n }) => run(() => cancelMain(n))
