// W7 for tramp: read, emit and stop as plain functions over shared variables; stop sets a flag the loop looks at.
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
      return
    }
  }
}

export function parsing({ n }) {
  let line = 0
  let left = 0
  let sum = 0
  let stopped = false
  const read = () => {
    if (left > 0) {
      left--
      return DOLLAR
    }
    if (line > n) return 0
    left = ++line
    return NEWLINE
  }
  const handlers = new Map([
    [Read, read],
    [Emit, effect => void (sum += effect.count)],
    [Stop, () => void (stopped = true)],
  ])
  const program = parse()
  let step = program.next()
  while (!step.done) {
    const answer = handlers.get(step.value.constructor)(step.value)
    step = stopped ? program.return() : program.next(answer)
  }
  return sum
}
