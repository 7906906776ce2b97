// Preemption: `scheduled({ preemptEvery: n })` switches tasks after n effects, the same way every time. Limits of the
// scheduler are checked here too.

import {
  Do,
  Gather,
  Get,
  InvalidHandlerError,
  Now,
  type Program,
  pure,
  Put,
  scheduled,
  Spawn,
  state,
  type Task,
  TooManyTasksError,
  Wait,
  Cancel,
} from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'
import { failureOfTasks, go, warningsDuring } from '../support/tasks'

/** Two tasks that only perform State effects; gives the order of their steps. */
function interleaving(preemptEvery: number | undefined): string {
  const log: string[] = []
  const stepping = Do(function* (name: string) {
    for (let i = 0; i < 4; i++) {
      yield* Put(name, i)
      log.push(name)
    }
  })
  const program = Do(function* () {
    yield* Gather(yield* Spawn(stepping('a')), yield* Spawn(stepping('b')))
  })
  const options = preemptEvery === undefined ? {} : { preemptEvery }
  run(program().with(state()).with(scheduled(options)))
  return log.join('')
}

test('without it a task that performs other effects is not interrupted', () => {
  expect(interleaving(undefined)).toBe('aaaabbbb')
})

test.each([
  // The root's own effects count as well: `a` has two turns before `b` is spawned.
  [1, 'aabababb'],
  [2, 'aabbaabb'],
  [3, 'aaabbbab'],
  [100, 'aaaabbbb'],
])('after every %d effects the next task goes on', (every, expected) => {
  expect(interleaving(every)).toBe(expected)
})

test('it is deterministic', () => {
  for (const every of [1, 2, 3, 5]) expect(interleaving(every)).toBe(interleaving(every))
})

test('an update is no longer atomic: what it opts into', () => {
  const increment = Do(function* () {
    const n = (yield* Get<number>('n')) ?? 0
    for (let i = 0; i < 3; i++) yield* Get('other')
    yield* Put('n', n + 1)
  })
  const both = (preemptEvery?: number) =>
    run(
      Do(function* () {
        yield* Gather(yield* Spawn(increment()), yield* Spawn(increment()))
        return yield* Get('n')
      })()
        .with(state())
        .with(scheduled(preemptEvery === undefined ? {} : { preemptEvery })),
    )
  expect(both()).toBe(2)
  expect(both(1)).toBe(1)
})

test('an endless loop of effects does not starve the others', () => {
  const seen = { done: false }
  go(
    function* () {
      const looping = yield* Spawn(
        Do(function* () {
          for (;;) yield* Get('n')
        })().with(state()),
        { daemon: true },
      )
      const other = yield* Spawn(pure(0).map(() => (seen.done = true)))
      yield* Wait(other)
      expect(looping.status).toBe('pending')
    },
    { preemptEvery: 10 },
  )
  expect(seen.done).toBe(true)
})

test('a task that is cancelled while it is preempted unwinds', () => {
  const log: string[] = []
  go(
    function* () {
      const looping = Do(function* () {
        try {
          for (;;) yield* Get('n')
        } finally {
          log.push('unwound')
        }
      })
      const task = yield* Spawn(looping().with(state()))
      for (let i = 0; i < 20; i++) yield* Now()
      yield* Cancel(task)
      try {
        yield* Wait(task)
      } catch {
        log.push(task.status)
      }
    },
    { preemptEvery: 3 },
  )
  expect(log).toEqual(['unwound', 'cancelled'])
})

test('results are the same whatever the quantum, for tasks that share nothing', () => {
  const summing = Do(function* (name: string) {
    for (let i = 0; i < 10; i++) yield* Put(name, ((yield* Get<number>(name)) ?? 0) + i)
    return yield* Get(name)
  })
  const program = Do(function* () {
    const tasks: Task[] = []
    for (const name of 'abcde') tasks.push(yield* Spawn(summing(name)))
    return yield* Gather(...tasks)
  })
  for (const preemptEvery of [1, 2, 3, 7, 1000]) {
    const result = run(program().with(state()).with(scheduled({ preemptEvery })) as Program<unknown>)
    expect(result).toEqual([45, 45, 45, 45, 45])
  }
})

describe('maxTasks', () => {
  test('spawning more is an error at the yield, which can be caught', () => {
    go(
      function* () {
        const tasks: Task[] = []
        let caught: unknown
        try {
          for (;;) tasks.push(yield* Spawn(pure(1)))
        } catch (error) {
          caught = error
        }
        expect(caught).toBeInstanceOf(TooManyTasksError)
        expect(tasks).toHaveLength(10)
        yield* Gather(...tasks)
        // Those that have ended make room.
        expect(yield* Wait(yield* Spawn(pure('room')))).toBe('room')
      },
      { maxTasks: 10 },
    )
  })

  test('an endless loop of Spawn ends with the error, and everything is unwound', async () => {
    await warningsDuring(() => {
      const error = failureOfTasks(
        function* () {
          for (;;) yield* Spawn(pure(1))
        },
        { maxTasks: 100 },
      )
      expect(error).toBeInstanceOf(TooManyTasksError)
    })
  })
})

test.each([
  { preemptEvery: -1 },
  { preemptEvery: 1.5 },
  { preemptEvery: NaN },
  { preemptEvery: 2 ** 31 },
  { maxTasks: 0 },
  { maxTasks: -1 },
  { maxTasks: Infinity },
  { maxTasks: '5' as never },
])('refuses the options %p', options => {
  const error = thrownBy(() => scheduled(options)) as Error
  expect(error).toBeInstanceOf(InvalidHandlerError)
  expect(error.message).toMatch(/is a positive integer, not/)
})

test('one handler value can be installed many times, each time a scheduler of its own', () => {
  const handler = scheduled()
  const vm = newVm()
  const nested = Spawn(
    Spawn(pure('inner'))
      .flatMap(task => Wait(task))
      .with(handler),
  ).flatMap(task => Wait(task))
  for (let i = 0; i < 3; i++) expect(vm.run(nested.with(handler))).toBe('inner')
})
