// Deadlocks: when no task can go on and nothing outside is pending, the run says who waits for what. It never hangs.

import fc from 'fast-check'

import {
  Acquire,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  DeadlockError,
  Do,
  Gather,
  pure,
  Race,
  scheduled,
  Spawn,
  type Task,
  TaskCancelledError,
  Wait,
  type Waitable,
  Yield,
} from '../index'
import { newVm } from './support/leaks'
import { failureOfTasks, go, goAsync, rejectionOf, warningsDuring } from './support/tasks'

/** A future that is never settled. */
const never = CreatePromise().map(promise => promise.future)

function deadlockOf(body: Parameters<typeof go>[0]): DeadlockError {
  const error = failureOfTasks(body)
  expect(error).toBeInstanceOf(DeadlockError)
  return error as DeadlockError
}

test('the error names every blocked task, what it waits for and where it was spawned', () => {
  const error = deadlockOf(function* () {
    const parent = Do(function* parent() {
      const one = yield* CreateSemaphore(1)
      yield* Acquire(one)
      yield* Spawn(Acquire(one), { name: 'acquirer' })
      yield* Spawn(Gather(yield* never, yield* never), { name: 'gatherer' })
      yield* Spawn(Race(yield* never), { name: 'racer' })
      yield* Wait(yield* Spawn(Wait(yield* never), { name: 'child' }))
    })
    yield* parent()
  })
  expect(error.tasks).toEqual(
    [
      { name: 'root', waitsFor: ['Task(child)'], spawnedBy: undefined },
      { name: 'acquirer', waitsFor: ['Semaphore(1)'], spawnedBy: 'parent' },
      { name: 'gatherer', waitsFor: [expect.stringMatching(/^Promise\(#/), expect.anything()], spawnedBy: 'parent' },
      { name: 'racer', waitsFor: [expect.stringMatching(/^Promise\(#/)], spawnedBy: 'parent' },
      { name: 'child', waitsFor: [expect.stringMatching(/^Promise\(#/)], spawnedBy: 'parent' },
    ].map(task => expect.objectContaining(task)),
  )
  expect(error.cycle).toBeUndefined()
  expect(error.message).toMatch(
    /^No task can go on, and nothing outside is pending\. Blocked:\n {2}root waits for Task\(child\)\n/,
  )
  expect(error.message).toMatch(/\n {2}acquirer waits for Semaphore\(1\), spawned by parent\n/)
})

test('it is thrown into the root task, which may catch it and go on', () => {
  expect(
    go(function* () {
      const promise = yield* CreatePromise<string>()
      const task = yield* Spawn(Wait(promise.future))
      try {
        yield* Wait(task)
      } catch (error) {
        expect(error).toBeInstanceOf(DeadlockError)
        yield* CompletePromise(promise, 'freed')
        return yield* Wait(task)
      }
      return 'not reached'
    }),
  ).toBe('freed')
})

test('a root task that waits once more is told once more', () => {
  const caught: unknown[] = []
  const error = failureOfTasks(function* () {
    const future = yield* never
    for (let i = 0; i < 3; i++) {
      try {
        yield* Wait(future)
      } catch (error) {
        caught.push(error)
      }
    }
    yield* Wait(future)
  })
  expect([...caught, error].every(each => each instanceof DeadlockError)).toBe(true)
})

test('uncaught it ends the run; the others are unwound, without a warning about the leftover', async () => {
  const log: string[] = []
  await warningsDuring(() =>
    deadlockOf(function* () {
      yield* Spawn(function* () {
        try {
          yield* Wait(yield* never)
        } finally {
          log.push('unwound')
        }
      })
      yield* Wait(yield* never)
    }),
  )
  expect(log).toEqual(['unwound'])
})

test('tasks that wait for one another in a circle are named as a cycle', () => {
  const error = deadlockOf(function* () {
    const tasks: Task[] = []
    const waiting = Do(function* (at: number) {
      yield* Yield()
      yield* Wait(tasks[at]!)
    })
    for (const [name, at] of [
      ['a', 1],
      ['b', 2],
      ['c', 0],
    ] as const)
      tasks.push(yield* Spawn(waiting(at), { name }))
    tasks.push(yield* Spawn(waiting(0), { name: 'outside the cycle' }))
    yield* Wait(tasks[3]!)
  })
  expect(error.cycle).toEqual(['a', 'b', 'c', 'a'])
  expect(error.message).toMatch(/The cycle: a → b → c → a$/)
})

test('a cycle through Gather is found as well', () => {
  const error = deadlockOf(function* () {
    const tasks: Task[] = []
    tasks.push(
      yield* Spawn(
        Yield().flatMap(() => Gather(tasks[1]!, tasks[0]!)),
        { name: 'own' },
      ),
    )
    tasks.push(
      yield* Spawn(
        Yield().flatMap(() => Wait(tasks[0]!)),
        { name: 'other' },
      ),
    )
    yield* Gather(...tasks)
  })
  expect(error.cycle?.length).toBeGreaterThanOrEqual(2)
  expect(error.cycle?.[0]).toBe(error.cycle?.at(-1))
})

test('two permits taken in opposite order are a deadlock', () => {
  const error = deadlockOf(function* () {
    const [a, b] = [yield* CreateSemaphore(1), yield* CreateSemaphore(1)]
    const taking = Do(function* (first: typeof a, second: typeof a) {
      yield* Acquire(first)
      yield* Yield()
      yield* Acquire(second)
    })
    yield* Gather(yield* Spawn(taking(a, b), { name: 'ab' }), yield* Spawn(taking(b, a), { name: 'ba' }))
  })
  expect(error.tasks.map(({ name }) => name)).toEqual(['root', 'ab', 'ba'])
})

test('idle tasks and daemons that are ready are no deadlock', () => {
  expect(
    go(function* () {
      const promise = yield* CreatePromise<number>()
      yield* Spawn(CompletePromise(promise, 1), { priority: 'idle', daemon: true })
      return yield* Wait(promise.future)
    }),
  ).toBe(1)
})

test('an external promise that is awaited is no deadlock', async () => {
  let fire!: () => boolean
  const running = goAsync(function* () {
    const promise = yield* CreateExternalPromise<string>()
    fire = () => promise.complete('late')
    setImmediate(() => setImmediate(fire))
    const blocked = yield* Spawn(Wait(yield* never), { daemon: true })
    const value = yield* Race(promise.future, blocked)
    return value.value
  })
  expect(await running).toBe('late')
})

test('an external promise that nobody awaits does not count', async () => {
  const error = await rejectionOf(
    goAsync(function* () {
      yield* CreateExternalPromise()
      yield* Wait(yield* never)
    }),
  )
  expect(error).toBeInstanceOf(DeadlockError)
})

test('what is blocked in an inner scheduler only, while tasks outside go on, is no deadlock', () => {
  expect(
    go(function* () {
      const promise = yield* CreatePromise<string>()
      const inner = Wait(promise.future).with(scheduled())
      const task = yield* Spawn(inner)
      yield* Yield()
      yield* CompletePromise(promise, 'from outside')
      return yield* Wait(task)
    }),
  ).toBe('from outside')
})

test('a deadlock in schedulers inside of one another is told', () => {
  const error = failureOfTasks(function* () {
    yield* Wait(yield* never).with(scheduled())
  })
  expect(error).toBeInstanceOf(DeadlockError)
})

test('the VM can be used again', () => {
  const vm = newVm()
  const stuck = never.flatMap(future => Wait(future)).with(scheduled())
  for (let i = 0; i < 3; i++) expect(() => vm.run(stuck)).toThrow(DeadlockError)
  expect(vm.run(pure(1).with(scheduled()))).toBe(1)
})

test('any tangle of waiting ends: with a result, a deadlock or a cancellation', () => {
  const tangles = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(tangles, tangle => {
      // Task i waits for the tasks it lists, one after the other.
      const reaches = (from: number, seen = new Set<number>()): Set<number> => {
        for (const to of tangle[from] ?? []) {
          if (to < tangle.length && !seen.has(to)) {
            seen.add(to)
            reaches(to, seen)
          }
        }
        return seen
      }
      const isStuck = (at: number) => [at, ...reaches(at)].some(each => reaches(each).has(each))
      go(function* () {
        const tasks: Task[] = []
        const waiting = Do(function* (at: number) {
          yield* Yield()
          for (const to of tangle[at]!) if (to < tasks.length) yield* Wait(tasks[to] as Waitable)
        })
        for (let at = 0; at < tangle.length; at++) tasks.push(yield* Spawn(waiting(at), { daemon: true }))
        for (const [at, task] of tasks.entries()) {
          let outcome = 'done'
          try {
            yield* Wait(task)
          } catch (error) {
            if (error instanceof TaskCancelledError) throw error
            outcome = (error as Error).name
          }
          expect({ at, outcome }).toEqual({ at, outcome: isStuck(at) ? 'DeadlockError' : 'done' })
        }
      })
    }),
    { numRuns: 200 },
  )
})
