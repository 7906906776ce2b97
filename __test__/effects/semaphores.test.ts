// Semaphores: never more holders than permits, first come first served, permits of cancelled tasks come back.

import fc from 'fast-check'

import {
  Acquire,
  Cancel,
  CreateSemaphore,
  Do,
  Gather,
  InvalidWaitableError,
  Release,
  scheduled,
  type Semaphore,
  Spawn,
  type Task,
  TooManyPermitsError,
  Wait,
  Yield,
} from '../../index'
import { newVm, thrownBy } from '../support/leaks'
import { failureOfTasks, go } from '../support/tasks'

/** The checked addon verifies the whole machine after every turn. */
const MANY = process.env.DOEFF_CHECKED === '1' ? 500 : 10_000

/** Holds a permit for so many turns and counts the holders. */
const holder = Do(function* (semaphore: Semaphore, turns: number, holders: { now: number; most: number }) {
  yield* Acquire(semaphore)
  holders.most = Math.max(holders.most, ++holders.now)
  for (let i = 0; i < turns; i++) yield* Yield()
  holders.now--
  yield* Release(semaphore)
})

test('one permit: one at a time, even where the others are let in', () => {
  const holders = { now: 0, most: 0 }
  go(function* () {
    const one = yield* CreateSemaphore(1)
    const tasks: Task[] = []
    for (let i = 0; i < 20; i++) tasks.push(yield* Spawn(holder(one, i % 3, holders)))
    yield* Gather(...tasks)
  })
  expect(holders).toEqual({ now: 0, most: 1 })
})

test('never more holders than permits, whatever the tasks do', () => {
  const plans = fc.record({
    permits: fc.integer({ min: 1, max: 4 }),
    tasks: fc.array(fc.record({ turns: fc.nat(4), cancelAfter: fc.option(fc.nat(6)) }), { maxLength: 8 }),
  })
  fc.assert(
    fc.property(plans, ({ permits, tasks }) => {
      const holders = { now: 0, most: 0 }
      const careful = Do(function* (semaphore: Semaphore, turns: number) {
        yield* Acquire(semaphore)
        holders.most = Math.max(holders.most, ++holders.now)
        try {
          for (let i = 0; i < turns; i++) yield* Yield()
        } finally {
          holders.now--
        }
        yield* Release(semaphore)
      })
      go(function* () {
        const semaphore = yield* CreateSemaphore(permits)
        const spawned: Task[] = []
        for (const { turns, cancelAfter } of tasks) {
          const task = yield* Spawn(careful(semaphore, turns))
          spawned.push(task)
          if (cancelAfter === null) continue
          yield* Spawn(function* () {
            for (let i = 0; i < cancelAfter; i++) yield* Yield()
            yield* Cancel(task)
          })
        }
        for (let i = 0; i < 80; i++) yield* Yield()
        expect(spawned.every(task => task.status !== 'pending')).toBe(true)
        // Every permit is back: all of them can be had at once, and one more Release is one too many.
        for (let i = 0; i < permits; i++) yield* Acquire(semaphore)
        for (let i = 0; i < permits; i++) yield* Release(semaphore)
        try {
          yield* Release(semaphore)
          throw new Error('a permit too many')
        } catch (error) {
          expect(error).toBeInstanceOf(TooManyPermitsError)
        }
      })
      expect(holders.now).toBe(0)
      expect(holders.most).toBeLessThanOrEqual(permits)
    }),
    { numRuns: 300 },
  )
})

test('permits are given in the order in which they were asked for', () => {
  const log: number[] = []
  go(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Acquire(one)
    const tasks: Task[] = []
    for (let i = 0; i < 6; i++) {
      tasks.push(
        yield* Spawn(function* () {
          yield* Acquire(one)
          log.push(i)
          yield* Release(one)
        }),
      )
    }
    yield* Yield()
    yield* Release(one)
    yield* Gather(...tasks)
  })
  expect(log).toEqual([0, 1, 2, 3, 4, 5])
})

test('a permit that is given to a waiter is not taken away by who comes in between', () => {
  const log: string[] = []
  go(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Acquire(one)
    const waiter = yield* Spawn(function* () {
      yield* Acquire(one)
      log.push('waiter')
      yield* Release(one)
    })
    yield* Yield()
    yield* Release(one)
    yield* Acquire(one)
    log.push('again')
    yield* Release(one)
    yield* Wait(waiter)
  })
  expect(log).toEqual(['waiter', 'again'])
})

test('Release of a permit that is not out is refused at the yield, and changes nothing', () => {
  go(function* () {
    const two = yield* CreateSemaphore(2)
    yield* Acquire(two)
    yield* Release(two)
    for (let i = 0; i < 3; i++) {
      let caught: unknown
      try {
        yield* Release(two)
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(TooManyPermitsError)
    }
    yield* Acquire(two)
    yield* Acquire(two)
    yield* Release(two)
    yield* Release(two)
  })
})

test('one task may take permits that another one gives back', () => {
  go(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Acquire(one)
    const other = yield* Spawn(Release(one))
    yield* Acquire(one)
    yield* Wait(other)
    yield* Release(one)
  })
})

test('a task that ends normally keeps what it did not give back', () => {
  const error = failureOfTasks(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Wait(yield* Spawn(Acquire(one)))
    yield* Acquire(one)
  })
  expect((error as Error).message).toMatch(/root #0 waits for Semaphore/)
})

test('a task that is cancelled while it holds permits gives them back', () => {
  go(function* () {
    const three = yield* CreateSemaphore(3)
    const greedy = yield* Spawn(function* () {
      for (let i = 0; i < 3; i++) yield* Acquire(three)
      for (;;) yield* Yield()
    })
    yield* Yield()
    yield* Cancel(greedy)
    for (let i = 0; i < 3; i++) yield* Acquire(three)
    expect(greedy.status).toBe('cancelled')
  })
})

test('its own finally may give them back first: they do not come back twice', () => {
  go(function* () {
    const one = yield* CreateSemaphore(1)
    const task = yield* Spawn(function* () {
      yield* Acquire(one)
      try {
        for (;;) yield* Yield()
      } finally {
        yield* Release(one)
      }
    })
    yield* Yield()
    yield* Cancel(task)
    yield* Acquire(one)
    yield* Release(one)
    let caught: unknown
    try {
      yield* Release(one)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(TooManyPermitsError)
  })
})

test('a task that is cancelled while it waits for a permit leaves the queue', () => {
  const log: string[] = []
  go(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Acquire(one)
    const taking = Do(function* (name: string) {
      yield* Acquire(one)
      log.push(name)
      yield* Release(one)
    })
    const tasks = [yield* Spawn(taking('a')), yield* Spawn(taking('b')), yield* Spawn(taking('c'))] as const
    yield* Yield()
    yield* Cancel(tasks[1])
    yield* Release(one)
    yield* Gather(tasks[0], tasks[2])
  })
  expect(log).toEqual(['a', 'c'])
})

test('a task that was given a permit before it is cancelled has it, and unwinds where it waits next', () => {
  const log: string[] = []
  go(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Acquire(one)
    const taking = Do(function* (name: string) {
      yield* Acquire(one)
      log.push(name)
      try {
        yield* Yield()
        log.push(`${name} goes on`)
      } finally {
        yield* Release(one)
      }
    })
    const first = yield* Spawn(taking('first'))
    const second = yield* Spawn(taking('second'))
    yield* Yield()
    yield* Release(one)
    yield* Cancel(first)
    yield* Wait(second)
  })
  expect(log).toEqual(['first', 'second', 'second goes on'])
})

test('thousands of tasks wait for one permit and all get it', () => {
  let count = 0
  go(function* () {
    const one = yield* CreateSemaphore(1)
    yield* Acquire(one)
    const tasks: Task[] = []
    for (let i = 0; i < MANY; i++) {
      tasks.push(
        yield* Spawn(function* () {
          yield* Acquire(one)
          count++
          yield* Release(one)
        }),
      )
    }
    yield* Yield()
    yield* Release(one)
    yield* Gather(...tasks)
  })
  expect(count).toBe(MANY)
})

test.each([0, -1, 1.5, NaN, Infinity, 2 ** 31, '1', undefined, null])('%p permits are refused', permits => {
  expect(thrownBy(() => CreateSemaphore(permits as never))).toBeInstanceOf(RangeError)
})

test.each([42, undefined, {}, null])('%p is not a semaphore', x => {
  for (const make of [Acquire, Release]) {
    const error = thrownBy(() => make(x as never)) as Error
    expect(error).toBeInstanceOf(InvalidWaitableError)
    expect(error.message).toMatch(/takes what CreateSemaphore answered/)
  }
})

test('a semaphore of a run that is over is refused at the yield', () => {
  const vm = newVm()
  const stale = vm.run(CreateSemaphore(1).with(scheduled()))
  for (const effect of [Acquire(stale), Release(stale)]) {
    expect(thrownBy(() => vm.run(effect.with(scheduled())))).toBeInstanceOf(InvalidWaitableError)
  }
})

test('permits that were never given back end with the run', () => {
  go(function* () {
    for (let i = 1; i < 100; i++) yield* Acquire(yield* CreateSemaphore(i))
  })
})
