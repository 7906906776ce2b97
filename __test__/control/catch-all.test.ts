// Catch-alls: untyped handlers, called for every effect with its continuation.

import {
  type CatchAll,
  type Continuation,
  Delegate,
  Do,
  effect,
  handler,
  InvalidHandlerError,
  type Program,
  Pure,
  pure,
  raw,
  Resume,
  WithHandler,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Ask = effect('Ask')<unknown[], unknown>()
const Other = effect('Other')<[], unknown>()
type Any = Program<unknown, unknown>

let steps: string[]
beforeEach(() => {
  steps = []
})
const body = Do(function* (...payload: unknown[]) {
  try {
    return ['body', yield* Ask(...payload)]
  } finally {
    steps.push('body over')
  }
})

const leaving = () => Pure('left')

describe('a catch-all', () => {
  const choosing: CatchAll = function* (asked, k) {
    return yield* Ask.is(asked) ? Resume(k, 'chosen') : Delegate()
  }

  test.each([
    ['plain', (f: CatchAll) => f],
    ['raw', raw],
  ])('(%s) is asked for every effect and may decline', (_kind, mark) => {
    const program = Do(function* () {
      return [yield* Ask(), yield* Other()]
    })
    expect(run(WithHandler(mark(choosing), program()).with(handler('outer').val(Other, 'outer')))).toEqual([
      'chosen',
      'outer',
    ])
  })

  test('that ends without resuming closes the body, unless it is raw', () => {
    const noted = (program: Any) => program.map(() => steps.push('run goes on'))
    run(noted(WithHandler(leaving, body())))
    run(noted(WithHandler(raw(leaving), body())))
    expect(steps).toEqual(['body over', 'run goes on', 'run goes on', 'body over'])
  })

  test.each<[string, (asked: unknown, k: Continuation<unknown>) => unknown]>([
    ['a primitive', (_asked, k) => Resume(k, 1)],
    ['a program that resumes', (_asked, k) => pure(1).flatMap(value => Resume(k, value))],
  ])('may be a plain function that gives %s', (_what, everything) => {
    expect(run(WithHandler(everything as never, body()))).toEqual(['body', 1])
  })

  test.each([5, undefined, 'text', {}, () => pure(1)])('that gives %p is refused by its name', value => {
    const everything = function everything() {
      return value
    }
    const error = failureOf(WithHandler(everything as never, Ask('payload'))) as InvalidHandlerError
    expect(error).toBeInstanceOf(InvalidHandlerError)
    expect(error.message).toMatch(
      /^The handler everything gave .* for Ask\('payload'\): write it as a generator function/,
    )
  })
})
