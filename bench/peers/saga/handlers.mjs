// W3 for redux-saga: a function or a saga found in the context and called.
import { call, getContext, setContext } from 'redux-saga/effects'
import { start } from './saga.mjs'

const answering = x => x + 1

function* resuming(x) {
  return x + 1
}

function* user(n, use) {
  yield setContext({ use })
  let x = 0
  for (let i = 0; i < n; i++) {
    const handler = yield getContext('use')
    x = yield call(handler, x)
  }
  return x
}

export const userFun = ({ n }) => start(user, n, answering)
export const userTail = ({ n }) => start(user, n, resuming)
