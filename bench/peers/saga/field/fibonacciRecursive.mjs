// F2 for redux-saga: call effects on sagas.
import { call } from 'redux-saga/effects'
import { start } from '../saga.mjs'

function* fibonacci(n) {
  return n < 2 ? 1 : (yield call(fibonacci, n - 1)) + (yield call(fibonacci, n - 2))
}

export const fibonacciRecursive = ({ n }) => start(fibonacci, n)
