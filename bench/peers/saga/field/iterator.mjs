// F4 for redux-saga: the range emits by call effects on a function that it is given.
import { call } from 'redux-saga/effects'
import { start } from '../saga.mjs'

function* range(from, to, emit) {
  for (let i = from; i <= to; i++) yield call(emit, i)
}

function* summing(n) {
  let sum = 0
  const emit = value => {
    sum += value
  }
  yield call(range, 0, n, emit)
  return sum
}

export const iterator = ({ n }) => start(summing, n)
