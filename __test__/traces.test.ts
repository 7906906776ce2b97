// The effect trace of an error: the programs and handlers it passed, innermost first, and nothing of the machine.

import {
  Do,
  effect,
  effectTrace,
  formatTrace,
  handler,
  type ProgramGenerator,
  Resume,
  TransferThrow,
  WithHandler,
} from '../index'
import { failureOf, run } from './support/leaks'

const Risky = effect('Risky')<[], unknown>()

const inner = Do(function* inner() {
  throw new Error('no')
})
const middle = Do(function* middle() {
  return yield* inner()
})
const outer = Do(function* outer() {
  return yield* middle().with(handler('between'))
})

test('names programs and handlers, innermost first', () => {
  const error = failureOf(outer())
  expect(effectTrace(error)).toEqual([
    { kind: 'program', name: 'inner' },
    { kind: 'program', name: 'middle' },
    { kind: 'handler', name: 'between' },
    { kind: 'program', name: 'outer' },
  ])
  expect(formatTrace(error)).toBe(
    [
      'Error: no',
      '    in program inner',
      '    in program middle',
      '    under handler between',
      '    in program outer',
    ].join('\n'),
  )
})

test.each([
  [
    'ctl',
    handler('h').ctl(Risky, function* () {
      throw new Error('clause')
    }),
  ],
  [
    'fun',
    handler('h').fun(Risky, () => {
      throw new Error('clause')
    }),
  ],
  [
    'final',
    handler('h').final(Risky, () => {
      throw new Error('clause')
    }),
  ],
])('names the %s clause that threw', (_kind, failing) => {
  expect(effectTrace(failureOf(Risky().with(failing)))).toEqual([{ kind: 'clause', name: 'Risky in h' }])
})

test('names the return clause that threw', () => {
  const failing = handler('h')
    .val(Risky, 1)
    .returns(() => {
      throw new Error('returns')
    })
  expect(effectTrace(failureOf(Risky().with(failing)))).toEqual([{ kind: 'clause', name: 'return clause in h' }])
})

test('names the catch-all that threw', () => {
  const failing = WithHandler(function* everything() {
    throw new Error('clause')
  }, Risky())
  expect(effectTrace(failureOf(failing))).toEqual([{ kind: 'clause', name: 'effect in everything' }])
})

test('of an unhandled effect begins at its performer', () => {
  const performer = Do(function* performer() {
    yield* Risky()
  })
  expect(effectTrace(failureOf(performer().with(handler('h'))))).toEqual([
    { kind: 'program', name: 'performer' },
    { kind: 'handler', name: 'h' },
  ])
})

test('of an error thrown into a suspended body begins there', () => {
  const body = Do(function* body() {
    yield* Risky()
  })
  const refusing = handler('refusing').ctl(Risky, function* (k) {
    yield TransferThrow(k, new Error('refused'))
  })
  expect(effectTrace(failureOf(body().with(refusing)))).toEqual([
    { kind: 'program', name: 'body' },
    { kind: 'handler', name: 'refusing' },
  ])
})

test('of an error that was caught ends where it was caught', () => {
  const catching = Do(function* catching() {
    try {
      return yield* outer()
    } catch (error) {
      return error
    }
  })
  expect(effectTrace(run(catching())).map(link => link.name)).toEqual(['inner', 'middle', 'between', 'outer'])
})

test('passes the pending clauses that resumed the failing body', () => {
  const pending = handler('pending').ctl(Risky, function* (k) {
    return yield Resume(k, 1)
  })
  const body = Do(function* body() {
    yield* Risky()
    throw new Error('later')
  })
  expect(effectTrace(failureOf(body().with(pending)))).toEqual([
    { kind: 'program', name: 'body' },
    { kind: 'handler', name: 'pending' },
    { kind: 'clause', name: 'Risky in pending' },
  ])
})

test('of a program 100,000 deep is cut, and says how much it leaves out', () => {
  const digging = Do(function* dig(n: number): ProgramGenerator<unknown, unknown> {
    if (n === 0) throw new Error('deep')
    return yield digging(n - 1)
  })
  const error = failureOf(digging(100_000))
  expect(effectTrace(error)).toHaveLength(50)
  expect(formatTrace(error).split('\n')).toHaveLength(52)
  expect(formatTrace(error)).toMatch(/… and 99951 more$/)
})

test.each(['message', 'name', 'stack', 'cause'])('is formatted although reading %s throws', property => {
  const hostile = Object.defineProperty(new Error('hostile'), property, {
    get() {
      throw new Error('read')
    },
  })
  const throwing = Do(function* throwing() {
    throw hostile
  })
  expect(failureOf(throwing())).toBe(hostile)
  expect(formatTrace(hostile)).toContain('\n    in program throwing')
})

test('belongs to the error object: a value that is no object has none', () => {
  const throwing = Do(function* throwing() {
    throw 'text'
  })
  const error = failureOf(throwing())
  expect(effectTrace(error)).toEqual([])
  expect(formatTrace(error)).toBe('thrown: text')
})
