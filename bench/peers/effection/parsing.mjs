// W7 for effection: two operations from contexts and a throw.
import { createContext, run } from 'effection'

const NEWLINE = 10
const DOLLAR = 36
const stop = { stop: true }

const Read = createContext('bench.read')
const Emit = createContext('bench.emit')

function* parse() {
  let count = 0
  for (;;) {
    const char = yield* (yield* Read.expect())()
    if (char === DOLLAR) {
      count++
    } else if (char === NEWLINE) {
      yield* (yield* Emit.expect())(count)
      count = 0
    } else {
      throw stop
    }
  }
}

function* untilStop(read, emit) {
  yield* Read.set(read)
  yield* Emit.set(emit)
  try {
    yield* parse()
  } catch (error) {
    if (error !== stop) throw error
  }
}

export async function parsing({ n }) {
  let line = 0
  let left = 0
  let sum = 0
  const read = function* () {
    if (left > 0) {
      left--
      return DOLLAR
    }
    if (line > n) throw stop
    left = ++line
    return NEWLINE
  }
  const emit = function* (count) {
    sum += count
  }
  await run(() => untilStop(read, emit))
  return sum
}
