// W11 for effection: withResolvers.
import { run, spawn, withResolvers } from 'effection'
import { tick } from './tick.mjs'

const resolvers = n => Array.from({ length: n }, () => withResolvers())

function* pong(rounds, pings, pongs) {
  for (let r = 0; r < rounds; r++) {
    const value = yield* pings[r].operation
    pongs[r].resolve(value + 1)
  }
}

function* ping(rounds) {
  const pings = resolvers(rounds)
  const pongs = resolvers(rounds)
  const other = yield* spawn(() => pong(rounds, pings, pongs))
  let sum = 0
  for (let r = 0; r < rounds; r++) {
    pings[r].resolve(r)
    sum += yield* pongs[r].operation
  }
  yield* other
  return sum
}

function* ringTask(boxes, i, end) {
  for (;;) {
    const hops = yield* boxes[i].operation
    boxes[i] = withResolvers()
    if (hops === 0) {
      end.resolve(i)
      return
    }
    boxes[(i + 1) % boxes.length].resolve(hops - 1)
  }
}

function* ringMain(tasks, hops) {
  const boxes = resolvers(tasks)
  const end = withResolvers()
  for (let i = 0; i < tasks; i++) yield* spawn(() => ringTask(boxes, i, end))
  boxes[0].resolve(hops)
  return yield* end.operation
}

function* yielding(counter, steps) {
  for (let s = 0; s < steps; s++) {
    yield* tick()
    counter.steps++
  }
}

function* fairMain(tasks, steps) {
  const counter = { steps: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield* spawn(() => yielding(counter, steps)))
  for (const task of running) yield* task
  return counter.steps
}

export const pingPong = ({ rounds }) => run(() => ping(rounds))
export const ring = ({ tasks, hops }) => run(() => ringMain(tasks, hops))
export const fairYield = ({ tasks, steps }) => run(() => fairMain(tasks, steps))
