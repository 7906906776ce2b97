// W17 for Effect.
import { Context, Effect, Exit } from 'effect'

const error = new Error('no')

const itself = Effect.fnUntraced(function* (i) {
  return i
})

const inTurn = Effect.fnUntraced(function* (i) {
  yield* Effect.yieldNow
  return i
})

const fails = Effect.fnUntraced(function* () {
  return yield* Effect.fail(error)
})

/** Sums what each of n programs answers. */
const summing = make =>
  Effect.fnUntraced(function* (n) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += yield* make(i)
    return sum
  })

const fibers = make => {
  const main = summing(make)
  return ({ n }) => Effect.runPromise(main(n))
}

const atOnce = { concurrency: 'unbounded' }
const first = ([item]) => item

export const timeout = fibers(i => Effect.timeout(itself(i), 1000))
export const timeoutWaiting = fibers(i => Effect.timeout(inTurn(i), 1000))
export const any = fibers(i => Effect.raceFirst(itself(i), Effect.sleep(1000)))
export const all = fibers(i => Effect.map(Effect.all([itself(i), itself(0), itself(0)], atOnce), first))
export const allWaiting = fibers(i => Effect.map(Effect.all([inTurn(i), inTurn(0), inTurn(0)], atOnce), first))

const traversing = f => {
  const main = Effect.fnUntraced(function* (n) {
    const list = Array.from({ length: n }, (_, i) => i)
    const items = yield* Effect.forEach(list, f, { concurrency: 8 })
    return items.reduce((sum, item) => sum + item, 0)
  })
  return ({ n }) => Effect.runPromise(main(n))
}

export const traverseAwaiting = traversing(i => Effect.promise(() => Promise.resolve(i)))
export const traverseAtOnce = traversing(itself)

const ensuring = summing(i => Effect.ensuring(itself(i), itself(0)))
export const ensured = ({ n }) => Effect.runSync(ensuring(n))

const catching = summing(i => Effect.catch(fails(), () => Effect.succeed(i)))
export const caught = ({ n }) => Effect.runSync(catching(n))

const trying = Effect.fnUntraced(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) if (Exit.isFailure(yield* Effect.exit(fails()))) sum += i
  return sum
})
export const tried = ({ n }) => Effect.runSync(trying(n))

class Value extends Context.Service()('Value') {}
const asks = Effect.fnUntraced(function* () {
  return (yield* Value).value
})
const localizing = summing(i => Effect.provideService(asks(), Value, { value: i }))
export const local = ({ n }) => Effect.runSync(Effect.provideService(localizing(n), Value, { value: 0 }))

const performs = Effect.fnUntraced(function* () {
  return yield* (yield* Value).perform()
})
const installing = summing(i => Effect.provideService(performs(), Value, { perform: () => Effect.succeed(i) }))
export const installed = ({ n }) => Effect.runSync(installing(n))
