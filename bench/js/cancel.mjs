// W12 for doeff-vm: races and cancellation; `finalized` counts the `finally` blocks that ran.
import { Cancel, CreatePromise, Do, Race, run, scheduled, Spawn, Wait, Yield } from 'doeff-vm'

const hanging = Do(function* (counter, never) {
  try {
    yield Wait(never)
  } finally {
    counter.finalized++
  }
})

const quick = Do(function* (i) {
  yield Yield()
  return i
})

const raceMain = Do(function* (n) {
  const never = (yield CreatePromise()).future
  const counter = { finalized: 0 }
  let sum = 0
  for (let i = 0; i < n; i++) {
    const { value, rest } = yield Race(yield Spawn(hanging(counter, never)), yield Spawn(quick(i)))
    sum += value
    for (const loser of rest) yield Cancel(loser)
  }
  // The last loser unwinds when its turn comes.
  yield Yield()
  return sum + counter.finalized
})

const cancelMain = Do(function* (n) {
  const never = (yield CreatePromise()).future
  const counter = { finalized: 0 }
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield Spawn(hanging(counter, never)))
  yield Yield()
  for (const task of tasks) yield Cancel(task)
  yield Yield()
  return counter.finalized
})

export const race = ({ n }) => run(raceMain(n).with(scheduled()))
export const cancel = ({ n }) => run(cancelMain(n).with(scheduled()))
