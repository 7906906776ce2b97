// Any: the first success, and none of the others goes on.

import {
  Any,
  AsyncInSyncRunError,
  CreateExternalPromise,
  DeadlockError,
  type Program,
  scheduled,
  Wait,
} from '../../index'
import { run } from '../support/leaks'
import { failureOfTasks, go } from '../support/tasks'
import { failing, forever, log, slowlyUnwinding, worker } from '../support/workers'

type Any_ = Program<unknown, never>

describe('Any', () => {
  test('answers the first success, when the others are cancelled and unwound', () => {
    go(function* () {
      expect(yield* Any([slowlyUnwinding('a'), failing('bad', 0), worker('b', 2)])).toBe('b')
      log.push('Any ended')
    })
    expect(log).toEqual(['b done', 'b over', 'a unwound', 'Any ended'])
  })

  test('when all fail, throws their errors in the order of the programs', () => {
    const error = failureOfTasks(function* () {
      yield* Any([failing('late', 3), failing('soon', 0), failing('middle', 1)])
    }) as AggregateError
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors).toEqual([new Error('late'), new Error('soon'), new Error('middle')])
  })

  test('of nothing fails, as nobody succeeds', () => {
    const error = failureOfTasks(function* () {
      yield* Any([])
    }) as AggregateError
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors).toEqual([])
  })

  test('two that settle at the same time: the one that was first', () => {
    expect(run(Any([worker('a', 2), worker('b', 2)]).with(scheduled()))).toBe('a')
    expect(run(Any([failing('a', 2), worker('b', 2)]).with(scheduled()))).toBe('b')
  })

  test('says that nobody can go on when none can', () => {
    const error = failureOfTasks(function* () {
      yield* Any([forever('a'), forever('b')])
    })
    expect(error).toBeInstanceOf(DeadlockError)
    expect(log).toEqual(['a unwound', 'b unwound'])
  })

  test('says that it may not wait in a synchronous run', () => {
    const error = failureOfTasks(function* () {
      yield* Any([CreateExternalPromise().flatMap(promise => Wait(promise.future)) as Any_])
    })
    expect(error).toBeInstanceOf(AsyncInSyncRunError)
  })
})
