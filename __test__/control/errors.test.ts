// Errors are what JavaScript throws: they keep their identity, unwind inside out, and can be caught on the way.

import {
  Do,
  effect,
  formatTrace,
  Get,
  handler,
  Modify,
  type Program,
  Pure,
  pure,
  Resume,
  ResumeThrow,
  state,
  Try,
  tryHandler,
  WithHandler,
} from '../../index'
import { failureOf, newVm, run } from '../support/leaks'

const Risky = effect('Risky')<[], unknown>()
const Other = effect('Other')<[], unknown>()

const throwing = Do(function* throwing(value: unknown) {
  throw value
})

const proxy: object = new Proxy(
  {},
  {
    get() {
      throw new Error('no property can be read')
    },
    getPrototypeOf() {
      throw new Error('no prototype can be read')
    },
  },
)
const revoked = Proxy.revocable({}, {})
revoked.revoke()

interface Caught {
  readonly caught: unknown
}

/** Jest's own matchers would read properties of what is thrown. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) throw new Error('another value was thrown')
}

const thrown: [what: string, value: unknown][] = [
  ['an Error', new Error('plain')],
  ['an error of a class of its own', new (class Special extends RangeError {})('special')],
  ['a frozen Error', Object.freeze(new Error('frozen'))],
  ['a string', 'text'],
  ['undefined', undefined],
  ['null', null],
  ['NaN', Number.NaN],
  ['a symbol', Symbol('s')],
  ['a function', () => 0],
  ['a Proxy whose traps throw', proxy],
  ['a revoked Proxy', revoked.proxy],
  ['an effect', Risky()],
  ['a control primitive', Pure(1)],
]

describe.each(thrown)('%s', (_what, value) => {
  const passing = handler('passing')
    .val(Other, 0)
    .returns(() => 'not reached')

  test('thrown by a program leaves the run as it is', () => {
    expectSame(failureOf(throwing(value)), value)
  })

  test('thrown through handlers and programs leaves the run as it is', () => {
    const outer = Do(function* () {
      yield throwing(value).with(passing).with(state())
    })
    expectSame(failureOf(outer().with(passing)), value)
  })

  test('thrown by a clause arrives at its own boundary', () => {
    const failing = handler('failing').ctl(Risky, function* () {
      throw value
    })
    const program = Do(function* () {
      try {
        return yield Risky().with(failing)
      } catch (error) {
        return { caught: error }
      }
    })
    expectSame((run(program()) as Caught).caught, value)
  })

  test('resumed into a body is thrown at the suspended perform', () => {
    const refusing = handler('refusing').ctl(Risky, function* (k) {
      return yield ResumeThrow(k, value)
    })
    const body = Do(function* () {
      try {
        return yield Risky()
      } catch (error) {
        return { caught: error }
      }
    })
    expectSame((run(body().with(refusing)) as Caught).caught, value)
    expectSame(failureOf(Risky().with(refusing)), value)
  })

  test('is formatted without throwing', () => {
    expect(formatTrace(value)).toEqual(expect.any(String))
    failureOf(throwing(value))
    expect(formatTrace(value)).toEqual(expect.any(String))
  })
})

describe('an error crosses handlers as it crosses function calls:', () => {
  test('each program on its way out may catch it, the innermost first', () => {
    const steps: string[] = []
    const layer = (name: string, program: Program<unknown, unknown>) =>
      Do(function* () {
        try {
          yield* program
        } catch (error) {
          steps.push(name)
          throw error
        }
      })()
    const error = new Error('passing')
    const program = layer('outer', layer('inner', throwing(error)).with(handler('between').val(Risky, 0)))
    expect(failureOf(program)).toBe(error)
    expect(steps).toEqual(['inner', 'outer'])
  })

  test('it leaves the handled program where WithHandler was yielded', () => {
    const program = Do(function* () {
      try {
        return yield WithHandler(handler('h').val(Risky, 0), throwing('out'))
      } catch (error) {
        return ['caught', error, yield* Other()]
      }
    })
    expect(run(program().with(handler('outer').val(Other, 'alive')))).toEqual(['caught', 'out', 'alive'])
  })

  test('one that is caught in the body does not disturb the handler', () => {
    const body = Do(function* () {
      try {
        yield throwing('inside')
      } catch {
        return [yield* Risky(), yield* Risky()]
      }
      return 'not reached'
    })
    expect(run(body().with(handler('h').fun(Risky, () => 1)))).toEqual([1, 1])
  })

  test('one thrown by a clause that has resumed leaves at the boundary, the body being over', () => {
    const steps: string[] = []
    const body = Do(function* () {
      try {
        return yield* Risky()
      } finally {
        steps.push('body over')
      }
    })
    const late = handler('late').ctl(Risky, function* (k) {
      yield Resume(k, 1)
      steps.push('clause')
      throw new Error('late')
    })
    expect(failureOf(body().with(late))).toEqual(new Error('late'))
    expect(steps).toEqual(['body over', 'clause'])
  })

  test('one thrown by the body arrives in the clause that resumed it, which may catch it', () => {
    const guarding = handler('guarding').ctl(Risky, function* (k) {
      try {
        return yield Resume(k, 1)
      } catch (error) {
        return ['recovered', error]
      }
    })
    const body = Do(function* () {
      yield* Risky()
      throw new Error('after the resume')
    })
    expect(run(body().with(guarding))).toEqual(['recovered', new Error('after the resume')])
  })
})

describe('an error of a clause that takes control, or of a return clause, is never thrown into the body:', () => {
  const shielded = Do(function* () {
    try {
      return yield* Risky()
    } catch {
      return 'caught in the body'
    }
  })
  const failure = new Error('clause')
  const fail = () => {
    throw failure
  }

  test.each([
    ['final', handler('h').final(Risky, fail)],
    ['returns', handler('h').val(Risky, 1).returns(fail)],
    [
      'ctl',
      handler('h').ctl(Risky, function* () {
        throw failure
      }),
    ],
    [
      'raw',
      handler('h').raw(Risky, function* () {
        throw failure
      }),
    ],
  ])('%s', (_kind, failing) => {
    expect(failureOf(shielded().with(failing))).toBe(failure)
  })

  test('catch-all', () => {
    expect(failureOf(WithHandler(fail, shielded()))).toBe(failure)
  })
})

describe('an effect answered by a fun clause is a function call, errors included: what is thrown by', () => {
  const failure = new Error('clause')
  const guarded = Do(function* () {
    try {
      return yield* Risky()
    } catch (error) {
      return ['caught', error]
    }
  })

  test.each([
    [
      'the function',
      () => {
        throw failure
      },
    ],
    ['the program that it gives', () => throwing(failure)],
    ['a program in which another effect is performed', () => Other().flatMap(() => throwing(failure))],
  ])('%s is thrown at the performer', (_what, clause) => {
    const program = guarded()
      .with(handler('h').fun(Risky, clause as () => never))
      .with(handler('other').fun(Other, () => pure(1)))
    expect(run(program as Program<unknown>)).toEqual(['caught', failure])
  })

  test('it is seen by Try around the effect, and by the program around the handler when nobody inside catches it', () => {
    const failing = handler('h').fun(Risky, () => {
      throw failure
    })
    expect(run(Try(Risky()).with(failing).with(tryHandler))).toEqual({ ok: false, error: failure })
    expect(failureOf(Risky().with(failing))).toBe(failure)
  })

  test('what the program performs is searched for from outside of the handler, and closed before the performer', () => {
    const events: string[] = []
    const answering = handler('h').fun(Risky, () =>
      Do(function* () {
        try {
          return yield* Other()
        } finally {
          events.push('answer closed')
        }
      })(),
    )
    const body = Do(function* () {
      try {
        return yield* Risky()
      } finally {
        events.push('performer closed')
      }
    })
    const hidden = handler('inner').val(Other, 'hidden')
    const ending = handler('outer').final(Other, () => 'ended')
    const outcome: unknown = run(body().with(hidden).with(answering).with(ending) as Program<unknown>)
    expect([outcome, ...events]).toEqual(['ended', 'answer closed', 'performer closed'])
  })
})

test('an error of the function given to Modify is thrown at the performer and changes nothing', () => {
  const program = Do(function* () {
    const failing = Modify('n', () => {
      throw new Error('modify')
    })
    const errors: unknown[] = []
    for (const key of ['n', 'absent']) {
      try {
        yield key === 'n'
          ? failing
          : Modify(key, () => {
              throw new Error('modify')
            })
      } catch (error) {
        errors.push(error)
      }
    }
    return [errors, yield* Get('n'), yield* Get('absent')]
  })
  expect(run(program().with(state({ n: 1 })))).toEqual([[new Error('modify'), new Error('modify')], 1, undefined])
})

test('an error leaves the VM usable; its message, keys and own frames stay', () => {
  const vm = newVm()
  const error = new Error('mine')
  const keys = Reflect.ownKeys(error)
  const { message, stack } = error
  expect(() => vm.run(throwing(error))).toThrow(error)
  expect(vm.run(pure(1))).toBe(1)
  expect([error.message, Reflect.ownKeys(error)]).toEqual([message, keys])
  const own = stack?.split('\n').filter(line => !line.includes('node:internal/'))
  expect(error.stack?.split('\n')).toEqual(expect.arrayContaining(own as string[]))
})
