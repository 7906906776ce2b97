// W4 for redux-saga: call effects on sagas.
import { call } from 'redux-saga/effects'
import { start } from './saga.mjs'

const increment = x => x + 1

function* nested(d, n) {
  if (d > 1) return yield call(nested, d - 1, n)
  let x = 0
  for (let i = 0; i < n; i++) x = yield call(increment, x)
  return x
}

export const callDepth = ({ n, d }) => start(nested, d, n)
