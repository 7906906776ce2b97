// W11 for doeff-vm: two tasks in turn, a ring of tasks, a thousand tasks that yield.
import { CompletePromise, CreatePromise, Do, Gather, run, scheduled, Spawn, Wait, Yield } from 'doeff-vm'

const promises = Do(function* (n) {
  const made = []
  for (let i = 0; i < n; i++) made.push(yield CreatePromise())
  return made
})

const pong = Do(function* (rounds, pings, pongs) {
  for (let r = 0; r < rounds; r++) {
    const value = yield Wait(pings[r].future)
    yield CompletePromise(pongs[r], value + 1)
  }
})

const ping = Do(function* (rounds) {
  const pings = yield promises(rounds)
  const pongs = yield promises(rounds)
  const other = yield Spawn(pong(rounds, pings, pongs))
  let sum = 0
  for (let r = 0; r < rounds; r++) {
    yield CompletePromise(pings[r], r)
    sum += yield Wait(pongs[r].future)
  }
  yield Wait(other)
  return sum
})

const ringTask = Do(function* (boxes, i, end) {
  for (;;) {
    const hops = yield Wait(boxes[i].future)
    boxes[i] = yield CreatePromise()
    if (hops === 0) {
      yield CompletePromise(end, i)
      return
    }
    yield CompletePromise(boxes[(i + 1) % boxes.length], hops - 1)
  }
})

const ringMain = Do(function* (tasks, hops) {
  const boxes = yield promises(tasks)
  const end = yield CreatePromise()
  for (let i = 0; i < tasks; i++) yield Spawn(ringTask(boxes, i, end), { daemon: true })
  yield CompletePromise(boxes[0], hops)
  return yield Wait(end.future)
})

const yielding = Do(function* (counter, steps) {
  for (let s = 0; s < steps; s++) {
    yield Yield()
    counter.steps++
  }
})

const fairMain = Do(function* (tasks, steps) {
  const counter = { steps: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield Spawn(yielding(counter, steps)))
  yield Gather(...running)
  return counter.steps
})

export const pingPong = ({ rounds }) => run(ping(rounds).with(scheduled()))
export const ring = ({ tasks, hops }) => run(ringMain(tasks, hops).with(scheduled()))
export const fairYield = ({ tasks, steps }) => run(fairMain(tasks, steps).with(scheduled()))
