// Promises that tasks settle: once, before or after somebody waits.

import {
  AlreadySettledError,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  Do,
  FailPromise,
  Gather,
  handler,
  InvalidWaitableError,
  Race,
  scheduled,
  Spawn,
  type Program,
  type PromiseEffect,
  type Task,
  type VmPromise,
  Wait,
  Yield,
} from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'
import { go } from '../support/tasks'

type Settle = (promise: VmPromise) => Program<void, PromiseEffect>

test.each([
  ['before', true],
  ['after', false],
])('completed %s somebody waits, it gives its value', (_when, before) => {
  expect(
    go(function* () {
      const promise = yield* CreatePromise<string>()
      if (before) yield* CompletePromise(promise, 'value')
      else yield* Spawn(CompletePromise(promise, 'value'))
      return yield* Wait(promise.future)
    }),
  ).toBe('value')
})

test.each([
  ['before', true],
  ['after', false],
])('failed %s somebody waits, it throws its error as it is', (_when, before) => {
  const error = new Error('mine')
  go(function* () {
    const promise = yield* CreatePromise<string>()
    if (before) yield* FailPromise(promise, error)
    else yield* Spawn(FailPromise(promise, error))
    let caught: unknown
    try {
      yield* Wait(promise.future)
    } catch (thrown) {
      caught = thrown
    }
    expect(caught).toBe(error)
  })
})

const complete: Settle = promise => CompletePromise(promise, 1)
const fail: Settle = promise => FailPromise(promise, new Error('second'))

test.each([
  ['completing', 'completing', complete, complete],
  ['failing', 'completing', complete, fail],
  ['completing', 'failing', fail, complete],
  ['failing', 'failing', fail, fail],
])('%s after %s throws at the yield and changes nothing', (_second, _first, first, second) => {
  go(function* () {
    const promise = yield* CreatePromise()
    yield first(promise)
    const { status } = promise.future
    let caught: unknown
    try {
      yield second(promise)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(AlreadySettledError)
    expect((caught as Error).message).toMatch(/^Promise\(#\d+\) was settled before/)
    expect(promise.future.status).toBe(status)
  })
})

test('its future can be waited for by many, gathered and raced', () => {
  go(function* () {
    const promise = yield* CreatePromise<string>()
    const { future } = promise
    const tasks = [
      yield* Spawn(Wait(future)),
      yield* Spawn(Gather(future, future)),
      yield* Spawn(Race(future).map(({ value }) => value)),
    ] as const
    yield* Yield()
    yield* CompletePromise(promise, 'v')
    expect(yield* Gather(...tasks)).toEqual(['v', ['v', 'v'], 'v'])
  })
})

test('a task that was cancelled while it waited is not woken by the completion', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    const waiting = Do(function* () {
      try {
        yield* Wait(promise.future)
        log.push('resumed')
      } finally {
        log.push('unwound')
      }
    })
    const task = yield* Spawn(waiting())
    yield* Yield()
    yield* Cancel(task)
    yield* CompletePromise(promise, 0)
    for (let i = 0; i < 3; i++) yield* Yield()
    expect(task.status).toBe('cancelled')
  })
  expect(log).toEqual(['unwound'])
})

test.each([
  ['completing', complete, CompletePromise],
  ['failing', fail, FailPromise],
])('a handler that takes %s takes it every time, though nobody waits for the promise', (_how, settle, type) => {
  const log: string[] = []
  const taking = handler('taking').fun(type as typeof CompletePromise, () => void log.push('taken'))
  go(function* () {
    const promise = yield* CreatePromise()
    yield* Do(function* () {
      for (let i = 0; i < 3; i++) yield settle(promise)
    })().with(taking as never)
    expect(promise.future.status).toBe('pending')
  })
  expect(log).toEqual(['taken', 'taken', 'taken'])
})

test('what is settled with is kept as it is, promises and programs included', () => {
  go(function* () {
    for (const value of [undefined, null, Promise.resolve(1), Yield(), { future: 1 }, Symbol('s')]) {
      const promise = yield* CreatePromise()
      yield* CompletePromise(promise, value)
      expect(yield* Wait(promise.future)).toBe(value)
    }
  })
})

test.each([42, undefined, null, {}, { future: 1 }])('settling %p is refused where the effect is made', x => {
  for (const make of [CompletePromise, FailPromise]) {
    expect(thrownBy(() => make(x as never, 1))).toBeInstanceOf(InvalidWaitableError)
  }
})

test('a task, and the future itself, are not what is settled', () => {
  go(function* () {
    const promise = yield* CreatePromise()
    const task = yield* Spawn(Yield())
    for (const x of [promise.future, task]) {
      expect(thrownBy(() => CompletePromise(x as never, 1))).toBeInstanceOf(InvalidWaitableError)
    }
    yield* Wait(task)
  })
})

test('an external promise is settled by itself: the refusal says so', () => {
  go(function* () {
    const promise = yield* CreateExternalPromise()
    const error = thrownBy(() => CompletePromise(promise as never, 1)) as Error
    expect(error).toBeInstanceOf(InvalidWaitableError)
    expect(error.message).toMatch(/call its own complete\(value\) or fail\(error\)/)
  })
})

/** What is thrown at the yield of `effect`. */
const refusal = Do(function* (effect: ReturnType<typeof Wait>) {
  try {
    yield* effect
    return undefined
  } catch (error) {
    return error as Error
  }
})

describe('across runs', () => {
  test('a pending promise of a run that is over is refused', () => {
    const vm = newVm()
    const stale = vm.run(CreatePromise().with(scheduled()))
    for (const effect of [
      Wait(stale.future),
      Gather(stale.future),
      Race(stale.future),
      CompletePromise(stale, 1),
      FailPromise(stale, 1),
    ]) {
      for (const runOn of [(program: never) => vm.run(program), run]) {
        const error = (runOn as typeof run)(refusal(effect as never).with(scheduled()) as never) as unknown as Error
        expect(error).toBeInstanceOf(InvalidWaitableError)
        expect(error.message).toMatch(/belongs to another VM or to a run that is over/)
      }
    }
  })

  test('a task that ended in another run can still be asked for its result', () => {
    const task = go(function* () {
      const own = yield* Spawn(function* () {
        return 'kept'
      })
      yield* Wait(own)
      return own
    })
    expect(
      go(function* () {
        yield* Cancel(task)
        return [yield* Wait(task), yield* Gather(task), (yield* Race(task)).value]
      }),
    ).toEqual(['kept', ['kept'], 'kept'])
  })

  test('a pending task of a run that goes on elsewhere is refused', () => {
    go(function* () {
      const task: Task = yield* Spawn(Yield())
      const error = run(refusal(Wait(task)).with(scheduled())) as Error
      expect(error).toBeInstanceOf(InvalidWaitableError)
      expect(run(refusal(Cancel(task) as never).with(scheduled()))).toBeInstanceOf(InvalidWaitableError)
      yield* Wait(task)
    })
  })
})

test('a promise that nobody settles and nobody waits for is nobody’s business', () => {
  go(function* () {
    for (let i = 0; i < 10_000; i++) yield* CreatePromise()
  })
})
