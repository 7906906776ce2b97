// GetContinuation() answers the continuation of the clause under way, without using it.

import {
  type CatchAll,
  type Continuation,
  Do,
  effect,
  GetContinuation,
  handler,
  NoHandlerContextError,
  pure,
  raw,
  Resume,
  WithHandler,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()
const Other = effect('Other')<[], unknown>()
const other = handler('other').val(Other, 'other')

test.each([
  [
    'a ctl clause',
    handler('h').ctl(Ask, function* (k) {
      return Resume(k, (yield* GetContinuation()) === k)
    }),
  ],
  [
    'a raw clause',
    handler('h').raw(Ask, function* (k) {
      return Resume(k, (yield* GetContinuation()) === k)
    }),
  ],
  [
    'a program that a clause calls',
    handler('h').ctl(Ask, function* (k) {
      const found = yield* Do(function* () {
        return yield* GetContinuation()
      })()
      return Resume(k, found === k)
    }),
  ],
  [
    'a clause that performed an effect before',
    handler('h').ctl(Ask, function* (k) {
      yield* Other()
      return Resume(k, (yield* GetContinuation()) === k)
    }),
  ],
])('answers in %s the very continuation that the clause was given', (_where, asking) => {
  expect(run(Ask().with(asking).with(other))).toBe(true)
})

test.each([
  ['a catch-all', (f: CatchAll) => f],
  ['a raw catch-all', raw],
])('answers in %s the very continuation that it was given', (_where, mark) => {
  const body = WithHandler(
    mark(function* (_asked, k) {
      return Resume(k, (yield* GetContinuation()) === k)
    }),
    Ask(),
  )
  expect(run(body)).toBe(true)
})

test('returned, it is the result of the clause, used up with it', () => {
  const returning = handler('returning').ctl(Ask, function* () {
    return GetContinuation()
  })
  const program = Do(function* () {
    const k = (yield* Ask().with(returning)) as Continuation<unknown>
    yield Resume(k, 1)
  })
  expect(() => run(program())).toThrow('was closed when its clause ended')
})

test('does not use the continuation, however often it is asked for', () => {
  const asking = handler('asking').ctl(Ask, function* (k) {
    for (let i = 0; i < 10; i++) yield* GetContinuation()
    return Resume(k, 'usable')
  })
  expect(run(Ask().with(asking))).toBe('usable')
})

test('of nested clauses is that of the innermost', () => {
  const outer = handler('outer').ctl(Other, function* (k) {
    return Resume(k, (yield* GetContinuation()) === k)
  })
  const inner = handler('inner').ctl(Ask, function* (k) {
    const fromOuter = yield* Other()
    return Resume(k, [fromOuter, (yield* GetContinuation()) === k])
  })
  expect(run(Ask().with(inner).with(outer))).toEqual([true, true])
})

const asking = Do(function* () {
  return yield* GetContinuation()
})

test.each([
  ['outside of every handler', asking()],
  ['in the body of a handler', asking().with(other)],
  [
    'in a body that a pending clause resumed',
    Ask()
      .flatMap(asking)
      .with(
        handler('h').ctl(Ask, function* (k) {
          return yield Resume(k, 0)
        }),
      ),
  ],
  [
    'in a final clause',
    Ask().with(
      handler('h').final(Ask, function* () {
        return yield* asking()
      }),
    ),
  ],
  [
    'in a return clause',
    pure(0)
      .with(handler('h').returns(() => asking()))
      .flatMap(p => p),
  ],
  ['in the program that a fun clause gives', Ask().with(handler('h').fun(Ask, () => asking()))],
])('is refused %s', (_where, program) => {
  expect(failureOf(program)).toBeInstanceOf(NoHandlerContextError)
})
