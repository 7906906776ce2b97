// External promises: settled from anywhere, at any time; the first settlement counts, the others say that they did not.

import { Worker } from 'node:worker_threads'

import fc from 'fast-check'

import {
  Await,
  Cancel,
  CreateExternalPromise,
  Do,
  Err,
  type ExternalPromise,
  Gather,
  Ok,
  Race,
  scheduled,
  Spawn,
  type Task,
  Try,
  tryHandler,
  VM,
  Wait,
  Yield,
} from '../../index'
import { newVm } from '../support/leaks'
import { go, goAsync, turnOfTheEventLoop } from '../support/tasks'

/** Waits for a promise that `settle` is given, and that it may settle now or later. */
const waitingFor = (settle: (promise: ExternalPromise<unknown>) => unknown) =>
  Do(function* () {
    const promise = yield* CreateExternalPromise<unknown>()
    settle(promise)
    return yield* Wait(promise.future)
  })()

test.each<[string, (complete: () => void) => unknown]>([
  ['by its creator, at once', complete => complete()],
  ['from a microtask', complete => queueMicrotask(complete)],
  ['from the next tick', complete => process.nextTick(complete)],
  ['from a timer', complete => setTimeout(complete, 0)],
  ['from an immediate', complete => setImmediate(complete)],
  ['from a promise', complete => Promise.resolve().then(complete)],
])('settled %s, it gives its value or throws its error', async (_where, from) => {
  const value = {}
  const complete = waitingFor(promise => from(() => promise.complete(value)))
  expect(await newVm().runAsync(complete.with(scheduled()))).toBe(value)
  const error = new Error('mine')
  const fail = waitingFor(promise => from(() => promise.fail(error)))
  await expect(newVm().runAsync(fail.with(scheduled()))).rejects.toBe(error)
})

test('settled by its creator, it needs no asynchronous run', () => {
  expect(newVm().run(waitingFor(promise => promise.complete('now')).with(scheduled()))).toBe('now')
})

test('settled by a message of a worker', async () => {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(42)', { eval: true })
  const program = waitingFor(promise => worker.once('message', promise.complete))
  expect(await newVm().runAsync(program.with(scheduled()))).toBe(42)
  await worker.terminate()
})

test('the first settlement counts; later ones answer false and change nothing', async () => {
  const answers: boolean[] = []
  const program = waitingFor(promise => {
    answers.push(promise.complete('first'), promise.complete('second'), promise.fail(new Error('third')))
    setImmediate(() => answers.push(promise.complete('fourth')))
  })
  expect(await newVm().runAsync(program.with(scheduled()))).toBe('first')
  await turnOfTheEventLoop()
  expect(answers).toEqual([true, false, false, false])
})

test('after the run is over it answers false', () => {
  let kept!: ExternalPromise<unknown>
  go(function* () {
    kept = yield* CreateExternalPromise()
  })
  expect(kept.complete(1)).toBe(false)
  expect(kept.fail(1)).toBe(false)
})

test('during a later run of the same VM it answers false and wakes nobody', () => {
  const vm = newVm()
  const stale = vm.run(CreateExternalPromise().with(scheduled()))
  const program = Do(function* () {
    expect(stale.complete(1)).toBe(false)
    yield* Yield()
    return 'undisturbed'
  })
  expect(vm.run(program().with(scheduled()))).toBe('undisturbed')
})

test('after the VM was disposed of it answers false', () => {
  const vm = new VM()
  const kept = vm.run(CreateExternalPromise().with(scheduled()))
  vm.dispose()
  expect(kept.complete(1)).toBe(false)
})

test('id and uuid name it; both are its own', () => {
  go(function* () {
    const promises = [yield* CreateExternalPromise(), yield* CreateExternalPromise()]
    const [a, b] = promises as [ExternalPromise<unknown>, ExternalPromise<unknown>]
    expect(a.id).not.toBe(b.id)
    expect(a.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/)
    expect(a.uuid).toBe(a.uuid)
    expect(a.uuid).not.toBe(b.uuid)
  })
})

test('complete and fail may be handed out as they are', async () => {
  const program = waitingFor(({ complete }) => setImmediate(complete, 'detached'))
  expect(await newVm().runAsync(program.with(scheduled()))).toBe('detached')
})

test('may be gathered and raced, by several tasks', async () => {
  const results = await goAsync(function* () {
    const [a, b] = [yield* CreateExternalPromise<string>(), yield* CreateExternalPromise<string>()]
    setImmediate(() => {
      b.complete('b')
      setImmediate(() => a.complete('a'))
    })
    const tasks = [
      yield* Spawn(Gather(a.future, b.future)),
      yield* Spawn(Race(a.future, b.future).map(({ value }) => value)),
      yield* Spawn(Wait(a.future)),
    ] as const
    return yield* Gather(...tasks)
  })
  expect(results).toEqual([['a', 'b'], 'b', 'a'])
})

describe('settled inside of the program', () => {
  test('it wakes its waiter behind the tasks that are ready', () => {
    const log: string[] = []
    go(function* () {
      const promise = yield* CreateExternalPromise()
      const waiter = yield* Spawn(Wait(promise.future).map(() => log.push('waiter')))
      yield* Yield()
      const other = yield* Spawn(function* () {
        log.push('other')
      })
      promise.complete(0)
      log.push('completer')
      yield* Gather(waiter, other)
    })
    expect(log).toEqual(['completer', 'other', 'waiter'])
  })

  test('it wakes its waiter although others never stop', () => {
    go(function* () {
      const promise = yield* CreateExternalPromise()
      const seen = { waiter: false }
      yield* Spawn(Wait(promise.future).map(() => (seen.waiter = true)))
      yield* Yield()
      promise.complete(0)
      while (!seen.waiter) yield* Yield()
    })
  })
})

test('settled while tasks compute, it is heard although nothing is ever idle', async () => {
  await goAsync(function* () {
    const promise = yield* CreateExternalPromise()
    const seen = { waiter: false }
    yield* Spawn(Wait(promise.future).map(() => (seen.waiter = true)))
    setImmediate(promise.complete, 0)
    while (!seen.waiter) yield* Yield()
  })
})

test('a completion never runs tasks inside of itself', async () => {
  const log: string[] = []
  await goAsync(function* () {
    const promise = yield* CreateExternalPromise()
    setImmediate(() => {
      log.push('before')
      promise.complete(0)
      log.push('after')
    })
    yield* Wait(promise.future)
    log.push('task')
  })
  expect(log).toEqual(['before', 'after', 'task'])
})

test('several settled in one callback wake their waiters in that order', async () => {
  const log: number[] = []
  await goAsync(function* () {
    const promises: ExternalPromise<void>[] = []
    const tasks: Task[] = []
    for (let i = 0; i < 5; i++) {
      const promise = yield* CreateExternalPromise<void>()
      promises.push(promise)
      tasks.push(yield* Spawn(Wait(promise.future).map(() => log.push(i))))
    }
    setImmediate(() => {
      for (const at of [3, 0, 4, 1, 2]) promises[at]!.complete()
    })
    yield* Gather(...tasks)
  })
  expect(log).toEqual([3, 0, 4, 1, 2])
})

test('whatever the order of settling, before or after the waiting, the result is the same', async () => {
  const COUNT = 4
  const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: COUNT, maxLength: COUNT })
  await fc.assert(
    fc.asyncProperty(orders, fc.nat(COUNT), async (order, early) => {
      const results = await goAsync(function* () {
        const promises: ExternalPromise<number>[] = []
        for (let i = 0; i < COUNT; i++) promises.push(yield* CreateExternalPromise<number>())
        for (const at of order.slice(0, early)) promises[at]!.complete(at)
        setImmediate(() => {
          for (const at of order.slice(early)) promises[at]!.complete(at)
        })
        const tasks: Task[] = []
        for (const { future } of promises) tasks.push(yield* Spawn(Wait(future)))
        return yield* Gather(...tasks)
      })
      expect(results).toEqual([0, 1, 2, 3])
    }),
    { numRuns: 60 },
  )
})

/** All orders of these. */
function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap(first => permutations(items.filter(item => item !== first)).map(rest => [first, ...rest]))
}

test.each([1, 2, 3, 4, 5])('%d of them settled in every order there is: every waiter is told the same', async n => {
  const numbers = Array.from({ length: n }, (_, i) => i)
  const settle = (promise: ExternalPromise<number>, i: number) => (i % 2 === 0 ? promise.complete(i) : promise.fail(i))
  const endOf = (i: number) => (i % 2 === 0 ? Ok(i) : Err(i))
  for (const order of permutations(numbers)) {
    const heard: number[] = []
    const results = await goAsync(function* () {
      const promises: ExternalPromise<number>[] = []
      for (let i = 0; i < n; i++) promises.push(yield* CreateExternalPromise<number>())
      const futures = promises.map(({ future }) => future)
      const waiters: Task[] = []
      for (const [i, future] of futures.entries()) {
        const waiter = Try(Wait(future)).map(end => {
          heard.push(i)
          return end
        })
        waiters.push(yield* Spawn(waiter.with(tryHandler)))
      }
      const gathering = yield* Spawn(Try(Gather(...futures)).with(tryHandler))
      const racing = yield* Spawn(Try(Race(...futures).map(({ value }) => value)).with(tryHandler))
      yield* Yield()
      // Half of them one by one while everybody is parked, the others in one callback.
      const half = order.slice(0, n >> 1)
      for (const i of half) {
        settle(promises[i]!, i)
        yield* Await(turnOfTheEventLoop())
      }
      setImmediate(() => order.slice(half.length).forEach(i => settle(promises[i]!, i)))
      return [yield* Gather(...waiters), ...(yield* Gather(gathering, racing))]
    })
    const firstFailure = order.find(i => i % 2 === 1)
    const gathered = firstFailure === undefined ? Ok(numbers) : Err(firstFailure)
    expect(results).toEqual([numbers.map(endOf), gathered, endOf(order[0]!)])
    expect(heard).toEqual(order)
  }
})

test('a task that was cancelled while it waited leaves the others waiting', async () => {
  const value = await goAsync(function* () {
    const promise = yield* CreateExternalPromise<string>()
    const tasks = [yield* Spawn(Wait(promise.future)), yield* Spawn(Wait(promise.future))] as const
    yield* Yield()
    yield* Cancel(tasks[0])
    setImmediate(promise.complete, 'value')
    return yield* Wait(tasks[1])
  })
  expect(value).toBe('value')
})

test('a failure that nobody waits for is nobody’s business', () => {
  go(function* () {
    const promise = yield* CreateExternalPromise()
    promise.fail(new Error('unseen'))
    yield* Yield()
  })
})
