// W6 for effection: a throw caught outside.
import { run } from 'effection'

class Stop {}
const stop = new Stop()

function* product(numbers, i) {
  const x = numbers[i]
  if (x === 0) throw stop
  return x * (yield* product(numbers, i + 1))
}

function* main(depth, reps) {
  const numbers = Array.from({ length: depth + 1 }, (_, i) => depth - i)
  let sum = 0
  for (let r = 0; r < reps; r++) {
    try {
      sum += yield* product(numbers, 0)
    } catch (error) {
      if (error !== stop) throw error
    }
  }
  return sum
}

export const abort = ({ depth, reps }) => run(() => main(depth, reps))
