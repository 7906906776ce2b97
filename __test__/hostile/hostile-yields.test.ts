// What cannot be yielded is refused at the yield, where it can be caught, with advice on what to do instead.

import { types } from 'node:util'
import { createContext, runInContext } from 'node:vm'

import { Do, handler, InvalidYieldError, type Program, pure, Resume, Tail, UnhandledEffectError } from '../../index'
import { newVm, run } from '../support/leaks'

/** What a program catches when it yields `item`. */
const catching = Do(function* (make: () => unknown) {
  try {
    return ['answered', yield make()]
  } catch (error) {
    return error
  }
})

const once = 'a raw generator can run only once'
const only = 'only effects, programs and control primitives can be yielded'

const refused: [what: string, make: () => unknown, advice: string][] = [
  ['a number', () => 42, only],
  ['a bigint', () => 42n, only],
  ['a string', () => 'text', only],
  ['a boolean', () => true, only],
  ['a symbol', () => Symbol('s'), only],
  ['undefined', () => undefined, only],
  ['null', () => null, only],
  ['a plain object', () => ({}), only],
  ['an array', () => [pure(1)], only],
  ['a Map', () => new Map(), only],
  ['a Date', () => new Date(0), only],
  ['an Error', () => new Error('yielded'), only],
  ['a typed array', () => new Uint8Array(1), only],
  ['a promise', () => Promise.resolve(1), 'use Await(promise)'],
  ['a function', () => () => pure(1), 'call it'],
  ['a generator function', () => function* () {}, 'call it'],
  ['a Do function', () => Do(function* () {}), 'call it'],
  ['a class', () => class Some {}, 'call it'],
  ['a generator', () => (function* () {})(), once],
  ['an async generator', () => (async function* () {})(), 'only'],
  ['a null-prototype object', () => Object.create(null) as unknown, only],
  ['Tail', () => Tail(pure(1)), 'write return Tail(program)'],
]

test.each(refused)('%s is refused at the yield, with advice', (_what, make, advice) => {
  const error = run(catching(make))
  expect(error).toBeInstanceOf(InvalidYieldError)
  expect(error).toBeInstanceOf(TypeError)
  expect((error as InvalidYieldError).code).toBe('ERR_INVALID_YIELD')
  expect((error as Error).message).toContain(advice)
})

test.each(refused)('%s that is not caught ends the run, with its handlers and frames', (_what, make) => {
  const program = Do(function* () {
    yield make()
  })
  const vm = newVm()
  expect(() => vm.run(program().with(handler('h')))).toThrow(InvalidYieldError)
  expect(vm.run(pure('usable'))).toBe('usable')
})

test('the refusal shows what was yielded, in short', () => {
  expect((run(catching(() => 'x'.repeat(1000))) as Error).message.length).toBeLessThan(160)
})

describe('a thenable', () => {
  test('is not asked for its then', () => {
    const touched: string[] = []
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- the case under test
      get then() {
        touched.push('then')
        throw new Error('touched')
      },
    }
    const program = Do(function* () {
      return [yield catching(() => thenable), yield* pure(thenable)]
    })
    const [error, same] = run(program()) as [unknown, unknown]
    expect(error).toBeInstanceOf(InvalidYieldError)
    expect(same).toBe(thenable)
    expect(touched).toEqual([])
  })
})

describe('an instance of a user class', () => {
  class Shape {
    readonly sides: number
    constructor(sides: number) {
      this.sides = sides
    }
  }
  class Square extends Shape {
    constructor() {
      super(4)
    }
  }
  const counting = handler('counting')
    .on(Shape)
    .fun(({ sides }) => sides)

  test.each([
    ['plain', () => new Shape(3), 3],
    ['frozen', () => Object.freeze(new Shape(3)), 3],
    ['sealed', () => Object.seal(new Shape(5)), 5],
  ])('is an effect, when it is %s', (_how, make, sides) => {
    expect(run(catching(make).with(counting))).toEqual(['answered', sides])
  })

  test('is matched by its own constructor, not by the class it extends', () => {
    expect(run(catching(() => new Square()).with(counting))).toBeInstanceOf(UnhandledEffectError)
    expect(
      run(
        catching(() => new Square()).with(
          handler('h')
            .on(Square)
            .fun(({ sides }) => sides),
        ),
      ),
    ).toEqual(['answered', 4])
  })

  test('of another realm is an effect of its own class', () => {
    const context = createContext({})
    const Foreign = runInContext('class Foreign { constructor() { this.n = 7 } }; Foreign', context) as new () => {
      n: number
    }
    expect(
      run(
        catching(() => new Foreign()).with(
          handler('h')
            .on(Foreign)
            .fun(({ n }) => n),
        ),
      ),
    ).toEqual(['answered', 7])
  })

  test('of another realm that is built in is refused', () => {
    const context = createContext({})
    expect(run(catching(() => runInContext('({})', context)))).toBeInstanceOf(InvalidYieldError)
    expect(run(catching(() => runInContext('new Map()', context)))).toBeInstanceOf(InvalidYieldError)
  })

  test('may have a constructor property of its own, which decides', () => {
    const odd = Object.assign(new Shape(3), { constructor: Square })
    expect(run(catching(() => odd).with(handler('h').on(Square).val('as a square')))).toEqual([
      'answered',
      'as a square',
    ])
  })

  test('is shown in the error when nobody takes it', () => {
    expect(String(run(catching(() => new Shape(3))))).toContain('No handler takes Shape { sides: 3 }')
  })
})

const fail = (name: string): never => {
  throw new Error(name)
}
const trapped = (name: string) =>
  new Proxy({}, Object.fromEntries(['get', 'getPrototypeOf', 'has', 'ownKeys'].map(trap => [trap, () => fail(name)])))
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('a Proxy', () => {
  test.each([
    ['whose traps throw', () => trapped('trapped')],
    ['that is revoked', revoked],
  ])('%s is an error at the yield', (_what, make) => {
    const vm = newVm()
    const error = vm.run(catching(make))
    expect(types.isNativeError(error)).toBe(true)
    expect(vm.run(pure('usable'))).toBe('usable')
  })

  test('of an effect is that effect', () => {
    class Plain {}
    const answer = handler('h').on(Plain).val('taken')
    expect(run(catching(() => new Proxy(new Plain(), {})).with(answer))).toEqual(['answered', 'taken'])
    expect(run(catching(() => new Proxy(pure(3), {})))).toEqual(['answered', 3])
  })

  test('whose traps run another program, or the same VM, stays an error or an answer', () => {
    const vm = newVm()
    const reentering = new Proxy(
      {},
      {
        get(): never {
          vm.run(pure(1))
          return fail('not refused')
        },
        getPrototypeOf() {
          return run(pure(Object.prototype))
        },
      },
    )
    const error = vm.run(catching(() => reentering)) as Error
    expect(error.name).toBe('ReentrantRunError')
  })
})

test('an effect may carry anything, also what cannot be yielded or read', () => {
  const proxy = revoked()
  class Carry {
    readonly load: unknown = proxy
  }
  const passing = handler('passing')
    .on(Carry)
    .ctl(function* (k, { load }) {
      return Resume(k, load)
    })
  const program = Do(function* () {
    return (yield new Carry()) === proxy
  })
  expect(run((program() as Program).with(passing))).toBe(true)
})
