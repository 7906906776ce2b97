// W3 for tramp: a plain function, and a fresh generator per perform whose first yield is the answer.
import { drive } from './drive.mjs'

class Use {
  constructor(x) {
    this.x = x
  }
}

function* user(n) {
  let x = 0
  for (let i = 0; i < n; i++) x = yield new Use(x)
  return x
}

const increment = new Map([[Use, effect => effect.x + 1]])

export const userFun = ({ n }) => drive(user(n), increment)

function* incrementing(effect) {
  yield effect.x + 1
}

export function userTail({ n }) {
  const program = user(n)
  let step = program.next()
  while (!step.done) step = program.next(incrementing(step.value).next().value)
  return step.value
}
