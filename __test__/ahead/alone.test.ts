// The last task that can go on and waits for the outside is not parked: it waits alone, and nobody can tell.

import { AsyncLocalStorage } from 'node:async_hooks'

import {
  Await,
  Cancel,
  CreateExternalPromise,
  Do,
  type ExternalPromise,
  pure,
  run,
  runAsync,
  scheduled,
  Spawn,
  VM,
  Wait,
  Yield,
} from '../../index'
import { expectNothingHeld } from '../support/leaks'
import { goAsync, rejectionOf, turnOfTheEventLoop } from '../support/tasks'

describe('a task that waits alone', () => {
  const als = new AsyncLocalStorage<string>()

  /** A program that waits, and what settles it. */
  function waiting(): { promise?: ExternalPromise<number>; done: Promise<unknown>; vm: VM } {
    const vm = new VM()
    const found: { promise?: ExternalPromise<number> } = {}
    const program = Do(function* () {
      const promise = yield* CreateExternalPromise<number>()
      found.promise = promise
      try {
        return yield* Wait(promise.future)
      } finally {
        yield* Yield()
      }
    })
    const done = vm.runAsync(program().with(scheduled()))
    return Object.assign(found, { done, vm })
  }

  it('goes on with what has come', async () => {
    const { promise, done, vm } = waiting()
    promise?.complete(42)
    expect(await done).toBe(42)
    expectNothingHeld(vm)
  })

  it('is in the snapshot', async () => {
    const { promise, done, vm } = waiting()
    expect(vm.snapshot()).toMatchObject([{ name: 'root', state: 'waiting', waitsFor: [String(promise?.future)] }])
    promise?.complete(1)
    expect(await done).toBe(1)
    expectNothingHeld(vm)
  })

  it('unwinds when the VM is disposed of', async () => {
    const { done, vm } = waiting()
    const rejected = rejectionOf(done)
    vm.dispose()
    expect(await rejected).toMatchObject({ code: 'ERR_VM_DISPOSED' })
  })

  it('unwinds when the run is aborted, and what it awaits is called off', async () => {
    const controller = new AbortController()
    const seen: string[] = []
    const program = Do(function* () {
      yield* Await(
        signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => seen.push('called off'))
          }),
      )
    })
    const rejected = rejectionOf(runAsync(program().with(scheduled()), { signal: controller.signal }))
    await turnOfTheEventLoop()
    controller.abort(new Error('enough'))
    expect(await rejected).toMatchObject({ message: 'enough' })
    expect(seen).toEqual(['called off'])
  })

  it('is parked like all others when something else comes first', async () => {
    const log = await goAsync(function* () {
      const seen: string[] = []
      const own = yield* CreateExternalPromise<string>()
      const others = yield* CreateExternalPromise<string>()
      yield* Spawn(function* () {
        seen.push(yield* Wait(others.future))
        own.complete('own')
        seen.push('settled')
      })
      yield* Yield()
      queueMicrotask(() => others.complete('other'))
      seen.push(yield* Wait(own.future))
      return seen
    })
    expect(log).toEqual(['other', 'settled', 'own'])
  })

  it('may be cancelled by a task that something else has woken', async () => {
    const log = await goAsync(function* () {
      const seen: string[] = []
      const never = yield* Spawn(function* () {
        try {
          yield* Await(new Promise(() => {}))
        } finally {
          seen.push('unwound')
        }
      })
      const bell = yield* CreateExternalPromise<void>()
      queueMicrotask(() => bell.complete())
      yield* Wait(bell.future)
      yield* Cancel(never)
      yield* Yield()
      return seen
    })
    expect(log).toEqual(['unwound'])
  })

  it('lets other machines run meanwhile', async () => {
    const { promise, done, vm } = waiting()
    for (let i = 0; i < 3; i++)
      run(
        Spawn(pure(i))
          .flatMap(task => Wait(task))
          .with(scheduled()),
      )
    promise?.complete(7)
    run(pure(1))
    expect(await done).toBe(7)
    expectNothingHeld(vm)
  })

  it('goes on in its own asynchronous context', async () => {
    const promises: ExternalPromise<number>[] = []
    const program = Do(function* () {
      const seen: unknown[] = []
      const child = yield* Spawn(function* () {
        als.enterWith('child')
        for (let i = 0; i < 3; i++) {
          const promise = yield* CreateExternalPromise<number>()
          promises.push(promise)
          yield* Wait(promise.future)
          seen.push(als.getStore())
        }
      })
      yield* Wait(child)
      seen.push(als.getStore())
      return seen
    })
    const done = als.run('run', () => runAsync(program().with(scheduled())))
    for (let i = 0; i < 3; i++) {
      // A run may let the event loop have its turn at any time.
      while (promises[i] === undefined) await turnOfTheEventLoop()
      als.run('completer', () => promises[i]?.complete(i))
    }
    expect(await done).toEqual(['child', 'child', 'child', 'run'])
  })

  it('may wait a hundred thousand times', async () => {
    const total = await goAsync(function* () {
      let sum = 0
      for (let i = 0; i < 100_000; i++) sum += yield* Await(Promise.resolve(1))
      return sum
    })
    expect(total).toBe(100_000)
  })
})
