// W12 for redux-saga: race and cancel effects; `finalized` counts the `finally` blocks that ran.
import { call, cancel as cancelTasks, fork, race as raceOf, take } from 'redux-saga/effects'
import { mailbox, start, tick } from './saga.mjs'

function* hanging(counter, never) {
  try {
    yield take(never)
  } finally {
    counter.finalized++
  }
}

function* quick(i) {
  yield tick()
  return i
}

function* raceMain(n) {
  const counter = { finalized: 0 }
  const never = mailbox()
  let sum = 0
  for (let i = 0; i < n; i++) {
    const [, value] = yield raceOf([call(hanging, counter, never), call(quick, i)])
    sum += value
  }
  return sum + counter.finalized
}

function* cancelMain(n) {
  const counter = { finalized: 0 }
  const never = mailbox()
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield fork(hanging, counter, never))
  yield tick()
  yield cancelTasks(tasks)
  return counter.finalized
}

export const race = ({ n }) => start(raceMain, n)
export const cancel = ({ n }) => start(cancelMain, n)
