// growth for tramp; `mark(i)` is called after i units. Its tail resume is that of W3.
import { drive } from './drive.mjs'

class Get {
  constructor(key) {
    this.key = key
  }
}
class Put {
  constructor(key, value) {
    this.key = key
    this.value = value
  }
}
class Use {
  constructor(x) {
    this.x = x
  }
}

const stateHandler = new Map([
  [Get, (effect, store) => store.get(effect.key)],
  [Put, (effect, store) => void store.set(effect.key, effect.value)],
])

function* counter(n, mark) {
  for (let i = 1; i < n; i += 2) {
    const x = yield new Get('c')
    yield new Put('c', x + 2)
    mark(i)
    mark(i + 1)
  }
  return yield new Get('c')
}

function* user(n, mark) {
  let x = 0
  for (let i = 1; i <= n; i++) {
    x = yield new Use(x)
    mark(i)
  }
  return x
}

function* incrementing(effect) {
  yield effect.x + 1
}

const resuming = new Map([[Use, effect => incrementing(effect).next().value]])

export const effects = ({ n }, mark) => drive(counter(n, mark), stateHandler, new Map([['c', 0]]))
export const tailResumes = ({ n }, mark) => drive(user(n, mark), resuming)
