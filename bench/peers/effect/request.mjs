// W15 for Effect.
import { Context, Effect, Fiber, Ref } from 'effect'

class World extends Context.Service()('World') {}
class Who extends Context.Service()('Who') {}
class Counters extends Context.Service()('Counters') {}

const count = Effect.fnUntraced(function* (key) {
  const counters = yield* Counters
  const before = (yield* Ref.get(counters))[key] ?? 0
  yield* Ref.update(counters, all => ({ ...all, [key]: before + 1 }))
})

const who = Effect.fnUntraced(function* () {
  const { user } = yield* Who
  const { level } = yield* Who
  return level > 0 ? user : 'nobody'
})

const helper = Effect.fnUntraced(function* (i) {
  const user = yield* who()
  yield* count('helpers')
  return user.length + i
})

const work = Effect.fnUntraced(function* (id) {
  const { find, log, save } = yield* World
  const item = yield* find(id)
  yield* log('found')
  yield* save(item)
  return item.name
})

const handle = Effect.fnUntraced(function* (i) {
  const { log } = yield* World
  const user = yield* who()
  yield* count('requests')
  const name = yield* Effect.timeout(work(i), 1000)
  const parts = yield* Effect.all([helper(1), helper(2), helper(3)], { concurrency: 'unbounded' })
  yield* Effect.acquireUseRelease(
    Effect.succeed('resource'),
    () => count('used'),
    () => log('released'),
  )
  return name.length + user.length + parts[0] + parts[1] + parts[2]
})

const main = Effect.fnUntraced(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* Fiber.join(yield* Effect.forkChild(handle(i)))
  return sum
})

let logged = 0
const world = {
  find: id => Effect.promise(() => Promise.resolve({ id, name: 'item' })),
  save: item => Effect.promise(() => Promise.resolve(item.id)),
  log: () =>
    Effect.sync(() => {
      logged++
    }),
}

const started = Effect.fnUntraced(function* (n) {
  const counters = yield* Ref.make({})
  return yield* main(n).pipe(
    Effect.provideService(World, world),
    Effect.provideService(Who, { user: 'ada', level: 1 }),
    Effect.provideService(Counters, counters),
  )
})

export const request = ({ n }) => Effect.runPromise(started(n))
