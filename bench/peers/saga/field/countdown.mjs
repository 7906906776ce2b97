// F1 for redux-saga: call effects on plain functions.
import { call } from 'redux-saga/effects'
import { start } from '../saga.mjs'

function* loop(read, write) {
  for (;;) {
    const i = yield call(read)
    if (i === 0) return i
    yield call(write, i - 1)
  }
}

export function countdown({ n }) {
  let state = n
  const read = () => state
  const write = next => {
    state = next
  }
  return start(loop, read, write)
}
