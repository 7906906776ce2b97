// Where an effect goes: outward from its clause, past handlers that do not know it, on when a handler declines; and
// back to the performer, as an error, when nobody takes it.

import {
  type Continuation,
  Delegate,
  Do,
  effect,
  handler,
  type ProgramGenerator,
  Resume,
  UnhandledEffectError,
  WithHandler,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Num = effect('Num')<[], number>()
const Word = effect('Word')<[text: string, mark: number], string>()

/** Notes what a handler sees, by its name. */
function witness() {
  const seen: string[] = []
  const noting = (name: string) => (value: unknown) => {
    seen.push(`${name} returns ${String(value)}`)
    return value
  }
  return { seen, noting }
}

const nine = handler('nine').fun(Num, () => 9)

describe('an effect performed by a clause goes to the next outer handler', () => {
  const forwarding = {
    ctl: handler('inner').ctl(Num, function* (k) {
      return Resume(k, -(yield* Num()))
    }),
    raw: handler('inner').raw(Num, function* (k) {
      return Resume(k, -(yield* Num()))
    }),
    'fun that gives a program': handler('inner').fun(Num, () => Num().map(n => -n)),
    'final as a generator': handler('inner').final(Num, function* () {
      return -(yield* Num())
    }),
  }

  test.each(Object.entries(forwarding))('from a %s clause', (_kind, inner) => {
    expect(run(Num().with(inner).with(nine))).toBe(-9)
  })

  test('from a catch-all', () => {
    const body = WithHandler(function* (effect, k): ProgramGenerator<unknown, unknown> {
      return Resume(k, -Number(yield effect))
    }, Num())
    expect(run(body.with(nine))).toBe(-9)
  })

  test('from a return clause', () => {
    const inner = handler('inner')
      .fun(Num, () => 1)
      .returns(function* (value: number) {
        return [value, yield* Num()]
      })
    expect(run(Num().with(inner).with(nine))).toEqual([1, 9])
  })

  test('and never to a handler that stands between the clause and the performer', () => {
    const inner = handler('inner').fun(Num, () => 1)
    const asking = handler('asking').ctl(Word, function* (k) {
      return Resume(k, `outside it is ${yield* Num()}`)
    })
    expect(run(Word('', 0).with(inner).with(asking).with(nine))).toBe('outside it is 9')
  })

  test('while a handler that the clause itself installs is visible to it', () => {
    const asking = handler('asking').ctl(Word, function* (k) {
      return Resume(k, `inside it is ${yield* Num().with(handler('own').fun(Num, () => 3))}`)
    })
    expect(run(Word('', 0).with(asking).with(nine))).toBe('inside it is 3')
  })
})

const declining = function* (effect: unknown) {
  yield Delegate()
  throw new Error(`goes on after declining ${String(effect)}`)
}

describe('a declined effect', () => {
  test.each([
    ['yielded', declining],
    [
      'returned',
      function* () {
        return Delegate()
      },
    ],
    ['returned by a plain function', () => Delegate()],
  ])('reaches the outer handler when Delegate is %s', (_form, inner) => {
    expect(run(WithHandler(inner, Num()).with(nine))).toBe(9)
  })

  test('comes back through the handler that declined: each sees it once', () => {
    const { seen, noting } = witness()
    const inner = handler('inner')
      .ctl(Num, function* () {
        seen.push('inner asked')
        return yield* Delegate()
      })
      .returns(noting('inner'))
    const outer = handler('outer')
      .ctl(Num, function* (k) {
        seen.push('outer asked')
        return Resume(k, 9)
      })
      .returns(noting('outer'))
    expect(run(Num().with(inner).with(outer))).toBe(9)
    expect(seen).toEqual(['inner asked', 'outer asked', 'inner returns 9', 'outer returns 9'])
  })

  test('leaves the handler that declined in force for the rest of the body', () => {
    const choosy = function* (effect: unknown, k: Continuation<unknown>): ProgramGenerator<unknown, unknown> {
      return yield Word.is(effect) ? Resume(k, 'mine') : Delegate()
    }
    const body = Do(function* () {
      return [yield* Num(), yield* Word('', 0)]
    })
    expect(run(WithHandler(choosy, body()).with(nine))).toEqual([9, 'mine'])
  })

  test('can be exchanged for another one, which the outer handlers answer for the same performer', () => {
    const renaming = function* () {
      yield Delegate(Word('from', 2))
    }
    const spelling = handler('spelling').fun(Word, (text, mark) => `${text}${mark}`)
    expect(run(WithHandler(renaming, Num()).with(spelling))).toBe('from2')
  })

  test('passes through any number of handlers that decline', () => {
    let program = WithHandler(declining, Num())
    for (let i = 0; i < 100; i++) program = WithHandler(declining, program)
    expect(run(program.with(nine))).toBe(9)
  })
})

test('return clauses of handlers that an answer passes run inside out, unrelated ones included', () => {
  const { seen, noting } = witness()
  const unrelated = handler('unrelated')
    .fun(Word, () => '')
    .returns(noting('unrelated'))
  expect(
    run(
      Num()
        .with(unrelated)
        .with(nine.returns(noting('taking'))),
    ),
  ).toBe(9)
  expect(seen).toEqual(['unrelated returns 9', 'taking returns 9'])
})

describe('an effect that nobody takes', () => {
  test('is thrown at the yield, where it can be caught', () => {
    const program = Do(function* () {
      try {
        return yield* Num()
      } catch (error) {
        return error
      }
    })
    expect(run(program())).toBeInstanceOf(UnhandledEffectError)
  })

  test('leaves the program usable: a later effect is handled', () => {
    const program = Do(function* () {
      try {
        return yield* Word('lost', 1)
      } catch {
        return yield* Num()
      }
    })
    expect(run(program().with(nine))).toBe(9)
  })

  test('is named, with its payload in short form and the handlers that were searched', () => {
    const error = failureOf(Word('lost', 1).with(nine).with(handler('outer'))) as UnhandledEffectError
    expect(error.code).toBe('ERR_UNHANDLED_EFFECT')
    expect(error.message).toBe("No handler takes Word('lost', 1) (searched: nine, outer).")
    expect(Word.is(error.effect)).toBe(true)
    expect(error.handlers).toEqual(['nine', 'outer'])
  })

  test('is said to have found no handler at all when there is none', () => {
    expect(String(failureOf(Num()))).toContain('No handler takes Num() (there is no handler in scope).')
  })

  test('performed by a clause was searched outside of that clause only', () => {
    const asking = handler('asking').ctl(Num, function* (k) {
      return Resume(k, (yield* Word('', 0)).length)
    })
    const spelling = handler('spelling').fun(Word, () => 'x')
    const error = failureOf(Num().with(spelling).with(asking).with(handler('outer'))) as UnhandledEffectError
    expect(error.handlers).toEqual(['outer'])
  })

  test('after being declined everywhere is thrown into its performer', () => {
    const program = Do(function* () {
      try {
        return yield* Num()
      } catch (error) {
        return error
      }
    })
    expect(run(WithHandler(declining, program()))).toBeInstanceOf(UnhandledEffectError)
  })
})
