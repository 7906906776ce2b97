// W17 for doeff-vm.
import {
  All,
  Any,
  Ask,
  Await,
  Do,
  effect,
  ensure,
  handler,
  Local,
  reader,
  run,
  runAsync,
  scheduled,
  Sleep,
  Timeout,
  traverse,
  Try,
  tryHandler,
  Yield,
} from 'doeff-vm'

const error = new Error('no')

const itself = Do(function* (i) {
  return i
})

const inTurn = Do(function* (i) {
  yield* Yield()
  return i
})

const fails = Do(function* () {
  throw error
})

/** Sums what each of n programs answers. */
const summing = make =>
  Do(function* (n) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += yield* make(i)
    return sum
  })

const tasks = make => {
  const main = summing(make)
  return ({ n }) => runAsync(main(n).with(scheduled()))
}

export const timeout = tasks(i => Timeout(1000, itself(i)))
export const timeoutWaiting = tasks(i => Timeout(1000, inTurn(i)))
export const any = tasks(i => Any([itself(i), Sleep(1000)]))
export const all = tasks(i => All([itself(i), itself(0), itself(0)]).map(([first]) => first))
export const allWaiting = tasks(i => All([inTurn(i), inTurn(0), inTurn(0)]).map(([first]) => first))

const traversing = f => {
  const main = Do(function* (n) {
    const items = yield* traverse(
      Array.from({ length: n }, (_, i) => i),
      f,
      { concurrency: 8 },
    )
    return items.reduce((sum, item) => sum + item, 0)
  })
  return ({ n }) => runAsync(main(n).with(scheduled()))
}

const awaits = Do(function* (i) {
  return yield* Await(Promise.resolve(i))
})

export const traverseAwaiting = traversing(awaits)
export const traverseAtOnce = traversing(itself)

const ensuring = summing(i => ensure(itself(i), itself(0)))
export const ensured = ({ n }) => run(ensuring(n))

const catching = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) {
    try {
      yield* fails()
    } catch {
      sum += i
    }
  }
  return sum
})
export const caught = ({ n }) => run(catching(n))

const trying = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) if (!(yield* Try(fails())).ok) sum += i
  return sum
})
export const tried = ({ n }) => run(trying(n).with(tryHandler))

const asks = Do(function* () {
  return yield* Ask('value')
})
const localizing = summing(i => Local({ value: i }, asks()))
export const local = ({ n }) => run(localizing(n).with(reader({ value: 0 })))

const Value = effect('Value')()
const performs = Do(function* () {
  return yield* Value()
})
const installing = summing(i => performs().with(handler('value').fun(Value, () => i)))
export const installed = ({ n }) => run(installing(n))
