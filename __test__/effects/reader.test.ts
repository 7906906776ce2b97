// Reader: an environment, which Local overrides for a part of the program.

import {
  Ask,
  Do,
  DoeffTypeError,
  effect,
  handler,
  InvalidProgramError,
  Local,
  MissingEnvKeyError,
  reader,
  Resume,
  WithHandler,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()
const both = Do(function* () {
  return [yield* Ask('a'), yield* Ask('b')]
})

test('Ask answers the value bound to the key', () => {
  expect(run(both().with(reader({ a: 1, b: undefined })))).toEqual([1, undefined])
})

test('a missing key is thrown into the performer, with advice', () => {
  const program = Do(function* () {
    try {
      return yield* Ask('missing')
    } catch (error) {
      return error
    }
  })
  const error = run(program().with(reader({ a: 1 }))) as MissingEnvKeyError
  expect(error).toBeInstanceOf(MissingEnvKeyError)
  expect(error.code).toBe('ERR_MISSING_ENV_KEY')
  expect(error.message).toMatch(/^No reader in scope binds 'missing': add it to/)
})

test('properties that an object inherits are not bound', () => {
  expect(failureOf(Ask('toString').with(reader({})))).toBeInstanceOf(MissingEnvKeyError)
  expect(run(Ask('toString').with(reader({ toString: 'mine' })))).toBe('mine')
})

describe('Local', () => {
  test('overrides some bindings for its program, and leaves the others', () => {
    const program = Do(function* () {
      return [yield* both(), yield* Local({ a: 'inner' }, both()), yield* both()]
    })
    expect(run(program().with(reader({ a: 1, b: 2 })))).toEqual([
      [1, 2],
      ['inner', 2],
      [1, 2],
    ])
  })

  test('adds bindings, which are gone afterwards', () => {
    const program = Do(function* () {
      yield* Local({ added: 1 }, Ask('added'))
      return yield* Ask('added')
    })
    expect(failureOf(program().with(reader({})))).toBeInstanceOf(MissingEnvKeyError)
  })

  test('nests: the innermost wins, key by key', () => {
    const program = Local({ a: 'x', b: 'x' }, Local({ a: 'y' }, both()))
    expect(run(program.with(reader({ a: 0, b: 0 })))).toEqual(['y', 'x'])
  })

  test('reads its bindings when it is written, once', () => {
    const object = { a: 'before' }
    const map = new Map(Object.entries(object))
    const once = (function* () {
      yield ['a', 'before'] as const
    })()
    for (const bindings of [object, map, once]) {
      const program = Local(bindings, Ask('a'))
      object.a = 'after'
      map.set('a', 'after')
      expect([run(program.with(reader({}))), run(program.with(reader({})))]).toEqual(['before', 'before'])
      object.a = 'before'
      map.set('a', 'before')
    }
  })

  test.each([
    [
      'throws',
      Do(function* () {
        throw new Error('left')
      })(),
    ],
    ['performs what ends it', Stop()],
  ])('is left when its program %s', (_how, leaving) => {
    const program = Do(function* () {
      try {
        yield Local({ a: 'inner' }, leaving).with(handler('ending').final(Stop, () => 0))
      } catch {
        // The environment outside is looked at below.
      }
      return yield* Ask('a')
    })
    expect(run(program().with(reader({ a: 'outer' })))).toBe('outer')
  })

  test('stands where it is performed: clauses outside of it do not see it', () => {
    const asking = handler('asking').ctl(Stop, function* (k) {
      return Resume(k, yield* Ask('a'))
    })
    const program = Local({ a: 'inner' }, Stop()).with(asking)
    expect(run(program.with(reader({ a: 'outer' })))).toBe('outer')
  })

  test('is in force again when its program is resumed', () => {
    const resuming = handler('resuming').ctl(Stop, function* (k) {
      return Resume(k, 0)
    })
    const program = Local(
      { a: 'inner' },
      Stop().flatMap(() => Ask('a')),
    ).with(resuming)
    expect(run(program.with(reader({ a: 'outer' })))).toBe('inner')
  })

  test('goes to the reader that is nearest', () => {
    const program = Local({ a: 'local' }, both()).with(reader({ b: 'near' }))
    expect(run(program.with(reader({ a: 'far', b: 'far' })))).toEqual(['local', 'near'])
  })

  test('may be answered by a handler of the user', () => {
    const ignoring = handler('ignoring').fun(Local, (_bindings, program) => program as never)
    expect(
      run(
        Local({ a: 'ignored' }, Ask('a'))
          .with(ignoring as never)
          .with(reader({ a: 'outer' })),
      ),
    ).toBe('outer')
  })

  test('takes bindings and a program', () => {
    expect(() => Local(5 as never, Ask('a'))).toThrow(DoeffTypeError)
    expect(() => Local({}, 5 as never)).toThrow(InvalidProgramError)
  })
})

test('a reader hides the one around it, key by key where it binds them', () => {
  const program = both().with(reader({ a: 'near' }))
  expect(failureOf(program.with(reader({ a: 'far', b: 'far' })))).toBeInstanceOf(MissingEnvKeyError)
})

test('a handler in between can answer Ask', () => {
  const faked = WithHandler(function* (asked, k) {
    return Resume(k, String(asked))
  }, Ask('a'))
  expect(run(faked.with(reader({ a: 1 })))).toBe("Ask('a')")
})
