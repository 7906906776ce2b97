// W3 for deepvm: a clause that answers in place, and one that captures and resumes in tail position.
import { ctl, fun, runWith, Tail } from './machine.mjs'

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

function* incrementing(effect, k) {
  yield new Tail(k, effect.x + 1)
}

const answering = new Map([[Use, fun(effect => effect.x + 1)]])
const resuming = new Map([[Use, ctl(incrementing)]])

export const userFun = ({ n }) => runWith(answering, user(n))
export const userTail = ({ n }) => runWith(resuming, user(n))
