// growth for redux-saga; `mark(i)` is called after i units. Its tail resume is that of W3: a saga found in the context.
import { call, getContext, setContext } from 'redux-saga/effects'
import { start } from './saga.mjs'

function* counter(n, mark, get, put) {
  for (let i = 1; i < n; i += 2) {
    const x = yield call(get)
    yield call(put, x + 2)
    mark(i)
    mark(i + 1)
  }
  return yield call(get)
}

export function effects({ n }, mark) {
  let value = 0
  const get = () => value
  const put = next => {
    value = next
  }
  return start(counter, n, mark, get, put)
}

function* resuming(x) {
  return x + 1
}

function* user(n, mark) {
  yield setContext({ use: resuming })
  let x = 0
  for (let i = 1; i <= n; i++) {
    const handler = yield getContext('use')
    x = yield call(handler, x)
    mark(i)
  }
  return x
}

export const tailResumes = ({ n }, mark) => start(user, n, mark)
