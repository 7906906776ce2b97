// The kinds of clauses: val, fun, ctl, raw, final, the return clause and catch-alls; what each is given, what its
// result means, and what it may not be.

import { inspect } from 'node:util'

import { type Continuation, Do, effect, handler, InvalidHandlerError, pure, Resume, WithHandler } from '../../index'
import { failureOf, run } from '../support/leaks'

const Ask = effect('Ask')<unknown[], unknown>()
const Other = effect('Other')<[], unknown>()
class Greeting {
  readonly text = 'hello'
}

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

describe('a val clause', () => {
  test.each([1, undefined, null, Symbol.for('constant'), Number.NaN])('answers %p', constant => {
    expect(run(body().with(handler('h').val(Ask, constant)))).toEqual(['body', constant])
  })

  test.each<[string, unknown]>([
    ['a function, which is not called', () => steps.push('called')],
    ['a program, which is not run', pure(0).map(() => steps.push('run'))],
    ['a promise, which is not awaited', Promise.resolve(1)],
  ])('answers %s', (_what, constant) => {
    const [, answer] = run(body().with(handler('h').val(Ask, constant))) as unknown[]
    expect(answer).toBe(constant)
    expect(steps).toEqual(['body over'])
  })
})

const payloads = [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 7, 8], [undefined], [[1, 2]]]

describe.each(payloads.map(payload => [payload.length, payload] as const))('with a payload of %d', (_n, payload) => {
  const takers = {
    fun: handler('h').fun(Ask, (...args) => args),
    ctl: handler('h').ctl(Ask, function* (k, ...args) {
      return Resume(k, args)
    }),
    raw: handler('h').raw(Ask, function* (k, ...args) {
      return Resume(k, args)
    }),
    final: handler('h').final(Ask, (...args) => ['body', args]),
  }

  test.each(Object.entries(takers))('a %s clause is given all of it, and no more', (_kind, taking) => {
    expect(run(body(...payload).with(taking))).toEqual(['body', payload])
  })

  test('a catch-all is given the effect that carries it', () => {
    const handled = WithHandler(
      function* (asked, k) {
        return Resume(k, [Ask.is(asked), String(asked)])
      },
      body(...payload),
    )
    const shown = payload.map(value => inspect(value)).join(', ')
    expect(run(handled)).toEqual(['body', [true, `Ask(${shown})`]])
  })
})

test('a clause for a user class is given the very instance', () => {
  const greeting = new Greeting()
  const performing = Do(function* () {
    return yield greeting
  })
  const kinds = [
    handler('h')
      .on(Greeting)
      .fun(given => given),
    handler('h')
      .on(Greeting)
      .ctl(function* (k, given) {
        return Resume(k, given)
      }),
    handler('h')
      .on(Greeting)
      .raw(function* (k, given) {
        return Resume(k, given)
      }),
    handler('h')
      .on(Greeting)
      .final(given => given),
  ]
  for (const taking of kinds) expect(run(performing().with(taking))).toBe(greeting)
  expect(
    run(
      WithHandler(function* (given, k) {
        return Resume(k, given)
      }, performing()),
    ),
  ).toBe(greeting)
})

describe('a fun clause', () => {
  test('answers in place what the function gives', () => {
    let n = 0
    const counting = handler('counting').fun(Ask, () => ++n)
    expect(
      run(
        Ask()
          .flatMap(first => Ask().map(second => [first, second]))
          .with(counting),
      ),
    ).toEqual([1, 2])
  })

  test.each<[string, unknown]>([
    ['a promise', Promise.resolve(1)],
    ['a function', () => 1],
    ['a generator', (function* () {})()],
    ['an instance of a user class', new Greeting()],
  ])('answers %s as it is', (_what, value) => {
    expect((run(body().with(handler('h').fun(Ask, () => value))) as unknown[])[1]).toBe(value)
  })

  test('whose function gives a program answers the result of the program', () => {
    const asking = handler('asking').fun(Ask, () => Other().map(value => `${String(value)}!`))
    expect(run(body().with(asking).with(handler('outer').val(Other, 'outer')))).toEqual(['body', 'outer!'])
  })

  test('runs that program outside of itself, under the handlers around it', () => {
    const nested = handler('nested').fun(Ask, (n: unknown) => (n === 0 ? 'end' : Ask((n as number) - 1)))
    const end = handler('end').fun(Ask, n => `outer ${String(n)}`)
    expect(run(body(5).with(nested).with(end))).toEqual(['body', 'outer 4'])
  })

  test('whose function gives a control primitive performs it', () => {
    const handling = handler('handling').fun(Ask, () => WithHandler(handler('inner').val(Other, 3), Other()))
    expect(run(body().with(handling))).toEqual(['body', 3])
  })
})

describe('a ctl clause', () => {
  test('that does not resume gives the result; the body is closed afterwards', () => {
    const ending = handler('ending').ctl(Ask, function* () {
      steps.push('clause')
      return 'ended'
    })
    expect(run(body().with(ending))).toBe('ended')
    expect(steps).toEqual(['clause', 'body over'])
  })

  test('that resumes gives what it makes of the answer', () => {
    const wrapping = handler('wrapping').ctl(Ask, function* (k) {
      return { inner: yield Resume(k as Continuation<unknown, never>, 1) }
    })
    expect(run(body().with(wrapping))).toEqual({ inner: ['body', 1] })
  })
})

describe('a raw clause', () => {
  test('that does not resume gives the result and leaves the body suspended', () => {
    const leaving = handler('leaving').raw(Ask, function* () {
      return 'left'
    })
    const program = body()
      .with(leaving)
      .map(result => steps.push(`run goes on with ${String(result)}`))
    run(program)
    expect(steps).toEqual(['run goes on with left', 'body over'])
  })
})

describe('a final clause', () => {
  test('closes the body first; a function’s value is the result', () => {
    expect(run(body().with(handler('h').final(Ask, () => steps.push('clause'))))).toBe(2)
    expect(steps).toEqual(['body over', 'clause'])
  })

  test('may be a generator, which performs outside of the handler', () => {
    const ending = handler('ending').final(Ask, function* (n) {
      steps.push('clause')
      return [n, yield* Ask('from the clause')]
    })
    expect(
      run(
        body(1)
          .with(ending)
          .with(handler('outer').fun(Ask, text => text)),
      ),
    ).toEqual([1, 'from the clause'])
    expect(steps).toEqual(['body over', 'clause'])
  })

  test('gives its value past the return clause', () => {
    const both = handler('both')
      .final(Ask, () => 'final')
      .returns(() => 'returned')
    expect(run(body().with(both))).toBe('final')
    expect(run(pure(0).with(both))).toBe('returned')
  })

  test('gives a program as it is, not its result', () => {
    const program = pure(1)
    expect(run(body().with(handler('h').final(Ask, () => program)))).toBe(program)
  })
})

describe('a return clause', () => {
  test.each<[string, (value: unknown) => unknown]>([
    ['a function', value => [value]],
    [
      'a generator',
      function* (value: unknown) {
        return [value, yield* Other()]
      },
    ],
  ])('may be %s', (what, clause) => {
    const mapping = handler('mapping').returns(clause as never) as never
    expect(run(pure(1).with(mapping).with(handler('outer').val(Other, 2)))).toEqual(
      what === 'a function' ? [1] : [1, 2],
    )
  })

  test('runs outside of its handler', () => {
    const own = handler('own')
      .val(Other, 'own')
      .returns(function* () {
        return yield* Other()
      })
    expect(run(pure(0).with(own).with(handler('outer').val(Other, 'outer')))).toBe('outer')
  })

  test('does not run for an error', () => {
    const mapping = handler('mapping').returns(() => steps.push('never'))
    expect(
      failureOf(
        pure(0)
          .map(() => {
            throw new Error('body')
          })
          .with(mapping),
      ),
    ).toEqual(new Error('body'))
    expect(steps).toEqual([])
  })
})

describe('a handler cannot be built with', () => {
  test.each<[string, () => unknown]>([
    [
      'two clauses for one effect',
      () =>
        handler('h')
          .val(Ask, 1)
          .fun(Ask, () => 1),
    ],
    [
      'two return clauses',
      () =>
        handler('h')
          .returns(() => 1)
          .returns(() => 1),
    ],
    ['an async generator function as a fun clause', () => handler('h').fun(Ask, async function* () {} as never)],
    ['a plain function as a ctl clause', () => handler('h').ctl(Ask, (() => 1) as never)],
    ['a plain function as a raw clause', () => handler('h').raw(Ask, (() => 1) as never)],
    ['an async function as any clause', () => handler('h').final(Ask, (async () => 1) as never)],
    ['a clause for nothing', () => handler('h').val(undefined as never, 1)],
    ['a clause for a built-in class', () => handler('h').val(Map as never, 1)],
  ])('%s', (_what, build) => {
    expect(build).toThrow(InvalidHandlerError)
  })
})

test('a handler never changes: each step gives a new one', () => {
  const empty = handler('h')
  const one = empty.val(Ask, 1)
  const two = one.val(Other, 2)
  expect(failureOf(Ask().with(empty))).toBeInstanceOf(Error)
  expect([run(Ask().with(one)), run(Ask().with(two)), run(Other().with(two))]).toEqual([1, 1, 2])
  expect(failureOf(Other().with(one as never))).toBeInstanceOf(Error)
})
