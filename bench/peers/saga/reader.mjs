// W2 for redux-saga: getContext under d called sagas, each of which sets a name of its own.
import { call, getContext, setContext } from 'redux-saga/effects'
import { start } from './saga.mjs'

function* asker(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield getContext('k')
  return sum
}

function* underUnrelated(i, d, n) {
  if (i >= d) return yield* asker(n)
  yield setContext({ [`unrelated${i}`]: i })
  return yield call(underUnrelated, i + 1, d, n)
}

function* main(n, d) {
  yield setContext({ k: 1 })
  return yield call(underUnrelated, 1, d, n)
}

export const reader = ({ n, d }) => start(main, n, d)
