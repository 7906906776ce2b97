// Lists of any length, and of any shape: what is given to the scheduler is checked item by item, before anything is yielded.

import {
  CreatePromise,
  Do,
  Gather,
  handler,
  InvalidWaitableError,
  type Program,
  pure,
  Race,
  scheduled,
  Spawn,
  type Task,
  Yield,
} from '../../index'
import { newVm, run } from '../support/leaks'
import { go } from '../support/tasks'

const MANY = 200_000

const spawnMany = Do(function* (program: Program<number, never>) {
  const tasks: Task<number>[] = []
  for (let i = 0; i < MANY; i++) tasks.push(yield* Spawn(program))
  return tasks
})

test('Gather and Race take one array of 200,000, by type as well', () => {
  const counts = go(function* () {
    const tasks = yield* spawnMany(Yield().map(() => 1) as never)
    const { rest } = yield* Race(tasks)
    const results = yield* Gather(tasks)
    return [rest.length, results.length]
  })
  expect(counts).toEqual([MANY - 1, MANY])
})

test('a program under 200,000 handlers can be shown and run', () => {
  const h = handler('h')
  let program = pure(1) as Program<unknown, unknown>
  for (let i = 0; i < MANY; i++) program = program.with(h)
  expect(String(program)).toHaveLength('pure(1)'.length + MANY * '.with(h)'.length)
  expect(newVm().run(program)).toBe(1)
})

test('one array keeps places and types as several arguments do', () => {
  const both = go(function* () {
    const gathered: [number, string] = yield* Gather([yield* Spawn(pure(1)), yield* Spawn(pure('a'))])
    return gathered
  })
  expect(both).toEqual([1, 'a'])
})

test.each<[string, () => unknown]>([
  ['Race of an empty array', () => Race([])],
  ['Race of nothing', () => Race()],
])('%s is refused, because nobody could win', (_what, make) => {
  expect(make).toThrow(InvalidWaitableError)
  expect(make).toThrow('Race needs at least one task or future.')
})

test.each<[string, unknown]>([
  ['a hole', Object.assign([] as unknown[], { length: 2 })],
  ['undefined', [undefined]],
  ['an object', { a: 1 }],
  ['a Set', new Set([1])],
  ['an array in an array', [[]]],
])('%s is nothing to wait for, in a list of either', (_what, items) => {
  expect(() => Gather(items as never)).toThrow(InvalidWaitableError)
  expect(() => Race(items as never)).toThrow(InvalidWaitableError)
})

test('a Gather of nothing is an empty list', () => {
  expect(run(Gather([]).with(scheduled()))).toEqual([])
})

test('a clause for Gather is given one array', () => {
  const seen: unknown[] = []
  const watching = handler('watching').fun(Gather, waitables => (seen.push(waitables.length), ['answer']))
  const gathering = Do(function* () {
    const { future } = yield* CreatePromise()
    return yield* Gather(future, future)
  })
  expect(run(gathering().with(watching).with(scheduled()))).toEqual(['answer'])
  expect(seen).toEqual([2])
})
