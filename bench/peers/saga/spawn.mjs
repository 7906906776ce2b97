// W9 and W10 for redux-saga: fork and join.
import { fork, join } from 'redux-saga/effects'
import { start } from './saga.mjs'

const sum = numbers => numbers.reduce((a, b) => a + b, 0)

function* answer(x) {
  return x
}

function* gatherHoisted(n) {
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield fork(answer, i))
  return sum(yield join(tasks))
}

function* gatherClosures(n) {
  const tasks = []
  for (let i = 0; i < n; i++) {
    const closure = function* () {
      return i
    }
    tasks.push(yield fork(closure))
  }
  return sum(yield join(tasks))
}

function* node(first, size) {
  if (size === 1) return first
  const tasks = []
  const part = size / 10
  for (let i = 0; i < 10; i++) tasks.push(yield fork(node, first + i * part, part))
  return sum(yield join(tasks))
}

export const spawnGather = ({ n }) => start(gatherHoisted, n)
export const spawnClosure = ({ n }) => start(gatherClosures, n)
export const skynet = ({ leaves }) => start(node, 0, leaves)
