// W7 for Effect: two services and a failure.
import { Context, Effect } from 'effect'

const NEWLINE = 10
const DOLLAR = 36

class Read extends Context.Service()('bench/Read') {}
class Emit extends Context.Service()('bench/Emit') {}

const parse = Effect.gen(function* () {
  let count = 0
  for (;;) {
    const char = yield* (yield* Read).read
    if (char === DOLLAR) {
      count++
    } else if (char === NEWLINE) {
      yield* (yield* Emit).emit(count)
      count = 0
    } else {
      return yield* Effect.fail('stop')
    }
  }
})

function feeding(n) {
  let line = 0
  let left = 0
  const read = Effect.suspend(() => {
    if (left > 0) {
      left--
      return Effect.succeed(DOLLAR)
    }
    if (line > n) return Effect.fail('stop')
    left = ++line
    return Effect.succeed(NEWLINE)
  })
  return { read }
}

export function parsing({ n }) {
  let sum = 0
  const emit = count =>
    Effect.sync(() => {
      sum += count
    })
  const untilStop = Effect.catch(Effect.provideService(parse, Read, feeding(n)), () => Effect.void)
  Effect.runSync(Effect.provideService(untilStop, Emit, { emit }))
  return sum
}
