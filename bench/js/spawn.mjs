// W9 and W10 for doeff-vm.
import { Do, Gather, run, scheduled, Spawn } from 'doeff-vm'

const sum = numbers => numbers.reduce((a, b) => a + b, 0)

const answer = Do(function* (x) {
  return x
})

const gatherHoisted = Do(function* (n) {
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield Spawn(answer(i)))
  return sum(yield Gather(...tasks))
})

const gatherClosures = Do(function* (n) {
  const tasks = []
  for (let i = 0; i < n; i++) {
    const closure = function* () {
      return i
    }
    tasks.push(yield Spawn(closure))
  }
  return sum(yield Gather(...tasks))
})

const node = Do(function* (first, size) {
  if (size === 1) return first
  const tasks = []
  const part = size / 10
  for (let i = 0; i < 10; i++) tasks.push(yield Spawn(node(first + i * part, part)))
  return sum(yield Gather(...tasks))
})

export const spawnGather = ({ n }) => run(gatherHoisted(n).with(scheduled()))
export const spawnClosure = ({ n }) => run(gatherClosures(n).with(scheduled()))
export const skynet = ({ leaves }) => run(node(0, leaves).with(scheduled()))
