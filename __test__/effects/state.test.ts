// State: a store of entries owned by the handler's installation.

import { Do, DoeffTypeError, effect, Get, handler, InvalidHandlerError, Modify, Put, Resume, state } from '../../index'
import { newVm, run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()

test('Get answers undefined for a key that is missing, Put answers undefined, Modify the old value', () => {
  const program = Do(function* () {
    return [yield* Get('n'), yield* Put('n', 1), yield* Modify<number>('n', n => (n ?? 0) + 1), yield* Get('n')]
  })
  expect(run(program().with(state()))).toEqual([undefined, undefined, 1, 2])
})

test('a key that holds undefined is there: Modify is given undefined, and it can be written over', () => {
  const program = Do(function* () {
    yield* Put('n', undefined)
    return [yield* Modify('n', old => [old]), yield* Get('n')]
  })
  expect(run(program().with(state()))).toEqual([undefined, [undefined]])
})

test.each<[string, Parameters<typeof state>[0]]>([
  ['an object', { a: 1, b: 2 }],
  [
    'a Map',
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
  ],
  [
    'pairs',
    [
      ['a', 1],
      ['b', 2],
    ],
  ],
  [
    'a generator of pairs, read when it is installed',
    (function* () {
      yield ['a', 1] as const
      yield ['b', 2] as const
    })(),
  ],
])('begins with the entries of %s', (_what, initial) => {
  const program = Do(function* () {
    return [yield* Get('a'), yield* Get('b'), yield* Get('toString')]
  })
  expect(run(program().with(state(initial)))).toEqual([1, 2, undefined])
})

test.each([5, 'text', null])('cannot begin with %p', initial => {
  expect(() => run(Get('a').with(state(initial as never)))).toThrow(DoeffTypeError)
})

test('a failing initial iterator is an error of the installation, and nothing stays installed', () => {
  const failing = {
    *[Symbol.iterator](): Generator<[string, number]> {
      yield ['a', 1]
      throw new Error('iterator')
    },
  }
  const program = Do(function* () {
    try {
      return yield Get('a').with(state(failing))
    } catch (error) {
      return [error, yield* Get('a')]
    }
  })
  expect(run(program().with(state({ a: 'outer' })))).toEqual([new Error('iterator'), 'outer'])
})

test('each installation has a store of its own, each run a fresh one', () => {
  const counting = Do(function* () {
    yield* Modify<number>('n', n => (n ?? 0) + 1)
    return yield* Get('n')
  })
  const shared = state({ n: 10 })
  const program = Do(function* () {
    return [yield* counting().with(shared), yield* counting().with(shared)]
  })
  expect([run(program()), run(program())]).toEqual([
    [11, 11],
    [11, 11],
  ])
})

test('the object it began with is not written to', () => {
  const initial = { n: 1 }
  run(Put('n', 2).with(state(initial)))
  expect(initial).toEqual({ n: 1 })
})

test('is seen unchanged by programs called, handlers resumed and errors thrown: nothing rolls it back', () => {
  const resuming = handler('resuming').ctl(Stop, function* (k) {
    yield* Put('n', 'clause')
    return Resume(k, yield* Get('n'))
  })
  const failing = Do(function* () {
    yield* Put('n', 'failing')
    throw new Error('failing')
  })
  const program = Do(function* () {
    const seen: unknown[] = []
    yield* Put('n', 'body')
    seen.push(yield* Stop(), yield* Get('n'))
    try {
      yield* failing()
    } catch {
      seen.push(yield* Get('n'))
    }
    return seen
  })
  expect(run(program().with(resuming).with(state()))).toEqual(['clause', 'clause', 'failing'])
})

test('effects of the function given to Modify are its own affair: it is called once, with the old value', () => {
  const calls: unknown[] = []
  const program = Do(function* () {
    yield* Modify('n', old => {
      calls.push(old)
      return calls
    })
    return yield* Get('n')
  })
  expect(run(program().with(state({ n: 'old' })))).toBe(calls)
  expect(calls).toEqual(['old'])
})

test('a function given to Modify may run another program and write to another VM', () => {
  const other = newVm()
  other.stdlib().installState()
  const program = Do(function* () {
    yield* Modify('n', () => {
      other.run(Put('n', 'other'))
      return other.run(Get('n'))
    })
    return yield* Get('n')
  })
  expect(run(program().with(state()))).toBe('other')
})

test('a function given to Modify that is none is an error at the performer', () => {
  for (const key of ['n', 'absent']) {
    const program = Do(function* () {
      try {
        return yield Modify(key, 5 as never)
      } catch (error) {
        return error
      }
    })
    expect(run(program().with(state({ n: 1 })))).toBeInstanceOf(TypeError)
  }
})

test('state() takes no more clauses', () => {
  expect(() => state().val(Stop as never, 1 as never)).toThrow(InvalidHandlerError)
})
