// Waiting for tasks: one, all of several, the first of several; what has ended already; what was cancelled.

import {
  Cancel,
  CreatePromise,
  CompletePromise,
  Do,
  FailPromise,
  Gather,
  InvalidWaitableError,
  pure,
  Race,
  scheduled,
  Spawn,
  type Task,
  TaskCancelledError,
  Wait,
  Yield,
} from '../../index'
import { newVm, thrownBy } from '../support/leaks'
import { failureOfTasks, go } from '../support/tasks'

/** The checked addon verifies the whole machine after every turn. */
const MANY = process.env.DOEFF_CHECKED === '1' ? 500 : 10_000

const failing = (error: unknown) =>
  Do(function* (): Generator<never, never> {
    throw error
  })()
/** Ends with `value` after so many turns. */
const after = <T>(turns: number, value: T) =>
  Do(function* () {
    for (let i = 0; i < turns; i++) yield* Yield()
    return value
  })()
const failingAfter = (turns: number, error: unknown) => after(turns, 0).flatMap(() => failing(error))
const attempt = Do(function* (task: Task) {
  try {
    return ['returned', yield* Wait(task)]
  } catch (error) {
    return ['threw', error]
  }
})

describe('Wait', () => {
  test('answers what the task returns', () => {
    expect(
      go(function* () {
        return yield* Wait(yield* Spawn(after(3, 'value')))
      }),
    ).toBe('value')
  })

  test.each([new Error('of the task'), 'text', undefined, null, Symbol('s'), Object.freeze(new Error('frozen'))])(
    'throws what the task threw, as it is: %p',
    thrown => {
      expect(
        failureOfTasks(function* () {
          yield* Wait(yield* Spawn(failing(thrown)))
        }),
      ).toBe(thrown)
    },
  )

  test.each([
    ['has returned', pure('v'), ['returned', 'v']],
    ['has failed', failing('e'), ['threw', 'e']],
  ])('gives the same every time when the task %s', (_how, program, expected) => {
    go(function* () {
      const task = yield* Spawn(program)
      const first = yield* attempt(task)
      expect(first).toEqual(expected)
      expect(yield* attempt(task)).toEqual(first)
      yield* Yield()
      expect(yield* attempt(task)).toEqual(first)
    })
  })

  test('gives everyone who waits the same value', () => {
    go(function* () {
      const value = {}
      const task = yield* Spawn(after(3, value))
      const waiters = [yield* Spawn(Wait(task)), yield* Spawn(Wait(task)), yield* Spawn(Wait(task))] as const
      for (const got of yield* Gather(...waiters)) expect(got).toBe(value)
    })
  })

  test('of a cancelled task throws TaskCancelledError that names it, every time', () => {
    go(function* () {
      const task = yield* Spawn(after(9, 0), { name: 'slow' })
      yield* Cancel(task)
      for (let i = 0; i < 2; i++) {
        const [, error] = yield* attempt(task)
        expect(error).toBeInstanceOf(TaskCancelledError)
        expect((error as Error).message).toBe('Task(slow #1) was cancelled.')
      }
    })
  })

  test('a thrown task says so in its status', () => {
    go(function* () {
      const tasks = [yield* Spawn(pure(1)), yield* Spawn(failing('e')), yield* Spawn(pure(1))] as const
      yield* Cancel(tasks[2])
      expect(tasks.map(task => task.status)).toEqual(['pending', 'pending', 'pending'])
      for (const task of tasks) yield* attempt(task)
      expect(tasks.map(task => task.status)).toEqual(['done', 'failed', 'cancelled'])
    })
  })

  test.each([42, undefined, null, 'text', {}, Promise.resolve(1), pure(1)])('refuses %p, saying what it takes', x => {
    for (const make of [Wait, (one: never) => Gather(one, one), (one: never) => Race(one, one)]) {
      const error = thrownBy(() => make(x as never))
      expect(error).toBeInstanceOf(InvalidWaitableError)
      expect((error as Error).message).toMatch(/takes a task or the future of a promise, not/)
    }
  })

  test('given a promise it says to wait for the future', () => {
    go(function* () {
      const promise = yield* CreatePromise()
      expect((thrownBy(() => Wait(promise as never)) as Error).message).toMatch(/wait for its future\.$/)
    })
  })

  test('of oneself is a deadlock, not a hang', () => {
    let own: Task
    const error = failureOfTasks(function* () {
      own = yield* Spawn(after(1, 0).flatMap(() => Wait(own)))
      yield* Wait(own)
    })
    expect((error as { code: string }).code).toBe('ERR_DEADLOCK')
  })

  test('after a spawn, many times over, leaves no task behind', () => {
    const vm = newVm()
    const program = Do(function* () {
      for (let i = 0; i < MANY; i++) yield* Wait(yield* Spawn(pure(i)))
      return vm.stats().tasks
    })
    expect(vm.run(program().with(scheduled()))).toBe(1)
  })
})

describe('Gather', () => {
  test('answers in the order of the arguments, whoever ends first', () => {
    expect(
      go(function* () {
        return yield* Gather(yield* Spawn(after(5, 'a')), yield* Spawn(after(0, 'b')), yield* Spawn(after(2, 'c')))
      }),
    ).toEqual(['a', 'b', 'c'])
  })

  test('of nothing is nothing', () => {
    expect(
      go(function* () {
        return yield* Gather()
      }),
    ).toEqual([])
  })

  test('takes the same task several times', () => {
    expect(
      go(function* () {
        const task = yield* Spawn(after(2, 'a'))
        return yield* Gather(task, task, task)
      }),
    ).toEqual(['a', 'a', 'a'])
  })

  test('takes one array as well', () => {
    expect(
      go(function* () {
        const tasks = [yield* Spawn(pure(1)), yield* Spawn(pure(2))]
        return yield* Gather(tasks as never)
      }),
    ).toEqual([1, 2])
  })

  test('mixes tasks and futures, those settled already with those pending', () => {
    expect(
      go(function* () {
        const done = yield* Spawn(pure('done'))
        yield* Wait(done)
        const promise = yield* CreatePromise<string>()
        yield* Spawn(CompletePromise(promise, 'promised'))
        return yield* Gather(done, promise.future, yield* Spawn(after(3, 'late')), done)
      }),
    ).toEqual(['done', 'promised', 'late', 'done'])
  })

  test('throws the first failure at once; the others go on', () => {
    const log: string[] = []
    go(function* () {
      const slow = yield* Spawn(after(5, 0).map(() => log.push('slow ended')))
      const bad = yield* Spawn(failingAfter(1, 'bad'))
      const worse = yield* Spawn(failingAfter(3, 'worse'))
      try {
        yield* Gather(slow, worse, bad)
      } catch (error) {
        log.push(`caught ${String(error)}`)
      }
      yield* Wait(slow)
    })
    expect(log).toEqual(['caught bad', 'slow ended'])
  })

  test('throws the failure of what had failed before', () => {
    expect(
      failureOfTasks(function* () {
        const promise = yield* CreatePromise()
        yield* FailPromise(promise, 'failed')
        yield* Gather(yield* Spawn(pure(1)), promise.future)
      }),
    ).toBe('failed')
  })

  test('throws TaskCancelledError when one is cancelled', () => {
    const error = failureOfTasks(function* () {
      const tasks = [yield* Spawn(after(3, 0)), yield* Spawn(after(9, 0), { name: 'victim' })] as const
      yield* Spawn(Cancel(tasks[1]))
      yield* Gather(...tasks)
    })
    expect(error).toBeInstanceOf(TaskCancelledError)
    expect((error as Error).message).toContain('victim')
  })

  test('of thousands of tasks', () => {
    const results = go(function* () {
      const tasks: Task<number>[] = []
      for (let i = 0; i < MANY; i++) tasks.push(yield* Spawn(pure(i)))
      return yield* Gather(...tasks)
    })
    expect(results).toEqual(Array.from({ length: MANY }, (_, i) => i))
  })
})

describe('Race', () => {
  test('answers who was first, with what, and the rest in order', () => {
    go(function* () {
      const tasks = [yield* Spawn(after(5, 'a')), yield* Spawn(after(1, 'b')), yield* Spawn(after(3, 'c'))] as const
      const { first, value, rest } = yield* Race(...tasks)
      expect(value).toBe('b')
      expect(first).toBe(tasks[1])
      expect(rest).toEqual([tasks[0], tasks[2]])
      expect(rest[0]).toBe(tasks[0])
    })
  })

  test('the losers go on unless they are cancelled', () => {
    const log: string[] = []
    go(function* () {
      const slow = yield* Spawn(after(3, 0).map(() => log.push('slow')))
      const { rest } = yield* Race(yield* Spawn(pure(1)), slow)
      log.push('won')
      for (const task of rest) yield* Wait(task)
    })
    expect(log).toEqual(['won', 'slow'])
  })

  test('throws the error of the first one to settle', () => {
    expect(
      failureOfTasks(function* () {
        yield* Race(
          yield* Spawn(after(5, 0)),
          yield* Spawn(failingAfter(1, 'first')),
          yield* Spawn(failingAfter(2, 'x')),
        )
      }),
    ).toBe('first')
  })

  test('of several that have settled already the earliest wins, not the first argument', () => {
    go(function* () {
      const late = yield* Spawn(after(2, 'late'))
      const early = yield* Spawn(pure('early'))
      yield* Gather(late, early)
      expect((yield* Race(late, early)).value).toBe('early')
    })
  })

  test('of the same task twice', () => {
    go(function* () {
      const task = yield* Spawn(after(1, 'v'))
      const { value, rest } = yield* Race(task, task)
      expect(value).toBe('v')
      expect(rest).toEqual([])
    })
  })

  test('of nothing is refused: nobody could win', () => {
    const error = thrownBy(() => (Race as () => unknown)())
    expect(error).toBeInstanceOf(InvalidWaitableError)
  })

  test('a loser that has raced often leaves nothing behind', () => {
    go(function* () {
      const promise = yield* CreatePromise()
      for (let i = 0; i < 1000; i++) yield* Race(promise.future, yield* Spawn(pure(i)))
      yield* CompletePromise(promise, 0)
    })
  })
})

describe('Spawn of a function', () => {
  test('takes a generator function and its arguments', () => {
    expect(
      go(function* () {
        const add = function* (a: number, b: number, c = 0) {
          yield* Yield()
          return a + b + c
        }
        return [
          yield* Wait(yield* Spawn(add, 1, 2)),
          yield* Wait(yield* Spawn(add, 1, 2, 3)),
          yield* Wait(
            yield* Spawn(function* () {
              return 'none'
            }),
          ),
        ]
      }),
    ).toEqual([3, 6, 'none'])
  })

  test('names the task after the function', () => {
    go(function* () {
      const task = yield* Spawn(function* work() {
        yield* Yield()
      })
      expect(String(task)).toBe('Task(work #1)')
      yield* Wait(task)
    })
  })
})
