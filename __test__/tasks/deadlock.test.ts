// Deadlocks: when no task can go on and nothing outside is pending, the run says who waits for what. It never hangs.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import fc from 'fast-check'

import {
  Acquire,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  DeadlockError,
  Do,
  type Failure,
  type ExternalPromise,
  Gather,
  type Program,
  pure,
  Race,
  Release,
  scheduled,
  Spawn,
  type Task,
  TaskCancelledError,
  Wait,
  type Waitable,
  Yield,
} from '../../index'
import { newVm } from '../support/leaks'
import { failureOfTasks, go, goAsync, rejectionOf, warningsDuring } from '../support/tasks'

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
      { name: 'root', id: 0, waitsFor: ['Task(child #4)'], spawnedBy: undefined },
      {
        name: 'acquirer',
        id: 1,
        parentId: 0,
        waitsFor: ['Semaphore(#1, 1 permit) held by root #0'],
        spawnedBy: 'parent',
      },
      { name: 'gatherer', waitsFor: [expect.stringMatching(/^Promise\(#/), expect.anything()], spawnedBy: 'parent' },
      { name: 'racer', waitsFor: [expect.stringMatching(/^Promise\(#/)], spawnedBy: 'parent' },
      { name: 'child', waitsFor: [expect.stringMatching(/^Promise\(#/)], spawnedBy: 'parent' },
    ].map(task => expect.objectContaining(task)),
  )
  expect(error.cycle).toBeUndefined()
  expect(error.message).toMatch(
    /^No task can go on, and nothing outside is pending\. Blocked:\n {2}root #0 waits for Task\(child #4\)\n/,
  )
  expect(error.message).toMatch(
    /\n {2}acquirer #1 waits for Semaphore\(#1, 1 permit\) held by root #0, spawned by parent\n/,
  )
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
    const tasks: Task<unknown, Failure>[] = []
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
  expect(error.message).toMatch(/The cycle: a #1 → b #2 → c #3 → a #1$/)
})

test('a cycle through Gather is found as well', () => {
  const error = deadlockOf(function* () {
    const tasks: Task<unknown, Failure>[] = []
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
        const tasks: Task<unknown, Failure>[] = []
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

describe('while something outside is pending', () => {
  /** Something that is pending until it is told otherwise, and a daemon that waits for it. */
  const listening = Do(function* () {
    const promise = yield* CreateExternalPromise<string>()
    const listener = yield* Spawn(Wait(promise.future), { name: 'listener', daemon: true })
    yield* Yield()
    return { promise, listener }
  })
  const waitingFor = Do(function* (tasks: readonly Task<unknown, Failure>[], at: number) {
    yield* Yield()
    return yield* Wait(tasks[at]!)
  })
  /** A program's error, or its value. */
  const errorOf = Do(function* (program: Program<unknown, unknown>) {
    try {
      return yield program
    } catch (error) {
      return error as DeadlockError
    }
  })

  test('a cycle of tasks is a deadlock of the oldest one; the others go on', async () => {
    const [error, listened, other] = await goAsync(function* () {
      const { promise, listener } = yield* listening()
      const tasks: Task<unknown, Failure>[] = []
      tasks.push(yield* Spawn(errorOf(waitingFor(tasks, 1)), { name: 'a' }))
      tasks.push(yield* Spawn(waitingFor(tasks, 2), { name: 'b' }))
      tasks.push(yield* Spawn(waitingFor(tasks, 0), { name: 'c' }))
      const error = yield* Wait(tasks[0]!)
      promise.complete('heard')
      return [error as DeadlockError, yield* Wait(listener), yield* Wait(tasks[1]!)] as const
    })
    expect(error).toBeInstanceOf(DeadlockError)
    expect(error.cycle).toEqual(['a', 'b', 'c', 'a'])
    expect(error.tasks.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(error.message).toMatch(
      /^Some tasks can never go on, whatever comes from outside\. Blocked:\n {2}a #2 waits for Task/,
    )
    // Who was told ends, and so do those that waited for it.
    expect([listened, other]).toEqual(['heard', error])
  })

  test('one cycle after another is told', async () => {
    const errors = await goAsync(function* () {
      yield* listening()
      const tasks: Task<unknown, Failure>[] = []
      for (let at = 0; at < 4; at++) tasks.push(yield* Spawn(errorOf(waitingFor(tasks, at ^ 1)), { name: `${at}` }))
      return (yield* Gather(...tasks)) as DeadlockError[]
    })
    expect(errors.map(({ cycle }) => cycle)).toEqual([
      ['0', '1', '0'],
      ['0', '1', '0'],
      ['2', '3', '2'],
      ['2', '3', '2'],
    ])
  })

  test('so is a permit that nobody can give back', async () => {
    const errors = await goAsync(function* () {
      yield* listening()
      const [a, b] = [yield* CreateSemaphore(1), yield* CreateSemaphore(1)]
      const taking = Do(function* (first: typeof a, second: typeof a) {
        yield* Acquire(first)
        yield* Yield()
        const error = yield* errorOf(Acquire(second))
        yield* Release(first)
        return error
      })
      const ab = yield* Spawn(taking(a, b), { name: 'ab' })
      return yield* Gather(ab, yield* Spawn(taking(b, a), { name: 'ba' }))
    })
    expect((errors[0] as DeadlockError).cycle).toEqual(['ab', 'ba', 'ab'])
    expect(errors[1]).toBeUndefined()
  })

  test('a permit that a task of one’s own will give back is none', async () => {
    const values = await goAsync(function* () {
      const { promise, listener } = yield* listening()
      setTimeout(promise.complete, 900, 'work')
      const one = yield* CreateSemaphore(1)
      yield* Acquire(one)
      yield* Spawn(Wait(listener).flatMap(() => Release(one)))
      yield* Acquire(one)
      // Nobody holds it when the task has ended: anybody may give it back.
      const ended = yield* CreateSemaphore(1)
      yield* Wait(yield* Spawn(Acquire(ended)))
      const late = yield* CreateExternalPromise<string>()
      setTimeout(late.complete, 900, 'late')
      yield* Spawn(Wait(late.future).flatMap(() => Release(ended)))
      yield* Acquire(ended)
      return 'both'
    })
    expect(values).toBe('both')
  })

  test('who waits for a promise of the program, or for nobody in a circle, is none', async () => {
    const value = await goAsync(function* () {
      const { promise, listener } = yield* listening()
      setTimeout(promise.complete, 900, 'late')
      const own = yield* CreatePromise<string>()
      yield* Spawn(Wait(listener).flatMap(value => CompletePromise(own, value as string)))
      const chain = yield* Spawn(Wait(own.future))
      const { value } = yield* Race(yield* Spawn(Gather(chain)), yield* Spawn(Wait(yield* never), { daemon: true }))
      return value
    })
    expect(value).toEqual(['late'])
  })

  test('a cycle in a scheduler inside, and one that leads through it, are found', async () => {
    const [inner, through] = await goAsync(function* () {
      yield* listening()
      const inside = Do(function* () {
        const tasks: Task<unknown, Failure>[] = []
        tasks.push(yield* Spawn(errorOf(waitingFor(tasks, 1)), { name: 'x' }))
        tasks.push(yield* Spawn(waitingFor(tasks, 0), { name: 'y' }))
        return yield* Wait(tasks[1]!)
      })
      const first = yield* inside().with(scheduled())
      const tasks: Task<unknown, Failure>[] = []
      tasks.push(yield* Spawn(errorOf(waitingFor(tasks, 1).with(scheduled())), { name: 'outer' }))
      tasks.push(yield* Spawn(errorOf(waitingFor(tasks, 0)), { name: 'other' }))
      return [first, yield* Wait(tasks[1]!)] as [DeadlockError, DeadlockError]
    })
    expect(inner.cycle).toEqual(['x', 'y', 'x'])
    expect(through.cycle).toEqual(['other', 'outer', 'root', 'other'])
  })

  test('an external promise that nobody holds any more fails', async () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const futureOf = CreateExternalPromise<void>().map(promise => promise.future)
    const held: ExternalPromise<void>[] = []
    const running = goAsync(function* () {
      const other = yield* Spawn(CreateExternalPromise<void>().map(promise => (held.push(promise), promise.future)))
      const kept = yield* Spawn(Wait(yield* Wait(other)))
      const error = yield* errorOf(Wait(yield* futureOf))
      held[0]?.complete()
      yield* Wait(kept)
      return error
    })
    const ended = { yet: false }
    void running.then(() => (ended.yet = true))
    for (let i = 0; i < 100 && !ended.yet; i++) {
      await new Promise(resolve => setTimeout(resolve, 50))
      gc()
    }
    expect(await running).toBeInstanceOf(DeadlockError)
    expect(String(await running)).toMatch(/ExternalPromise\(#\d+\) will never be settled/)
  })

  test('to look at a chain of waits takes time linear in its length', async () => {
    const length = 50_000
    const value = await goAsync(function* () {
      const { promise, listener } = yield* listening()
      setTimeout(promise.complete, 900, 'end')
      let last = listener as Task
      for (let i = 0; i < length; i++) last = yield* Spawn(Wait(last))
      const tasks: Task<unknown, Failure>[] = []
      for (let i = 0; i < length; i++) {
        tasks.push(yield* Spawn(waitingFor(tasks, (i + 1) % length), { daemon: true }))
      }
      const error = (yield* errorOf(Wait(tasks[0]!))) as DeadlockError
      // A line more while the outside is still pending, which on a slow machine it is no longer.
      const lines = error.message.split('\n').length
      return [yield* Wait(last), error.cycle!.length, lines === 102 || lines === 103] as const
    })
    expect(value).toEqual(['end', 101, true])
  }, 60_000)
})
