// The order in which tasks run: the parent first, then first come, first served; the same every time.

import fc from 'fast-check'

import {
  Cancel,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  Acquire,
  Do,
  FailPromise,
  Gather,
  Now,
  pure,
  Put,
  Release,
  Spawn,
  state,
  Wait,
  Yield,
  Get,
  type Task,
} from '../../index'
import { go } from '../support/tasks'

/** A task that notes its name, `times` times with a turn for the others in between. */
const stepper = (log: string[], name: string, times = 1) =>
  Do(function* () {
    for (let i = 0; i < times; i++) {
      log.push(`${name}${i}`)
      yield* Yield()
    }
    return name
  })()

test('the parent goes on first; the child starts when the parent lets it', () => {
  const log: string[] = []
  go(function* () {
    const task = yield* Spawn(stepper(log, 'child'))
    log.push('parent')
    yield* Wait(task)
    log.push('after')
  })
  expect(log).toEqual(['parent', 'child0', 'after'])
})

test('tasks start in the order in which they were spawned', () => {
  const log: string[] = []
  go(function* () {
    const tasks = []
    for (const name of 'abcd') tasks.push(yield* Spawn(stepper(log, name)))
    yield* Gather(...tasks)
  })
  expect(log).toEqual(['a0', 'b0', 'c0', 'd0'])
})

test('tasks that yield take turns', () => {
  const log: string[] = []
  go(function* () {
    const tasks = []
    for (const name of 'abc') tasks.push(yield* Spawn(stepper(log, name, 3)))
    yield* Gather(...tasks)
  })
  expect(log.join(' ')).toBe('a0 b0 c0 a1 b1 c1 a2 b2 c2')
})

test('of 1,000 tasks that yield none is ever more than one step behind the leader', () => {
  const COUNT = 1000
  const steps = Array.from({ length: COUNT }, () => 0)
  let widest = 0
  let least = 0
  let atLeast = COUNT
  const runner = Do(function* (at: number) {
    for (let i = 0; i < 20; i++) {
      if (steps[at] === least) atLeast--
      steps[at]!++
      if (atLeast === 0) {
        least++
        atLeast = steps.filter(step => step === least).length
      }
      widest = Math.max(widest, steps[at]! - least)
      yield* Yield()
    }
  })
  go(function* () {
    const tasks: Task[] = []
    for (let at = 0; at < COUNT; at++) tasks.push(yield* Spawn(runner(at)))
    yield* Gather(...tasks)
  })
  expect(widest).toBe(1)
  expect(steps.every(step => step === 20)).toBe(true)
})

test('a task that was woken is queued behind those that are ready already', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise<string>()
    const waiter = yield* Spawn(Wait(promise.future).map(value => log.push(`waiter ${value}`)))
    yield* Yield()
    const other = yield* Spawn(stepper(log, 'other'))
    yield* CompletePromise(promise, 'woken')
    yield* Gather(waiter, other)
  })
  expect(log).toEqual(['other0', 'waiter woken'])
})

test('who waits for the same thing is woken in the order of waiting', () => {
  const log: number[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    const waiters: Task[] = []
    for (let i = 0; i < 5; i++) waiters.push(yield* Spawn(Wait(promise.future).map(() => log.push(i))))
    yield* Yield()
    yield* CompletePromise(promise, undefined)
    yield* Gather(...waiters)
  })
  expect(log).toEqual([0, 1, 2, 3, 4])
})

test('a yield is without effect when nobody else is ready', () => {
  expect(
    go(function* () {
      for (let i = 0; i < 1000; i++) yield* Yield()
      return 'done'
    }),
  ).toBe('done')
})

// Each of them is performed between two notes of the parent; the child, which is ready, may not come between.
test.each([
  ['Spawn', () => Spawn(pure(0))],
  ['CreatePromise', () => CreatePromise()],
  ['CompletePromise that nobody waits for', () => CreatePromise().flatMap(p => CompletePromise(p, 0))],
  ['FailPromise that nobody waits for', () => CreatePromise().flatMap(p => FailPromise(p, 0))],
  ['CreateSemaphore', () => CreateSemaphore(1)],
  ['Acquire of a permit that is free', () => CreateSemaphore(1).flatMap(s => Acquire(s))],
  ['Release', () => CreateSemaphore(1).flatMap(s => Acquire(s).flatMap(() => Release(s)))],
  ['Cancel', () => Spawn(pure(0)).flatMap(task => Cancel(task))],
  ['Now', () => Now()],
  ['Put', () => Put('n', 1)],
  ['Gather of nothing', () => Gather()],
])('%s does not let others run', (_name, program) => {
  const log: string[] = []
  go(function* () {
    yield* Do(function* () {
      const child = yield* Spawn(stepper(log, 'child'))
      log.push('before')
      yield program()
      log.push('after')
      yield* Wait(child)
    })().with(state())
  })
  expect(log).toEqual(['before', 'after', 'child0'])
})

test('waiting for what has been settled does not let others run', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    yield* CompletePromise(promise, 1)
    const child = yield* Spawn(stepper(log, 'child'))
    log.push('before')
    yield* Wait(promise.future)
    yield* Gather(promise.future)
    log.push('after')
    yield* Wait(child)
  })
  expect(log).toEqual(['before', 'after', 'child0'])
})

test('the completer keeps running, whoever waits', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    const waiter = yield* Spawn(Wait(promise.future).map(() => log.push('waiter')))
    yield* Yield()
    yield* CompletePromise(promise, 0)
    log.push('completer')
    yield* Wait(waiter)
  })
  expect(log).toEqual(['completer', 'waiter'])
})

describe('between two effects of the scheduler a task is alone', () => {
  const increment = (between: () => ReturnType<typeof Yield> | ReturnType<typeof pure>) =>
    Do(function* () {
      const n = (yield* Get<number>('n')) ?? 0
      yield between()
      yield* Put('n', n + 1)
    })
  const both = (one: ReturnType<typeof increment>) =>
    go(function* () {
      return yield* Do(function* () {
        yield* Gather(yield* Spawn(one()), yield* Spawn(one()))
        return yield* Get('n')
      })().with(state())
    })

  test('so a read and a write need no lock', () => {
    expect(both(increment(() => pure(0)))).toBe(2)
  })

  test('but an update is lost when others are let in between', () => {
    expect(both(increment(() => Yield()))).toBe(1)
  })
})

/** A tangle of tasks; gives the trace of it. */
function trace(plan: readonly (readonly number[])[]): string[] {
  const log: string[] = []
  go(function* () {
    const promises: { future: never }[] = []
    for (let i = 0; i < plan.length; i++) promises.push((yield* CreatePromise()) as never)
    const one = Do(function* (at: number) {
      for (const step of plan[at]!) {
        log.push(`${at}:${step}`)
        if (step === 0) yield* Yield()
        else if (step === 1) yield* Spawn(stepper(log, `child of ${at} `, 2))
        else if (step === 2 && at > 0) yield* Wait(promises[at - 1]!.future)
        else if (step === 3) yield* Yield()
      }
      yield* CompletePromise(promises[at] as never, at)
    })
    const tasks: Task[] = []
    for (let at = 0; at < plan.length; at++) tasks.push(yield* Spawn(one(at)))
    yield* Gather(...tasks)
    // The children are daemons in spirit: give them their turns.
    for (let i = 0; i < 20; i++) yield* Yield()
  })
  return log
}

test('the same program runs in the same order, 1,000 times over', () => {
  const plan = [
    [0, 1, 0, 3],
    [2, 1, 0],
    [0, 0, 2, 1],
    [1, 2, 0],
  ]
  const first = trace(plan)
  expect(first.length).toBeGreaterThan(20)
  for (let i = 0; i < 1000; i++) expect(trace(plan)).toEqual(first)
})

test('any program runs in the same order twice', () => {
  const plans = fc.array(fc.array(fc.nat(3), { maxLength: 6 }), { maxLength: 6 })
  fc.assert(
    fc.property(plans, plan => {
      expect(trace(plan)).toEqual(trace(plan))
    }),
    { numRuns: 100 },
  )
})

test('the order is this one, on every version of Node', () => {
  expect(
    trace([
      [0, 1, 0],
      [2, 0],
      [1, 2],
    ]).join(' '),
  ).toMatchInlineSnapshot(`"0:0 1:2 2:1 2:2 0:1 0:0 child of 2 0 child of 0 0 child of 2 1 child of 0 1 1:0"`)
})
