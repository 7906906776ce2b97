// F1 for tramp: two plain functions over a variable.
import { drive } from '../drive.mjs'

class Read {}
class Write {
  constructor(value) {
    this.value = value
  }
}

function* loop() {
  for (;;) {
    const i = yield new Read()
    if (i === 0) return i
    yield new Write(i - 1)
  }
}

function counting(initial) {
  let state = initial
  return new Map([
    [Read, () => state],
    [Write, effect => void (state = effect.value)],
  ])
}

export const countdown = ({ n }) => drive(loop(), counting(n))
