// `formatTrace` of errors that have errors: their causes and their lists, each with its own trace.

import { Do, formatTrace } from '../../index'
import { failureOf } from '../support/leaks'

const fails = Do(function* fails() {
  throw new Error('deep')
})

test('causes and lists are indented, with their traces', () => {
  const cause = failureOf(fails())
  const error = new AggregateError([new Error('one', { cause }), 'two'], 'all', { cause: 7 })
  expect(formatTrace(error).split('\n')).toEqual([
    'AggregateError: all',
    '  cause: thrown: 7',
    '  errors[0]: Error: one',
    '    cause: Error: deep',
    '        in program fails',
    '  errors[1]: thrown: two',
  ])
})

test('a circle of causes is cut', () => {
  const a = new Error('a')
  a.cause = new Error('b', { cause: a })
  expect(formatTrace(a)).toBe('Error: a\n  cause: Error: b\n    cause: Error: a (see above)')
})

test('a long chain ends, and getters are not asked', () => {
  let error = new Error('first')
  for (let n = 0; n < 100; n++) error = new Error(`${n}`, { cause: error })
  expect(formatTrace(error).split('\n')).toHaveLength(11)
  const asked = Object.defineProperty(new Error('asked'), 'cause', {
    get() {
      throw new Error('must not be asked')
    },
  })
  expect(formatTrace(asked)).toBe('Error: asked')
})
