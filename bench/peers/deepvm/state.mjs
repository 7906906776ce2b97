// W1 for deepvm: one handler whose clauses answer in place from a Map.
import { fun, runWith } from './machine.mjs'

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

const stateHandler = store =>
  new Map([
    [Get, fun(effect => store.get(effect.key))],
    [Put, fun(effect => void store.set(effect.key, effect.value))],
  ])

function* counter(n) {
  for (let i = 0; i < n; i++) {
    const x = yield new Get('c')
    yield new Put('c', x + 1)
  }
  return yield new Get('c')
}

export const state = ({ n }) => runWith(stateHandler(new Map([['c', 0]])), counter(n))
