// W7 for deepvm: three handlers that capture; reading past the last line performs Stop outward.
import { ctl, Handle, runWith, Tail } from './machine.mjs'

const NEWLINE = 10
const DOLLAR = 36

class Read {}
class Emit {
  constructor(count) {
    this.count = count
  }
}
class Stop {}

function* parse() {
  let count = 0
  for (;;) {
    const char = yield new Read()
    if (char === DOLLAR) {
      count++
    } else if (char === NEWLINE) {
      yield new Emit(count)
      count = 0
    } else {
      yield new Stop()
    }
  }
}

/** Answers Read with line 1, 2, … n: a newline, then as many dollars as the line's number. */
function feeding(n) {
  let line = 0
  let left = 0
  return ctl(function* (_effect, k) {
    if (left > 0) {
      left--
      yield new Tail(k, DOLLAR)
    }
    if (line > n) return yield new Stop()
    left = ++line
    yield new Tail(k, NEWLINE)
  })
}

function* under(effect, clause, body) {
  return yield new Handle(new Map([[effect, clause]]), body)
}

function* abandon() {}

export function parsing({ n }) {
  let sum = 0
  const adding = ctl(function* (effect, k) {
    sum += effect.count
    yield new Tail(k)
  })
  const body = under(Stop, ctl(abandon), under(Read, feeding(n), parse()))
  runWith(new Map([[Emit, adding]]), body)
  return sum
}
