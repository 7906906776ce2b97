// Keys of State and Reader are any values, compared like the keys of a Map.

import { Ask, Do, Get, Local, MissingEnvKeyError, Modify, Put, reader, state } from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'

const symbol = Symbol('key')
const object = { a: 1 }
const keys: unknown[] = [
  'text',
  '',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'key with NUL \0 in it',
  '\uD800',
  '1',
  1,
  1n,
  0,
  -1.5,
  Number.NaN,
  Infinity,
  true,
  null,
  undefined,
  symbol,
  Symbol.iterator,
  Symbol.for('shared'),
  object,
  { a: 1 },
  [],
  () => 0,
  new Date(0),
]

/** Writes each key with its own number, then reads them all. */
const writeAll = Do(function* () {
  for (const [i, key] of keys.entries()) yield* Put(key, i)
  const read: unknown[] = []
  for (const key of keys) read.push(yield* Get(key))
  return read
})

test('every value is a key of its own in State', () => {
  expect(run(writeAll().with(state()))).toEqual([...keys.keys()])
})

test('every value is a key of its own in Reader', () => {
  const askAll = Do(function* () {
    const asked: unknown[] = []
    for (const key of keys) asked.push(yield* Ask(key))
    return asked
  })
  const env = new Map(keys.map((key, i) => [key, i]))
  expect(run(askAll().with(reader(env)))).toEqual([...keys.keys()])
  expect(run(Local(env, askAll()).with(reader({})))).toEqual([...keys.keys()])
})

test.each<[string, unknown, unknown, boolean]>([
  ['0 and -0', 0, -0, true],
  ['NaN and NaN', Number.NaN, Number.NaN, true],
  ['equal strings', 'ab', ['a', 'b'].join(''), true],
  ['equal bigints', 10n ** 30n, 10n ** 30n, true],
  ['a shared symbol', Symbol.for('s'), Symbol.for('s'), true],
  ['a string and a number', '1', 1, false],
  ['a number and a bigint', 1, 1n, false],
  ['null and undefined', null, undefined, false],
  ['equal objects', { a: 1 }, { a: 1 }, false],
  ['symbols of one description', Symbol('s'), Symbol('s'), false],
  ['text of other normal form', '\u00E9', 'e\u0301', false],
])('%s are compared as by a Map', (_what, one, other, same) => {
  expect(new Map([[one, 1]]).has(other)).toBe(same)
  const program = Do(function* () {
    yield* Put(one, 'written')
    return yield* Get(other)
  })
  expect(run(program().with(state()))).toBe(same ? 'written' : undefined)
})

test('-0 is kept as 0, as by a Map', () => {
  const vm = newVm()
  vm.runScoped(Put(-0, 'zero'), { state: true })
  expect([...vm.stateEntries().keys()].map(key => Object.is(key, 0))).toEqual([true])
})

test('keys asked for again and again, in any order, stay apart', () => {
  const program = Do(function* () {
    const seen: unknown[] = []
    for (const key of ['a', 'b', 'a', 1, '1', 'b', 1, 'missing', 'a'])
      seen.push(yield* Modify<number>(key, n => (n ?? 0) + 1))
    return seen
  })
  expect(run(program().with(state()))).toEqual([undefined, undefined, 1, undefined, undefined, 1, 1, undefined, 2])
})

test('a key of a store that ended is unknown to the next one', () => {
  const vm = newVm()
  for (let i = 0; i < 3; i++) {
    expect(vm.run(Modify('n', () => i).with(state()))).toBeUndefined()
    expect(vm.run(Get(object).with(state([[object, i]])))).toBe(i)
  }
})

test('two stores do not share entries under one key', () => {
  const program = Do(function* () {
    yield* Put('k', 'outer')
    const inner = yield* Do(function* () {
      const before = yield* Get('k')
      yield* Put('k', 'inner')
      return [before, yield* Get('k')]
    })().with(state())
    return [inner, yield* Get('k')]
  })
  expect(run(program().with(state()))).toEqual([[undefined, 'inner'], 'outer'])
})

test.each(keys)('a missing environment key %p is named in the error', key => {
  const error = thrownBy(() => run(Ask(key).with(reader({})))) as MissingEnvKeyError
  expect(error).toBeInstanceOf(MissingEnvKeyError)
  expect(Object.is(error.key, key)).toBe(true)
})

test('ten thousand keys are kept apart', () => {
  const program = Do(function* () {
    for (let i = 0; i < 10_000; i++) yield* Put(i, -i)
    let sum = 0
    for (let i = 0; i < 10_000; i++) sum += (yield* Get<number>(i)) as number
    return sum
  })
  expect(run(program().with(state()))).toBe(-49_995_000)
})
