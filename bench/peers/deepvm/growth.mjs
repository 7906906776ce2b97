// growth for deepvm; `mark(i)` is called after i units.
import { Call, ctl, fun, Resume, runWith, Tail } from './machine.mjs'

class Use {
  constructor(x) {
    this.x = x
  }
}

function* user(n, mark) {
  let x = 0
  for (let i = 1; i <= n; i++) {
    x = yield new Use(x)
    mark(i)
  }
  return x
}

function* down(depth, n, mark) {
  mark(depth)
  if (depth === n) return depth
  return yield new Call(down(depth + 1, n, mark))
}

function* resumeLast(effect, k) {
  yield new Tail(k, effect.x + 1)
}

function* resumeFirst(effect, k) {
  const rest = yield new Resume(k, effect.x + 1)
  return rest
}

const answering = new Map([[Use, fun(effect => effect.x + 1)]])
const resumingLast = new Map([[Use, ctl(resumeLast)]])
const resumingFirst = new Map([[Use, ctl(resumeFirst)]])

export const effects = ({ n }, mark) => runWith(answering, user(n, mark))
export const subPrograms = ({ n }, mark) => runWith(answering, down(1, n, mark))
export const tailResumes = ({ n }, mark) => runWith(resumingLast, user(n, mark))
export const nontailResumes = ({ n }, mark) => runWith(resumingFirst, user(n, mark))
