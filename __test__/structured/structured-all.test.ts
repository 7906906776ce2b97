// All: every program ends well, or one fails and none goes on.

import {
  All,
  Cancel,
  ensure,
  InvalidProgramError,
  pure,
  scheduled,
  Spawn,
  TooManyTasksError,
  Wait,
  Yield,
} from '../../index'
import { run, thrownBy } from '../support/leaks'
import { failureOfTasks, go, warningsDuring } from '../support/tasks'
import { failing, forever, log, slowlyUnwinding, worker } from '../support/workers'

describe('All', () => {
  test('answers in the order of the programs, whoever ends first', () => {
    expect(run(All([worker('a', 3), worker('b', 0), pure(1)]).with(scheduled()))).toEqual(['a', 'b', 1])
  })

  test('of nothing is nothing', () => {
    expect(run(All([]).with(scheduled()))).toEqual([])
  })

  test('runs them side by side', () => {
    run(All([worker('a', 1), worker('b', 1)]).with(scheduled()))
    expect(log).toEqual(['a done', 'a over', 'b done', 'b over'])
  })

  test('throws the first failure, when the others are cancelled and unwound', () => {
    const error = failureOfTasks(function* () {
      try {
        yield* All([slowlyUnwinding('a'), failing('bad', 1), forever('b')])
      } finally {
        log.push('All ended')
      }
    })
    expect(error).toEqual(new Error('bad'))
    expect(log).toEqual(['b unwound', 'a unwound', 'All ended'])
  })

  test('when it is cancelled itself, unwinds them all before it ends', () => {
    go(function* () {
      const task = yield* Spawn(All([slowlyUnwinding('a'), forever('b')]))
      yield* Yield()
      yield* Yield()
      yield* Cancel(task)
      try {
        yield* Wait(task)
      } catch {
        log.push('All ended')
      }
    })
    expect(log).toEqual(['b unwound', 'a unwound', 'All ended'])
  })

  test('takes programs only', () => {
    expect(thrownBy(() => All([pure(1), 42 as never]))).toBeInstanceOf(InvalidProgramError)
  })

  test('can be run twice', () => {
    const both = All([pure(1), worker('a', 1)])
    expect(run(both.flatMap(first => both.map(second => [first, second])).with(scheduled()))).toEqual([
      [1, 'a'],
      [1, 'a'],
    ])
  })

  test('its children count among the tasks, and only Spawn is refused', () => {
    const spawning = worker('late', 1).flatMap(() => Spawn(pure(1)))
    const program = All([...Array.from({ length: 4 }, (_, i) => worker(String(i), 2)), spawning])
    const error = thrownBy(() => run(program.with(scheduled({ maxTasks: 4 }))))
    expect(error).toBeInstanceOf(TooManyTasksError)
    expect(run(All(Array.from({ length: 10 }, () => Yield())).with(scheduled({ maxTasks: 4 })))).toHaveLength(10)
  })

  test('leaves no warning about the tasks it ended; what failed by itself as well is told', async () => {
    const warnings = await warningsDuring(() => {
      failureOfTasks(function* () {
        yield* All([forever('a'), failing('bad', 1), failing('worse', 1)])
      })
    })
    expect(warnings.map(({ message }) => message.split('\n')[0])).toEqual([
      'The task anonymous failed, and nobody waited for it: Error: worse',
    ])
  })

  test('a failure in the cleanup of another one is reported, not swallowed', async () => {
    const badCleanup = ensure(forever('a'), failing('cleanup', 0))
    const warnings = await warningsDuring(() => {
      const error = failureOfTasks(function* () {
        yield* All([badCleanup, failing('bad', 1)])
      })
      expect(error).toEqual(new Error('bad'))
    })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]!.code).toBe('DOEFF_UNOBSERVED_FAILURE')
    expect(warnings[0]!.message).toMatch(/nobody waited for it: Error: cleanup/)
  })
})
