// Pure(v) answers v, wherever it stands.

import { Do, Get, handler, Pure, pure, state, VM } from '../../index'
import { run } from '../support/leaks'

const values: [what: string, value: unknown][] = [
  ['a number', 1],
  ['undefined', undefined],
  ['null', null],
  ['an error', new Error('as a value')],
  ['a promise', Promise.resolve(1)],
  ['a function', () => 1],
  ['a generator', (function* () {})()],
  ['a program', pure(2)],
  ['an effect', Get('n')],
  ['a control primitive', Pure(3)],
  ['a handler', handler('h')],
]

describe.each(values)('%s', (_what, value) => {
  test('is the answer of a yielded Pure', () => {
    const program = Do(function* () {
      return { answer: yield Pure(value) }
    })
    expect((run(program()) as { answer: unknown }).answer).toBe(value)
  })

  test('is the result of a returned Pure', () => {
    const program = Do(function* () {
      return Pure(value)
    })
    expect(run(program())).toBe(value)
  })

  test('is the result of running Pure, or pure, itself', () => {
    expect(run(Pure(value))).toBe(value)
    expect(run(pure(value))).toBe(value)
  })

  test('is the result of a handled Pure', () => {
    expect(run(Pure(value).with(handler('h')))).toBe(value)
  })
})

test('a value that a program returns is its result, also when it is a program', () => {
  const inner = pure(1)
  const program = Do(function* () {
    return inner
  })
  expect(run(program())).toBe(inner)
  expect(
    run(
      Do(function* () {
        return yield yield* program()
      })(),
    ),
  ).toBe(1)
})

test('pure performs nothing', () => {
  using vm = new VM()
  vm.run(Pure(1).with(state()))
  expect(vm.stats().effects).toBe(0)
})
