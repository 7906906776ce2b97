// W7 for doeff-vm: three handlers; the clause of Read answers in place, or with a program that performs Stop outward.
import { Do, effect, handler, run } from 'doeff-vm'

const NEWLINE = 10
const DOLLAR = 36

const Read = effect('Read')()
const Emit = effect('Emit')()
const Stop = effect('Stop')()

const parse = Do(function* () {
  let count = 0
  for (;;) {
    const char = yield Read()
    if (char === DOLLAR) {
      count++
    } else if (char === NEWLINE) {
      yield Emit(count)
      count = 0
    } else {
      yield Stop()
    }
  }
})

const stop = Do(function* () {
  return yield Stop()
})

/** Answers Read with line 1, 2, … n: a newline, then as many dollars as the line's number. */
function feeding(n) {
  let line = 0
  let left = 0
  return handler('feeding').fun(Read, () => {
    if (left > 0) {
      left--
      return DOLLAR
    }
    if (line > n) return stop()
    left = ++line
    return NEWLINE
  })
}

const catching = handler('catching').final(Stop, () => undefined)

export function parsing({ n }) {
  let sum = 0
  const adding = handler('adding').fun(Emit, count => {
    sum += count
  })
  run(parse().with(feeding(n)).with(catching).with(adding))
  return sum
}
