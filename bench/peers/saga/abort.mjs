// W6 for redux-saga: a throw caught outside.
import { call } from 'redux-saga/effects'
import { start } from './saga.mjs'

const stop = { stop: true }

function* product(numbers, i) {
  const x = numbers[i]
  if (x === 0) throw stop
  return x * (yield call(product, numbers, i + 1))
}

function* main(depth, reps) {
  const numbers = Array.from({ length: depth + 1 }, (_, i) => depth - i)
  let sum = 0
  for (let r = 0; r < reps; r++) {
    try {
      sum += yield call(product, numbers, 0)
    } catch (error) {
      if (error !== stop) throw error
    }
  }
  return sum
}

export const abort = ({ depth, reps }) => start(main, depth, reps)
