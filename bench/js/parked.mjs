// mem for doeff-vm: tasks that are spawned under d handlers, each waiting for a promise of its own.
import {
  Await,
  CompletePromise,
  CreatePromise,
  Do,
  effect,
  Gather,
  handler,
  runAsync,
  scheduled,
  Spawn,
  Wait,
} from 'doeff-vm'

const Unused = effect('Unused')()

const waiting = Do(function* (promise) {
  return yield Wait(promise.future)
})

const main = Do(function* (n, reading) {
  const promises = []
  for (let i = 0; i < n; i++) promises.push(yield CreatePromise())
  yield Await(reading())
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield Spawn(waiting(promises[i])))
  yield Await(reading())
  for (let i = 0; i < n; i++) yield CompletePromise(promises[i], i)
  const results = yield Gather(...tasks)
  return results.reduce((a, b) => a + b, 0)
})

export function parked({ tasks, d }, reading) {
  let program = main(tasks, reading)
  for (let i = 0; i < d; i++) program = program.with(handler(`h${i}`).fun(Unused, () => undefined))
  return runAsync(program.with(scheduled()))
}
