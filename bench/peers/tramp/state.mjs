// W1 for tramp: two plain functions on a Map.
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

const stateHandler = new Map([
  [Get, (effect, store) => store.get(effect.key)],
  [Put, (effect, store) => void store.set(effect.key, effect.value)],
])

function* counter(n) {
  for (let i = 0; i < n; i++) {
    const x = yield new Get('c')
    yield new Put('c', x + 1)
  }
  return yield new Get('c')
}

export const state = ({ n }) => drive(counter(n), stateHandler, new Map([['c', 0]]))
