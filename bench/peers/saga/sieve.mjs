// W3b for redux-saga: the context's filter calls the one outside it.
import { call, getContext, setContext } from 'redux-saga/effects'
import { start } from './saga.mjs'

const filter = (p, outer) =>
  function* (x) {
    return x % p === 0 ? false : yield call(outer, x)
  }

function* primes(from, n, sum) {
  const check = yield getContext('check')
  for (let i = from; i < n; i++) if (yield call(check, i)) return yield call(under, check, i, n, sum)
  return sum
}

function* under(check, p, n, sum) {
  yield setContext({ check: filter(p, check) })
  return yield* primes(p + 1, n, sum + p)
}

function* everyNumber() {
  return true
}

function* main(n) {
  yield setContext({ check: everyNumber })
  return yield* primes(2, n, 0)
}

export const sieve = ({ n }) => start(main, n)
