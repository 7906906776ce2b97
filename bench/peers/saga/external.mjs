// W13 for redux-saga: promises and callbacks.
import { cps } from 'redux-saga/effects'
import { start } from './saga.mjs'

function* awaiting(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield Promise.resolve(i)
  return sum
}

const completeLater = (i, done) => queueMicrotask(() => done(null, i))

function* calledBack(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield cps(completeLater, i)
  return sum
}

export const awaitPromise = ({ n }) => start(awaiting, n)
export const external = ({ n }) => start(calledBack, n)
