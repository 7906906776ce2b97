// W12 for redux-saga: a channel that holds the permits.
import { fork, join, put, take } from 'redux-saga/effects'
import { mailbox, start, tick } from './saga.mjs'

const permit = { permit: true }

function* locker(permits, counter, each) {
  for (let i = 0; i < each; i++) {
    yield take(permits)
    yield tick()
    counter.entered++
    yield put(permits, permit)
  }
}

function* main(tasks, permits, each) {
  const free = mailbox()
  for (let i = 0; i < permits; i++) yield put(free, permit)
  const counter = { entered: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield fork(locker, free, counter, each))
  yield join(running)
  return counter.entered
}

export const semaphore = ({ tasks, permits, each }) => start(main, tasks, permits, each)
