// mem for redux-saga: forked sagas that wait for a promise each.
import { call, fork, join } from 'redux-saga/effects'
import { deferred } from '../native/deferred.mjs'
import { start } from './saga.mjs'

function* waiting(promise) {
  return yield promise
}

function* main(n, reading) {
  const gates = []
  for (let i = 0; i < n; i++) gates.push(deferred())
  yield call(reading)
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield fork(waiting, gates[i].promise))
  yield call(reading)
  for (let i = 0; i < n; i++) gates[i].resolve(i)
  const results = yield join(tasks)
  return results.reduce((a, b) => a + b, 0)
}

export const parked = ({ tasks }, reading) => start(main, tasks, reading)
