// W9 and W10 for effection: spawn, then the tasks' results one by one.
import { run, spawn } from 'effection'

function* answer(x) {
  return x
}

function* sumOf(tasks) {
  let sum = 0
  for (const task of tasks) sum += yield* task
  return sum
}

function* gatherHoisted(n) {
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(() => answer(i)))
  return yield* sumOf(tasks)
}

function* gatherClosures(n) {
  const tasks = []
  for (let i = 0; i < n; i++) {
    const closure = function* () {
      return i
    }
    tasks.push(yield* spawn(closure))
  }
  return yield* sumOf(tasks)
}

function* node(first, size) {
  if (size === 1) return first
  const tasks = []
  const part = size / 10
  for (let i = 0; i < 10; i++) tasks.push(yield* spawn(() => node(first + i * part, part)))
  return yield* sumOf(tasks)
}

export const spawnGather = ({ n }) => run(() => gatherHoisted(n))
export const spawnClosure = ({ n }) => run(() => gatherClosures(n))
export const skynet = ({ leaves }) => run(() => node(0, leaves))
