// W9 and W10 for tramp.
import { all, spawn } from './operations.mjs'
import { start } from './scheduler.mjs'

const sum = numbers => numbers.reduce((a, b) => a + b, 0)

function* answer(x) {
  return x
}

function* gatherHoisted(n) {
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield spawn(answer(i)))
  return sum(yield all(tasks))
}

function* gatherClosures(n) {
  const tasks = []
  for (let i = 0; i < n; i++) {
    const closure = function* () {
      return i
    }
    tasks.push(yield spawn(closure()))
  }
  return sum(yield all(tasks))
}

function* node(first, size) {
  if (size === 1) return first
  const tasks = []
  const part = size / 10
  for (let i = 0; i < 10; i++) tasks.push(yield spawn(node(first + i * part, part)))
  return sum(yield all(tasks))
}

export const spawnGather = ({ n }) => start(gatherHoisted(n))
export const spawnClosure = ({ n }) => start(gatherClosures(n))
export const skynet = ({ leaves }) => start(node(0, leaves))
