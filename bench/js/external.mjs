// W13 for doeff-vm: promises and callbacks.
import { Await, CreateExternalPromise, Do, runAsync, scheduled, Wait } from 'doeff-vm'

const awaiting = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield Await(Promise.resolve(i))
  return sum
})

const calledBack = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) {
    const promise = yield CreateExternalPromise()
    queueMicrotask(() => promise.complete(i))
    sum += yield Wait(promise.future)
  }
  return sum
})

export const awaitPromise = ({ n }) => runAsync(awaiting(n).with(scheduled()))
export const external = ({ n }) => runAsync(calledBack(n).with(scheduled()))
