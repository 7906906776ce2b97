// W6 for deepvm: the clause closes every frame of its continuation and answers instead of it.
import { Call, close, ctl, runWith } from './machine.mjs'

class Done {
  constructor(value) {
    this.value = value
  }
}

function* product(numbers, i) {
  const x = numbers[i]
  if (x === 0) yield new Done(0)
  return x * (yield new Call(product(numbers, i + 1)))
}

function* stop(effect, k) {
  close(k)
  return effect.value
}

const stopping = new Map([[Done, ctl(stop)]])

export function abort({ depth, reps }) {
  const numbers = Array.from({ length: depth + 1 }, (_, i) => depth - i)
  let sum = 0
  for (let r = 0; r < reps; r++) sum += runWith(stopping, product(numbers, 0))
  return sum
}
