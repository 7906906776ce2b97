// W11 for redux-saga: channels. A message is an object, since a channel refuses undefined and END.
import { cancel, fork, join, put, take } from 'redux-saga/effects'
import { mailbox, start, tick } from './saga.mjs'

function* pong(rounds, pings, pongs) {
  for (let r = 0; r < rounds; r++) {
    const { value } = yield take(pings)
    yield put(pongs, { value: value + 1 })
  }
}

function* ping(rounds) {
  const pings = mailbox()
  const pongs = mailbox()
  const other = yield fork(pong, rounds, pings, pongs)
  let sum = 0
  for (let r = 0; r < rounds; r++) {
    yield put(pings, { value: r })
    const { value } = yield take(pongs)
    sum += value
  }
  yield join(other)
  return sum
}

function* ringTask(boxes, i, end) {
  for (;;) {
    const { value: hops } = yield take(boxes[i])
    if (hops === 0) {
      yield put(end, { value: i })
      return
    }
    yield put(boxes[(i + 1) % boxes.length], { value: hops - 1 })
  }
}

function* ringMain(tasks, hops) {
  const boxes = Array.from({ length: tasks }, mailbox)
  const end = mailbox()
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield fork(ringTask, boxes, i, end))
  yield put(boxes[0], { value: hops })
  const { value } = yield take(end)
  yield cancel(running)
  return value
}

function* yielding(counter, steps) {
  for (let s = 0; s < steps; s++) {
    yield tick()
    counter.steps++
  }
}

function* fairMain(tasks, steps) {
  const counter = { steps: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield fork(yielding, counter, steps))
  yield join(running)
  return counter.steps
}

export const pingPong = ({ rounds }) => start(ping, rounds)
export const ring = ({ tasks, hops }) => start(ringMain, tasks, hops)
export const fairYield = ({ tasks, steps }) => start(fairMain, tasks, steps)
