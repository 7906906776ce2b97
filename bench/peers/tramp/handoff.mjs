// W11 for tramp: two tasks in turn, a ring of tasks, a thousand tasks that yield.
import { all, complete, join, newPromise, pause, spawn } from './operations.mjs'
import { start } from './scheduler.mjs'
import { Settling } from './settling.mjs'

const promises = n => Array.from({ length: n }, () => new Settling())

function* pong(rounds, pings, pongs) {
  for (let r = 0; r < rounds; r++) {
    const value = yield join(pings[r])
    yield complete(pongs[r], value + 1)
  }
}

function* ping(rounds) {
  const pings = promises(rounds)
  const pongs = promises(rounds)
  const other = yield spawn(pong(rounds, pings, pongs))
  let sum = 0
  for (let r = 0; r < rounds; r++) {
    yield complete(pings[r], r)
    sum += yield join(pongs[r])
  }
  yield join(other)
  return sum
}

function* ringTask(boxes, i, end) {
  for (;;) {
    const hops = yield join(boxes[i])
    boxes[i] = yield newPromise
    if (hops === 0) {
      yield complete(end, i)
      return
    }
    yield complete(boxes[(i + 1) % boxes.length], hops - 1)
  }
}

function* ringMain(tasks, hops) {
  const boxes = promises(tasks)
  const end = new Settling()
  for (let i = 0; i < tasks; i++) yield spawn(ringTask(boxes, i, end))
  yield complete(boxes[0], hops)
  return yield join(end)
}

function* yielding(counter, steps) {
  for (let s = 0; s < steps; s++) {
    yield pause
    counter.steps++
  }
}

function* fairMain(tasks, steps) {
  const counter = { steps: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield spawn(yielding(counter, steps)))
  yield all(running)
  return counter.steps
}

export const pingPong = ({ rounds }) => start(ping(rounds))
export const ring = ({ tasks, hops }) => start(ringMain(tasks, hops))
export const fairYield = ({ tasks, steps }) => start(fairMain(tasks, steps))
