// Structured forms: what they have spawned has ended before they end themselves.
// Each has a file of its own; here they work together.

import {
  All,
  Await,
  bracket,
  Do,
  Gather,
  Get,
  pure,
  Put,
  scheduled,
  Scope,
  Sleep,
  Spawn,
  state,
  type Task,
  Timeout,
  TimeoutError,
  traverse,
  Yield,
} from '../../index'
import { run, thrownBy } from '../support/leaks'
import { go, rejectionOf, goAsync } from '../support/tasks'
import { failing, forever, log, timed } from '../support/workers'

test('they work together: a timeout ends a traverse of scopes of brackets', () => {
  const resource = (n: number) =>
    bracket(
      pure(n),
      () => Sleep(n * 100),
      () => pure(0).map(() => log.push(`released ${n}`)),
    )
  const program = Timeout(
    150,
    traverse([1, 2, 3], n => Scope(resource(n)), { concurrency: 3 }),
  )
  expect(thrownBy(() => timed(program))).toBeInstanceOf(TimeoutError)
  expect(log).toEqual(['released 1', 'released 2', 'released 3'])
})

test('handlers around a structured form are those of its tasks', () => {
  const program = All([Put('n', 1), Yield().flatMap(() => Get('n'))]).with(state())
  expect(run(program.with(scheduled()))).toEqual([undefined, 1])
})

test('an Await in them is aborted with them', async () => {
  let aborted = false
  const waiting = Await(signal => new Promise(() => signal.addEventListener('abort', () => (aborted = true))))
  const error = await rejectionOf(
    goAsync(function* () {
      yield* All([waiting, failing('bad', 1)])
    }),
  )
  expect(error).toEqual(new Error('bad'))
  expect(aborted).toBe(true)
})

test('Gather of their tasks is not needed: nothing outlives them', () => {
  go(function* () {
    const tasks: Task[] = []
    yield* Scope(
      Do(function* () {
        for (let i = 0; i < 100; i++) tasks.push(yield* Spawn(forever(String(i))))
        yield* Yield()
      })(),
    )
    expect(new Set(tasks.map(task => task.status))).toEqual(new Set(['cancelled']))
    yield* Gather()
  })
})
