// W1 for redux-saga: call effects on plain functions.
import { call } from 'redux-saga/effects'
import { start } from './saga.mjs'

function* counter(n, get, put) {
  for (let i = 0; i < n; i++) {
    const x = yield call(get)
    yield call(put, x + 1)
  }
  return yield call(get)
}

export function state({ n }) {
  let value = 0
  const get = () => value
  const put = next => {
    value = next
  }
  return start(counter, n, get, put)
}
