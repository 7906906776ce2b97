// What is not a program is refused by name, where it is given.

import {
  Do,
  effect,
  Gather,
  type Handler,
  handler,
  InvalidHandlerError,
  InvalidProgramError,
  InvalidYieldError,
  Listen,
  Local,
  type Program,
  pure,
  raw,
  run as runPooled,
  runAsync,
  scheduled,
  Spawn,
  Tail,
  Try,
  WithHandler,
} from '../../index'
import { asHandler } from '../../src-ts/language/catch-all'
import { newVm, run, thrownBy } from '../support/leaks'

const asyncFunction = async function asyncFunction() {
  return 1
}
const asyncGenerator = async function* asyncGenerator() {
  yield 1
}
class SomeClass {}

const nonsense: [what: string, value: unknown, shown: RegExp][] = [
  ['an async function', asyncFunction, /asyncFunction.*async function is not a program/],
  ['an async generator function', asyncGenerator, /asyncGenerator.*async function is not a program/],
  ['a running async generator', asyncGenerator(), /async function is not a program/],
  ['a plain function', function plain() {}, /function plain/],
  ['a function that makes programs', Do(function* made() {}), /function made.*call it/],
  ['a class', SomeClass, /SomeClass/],
  ['a number', 42, /42/],
  ['a string', 'text', /'text'/],
  ['undefined', undefined, /undefined/],
  ['null', null, /null/],
  ['a symbol', Symbol('s'), /Symbol\(s\)/],
  ['a promise', Promise.resolve(1), /Promise/],
  ['a plain object', { a: 1 }, /{ a: 1 }/],
  ['an array', [1, 2], /\[ 1, 2 \]/],
  ['an iterator that is no generator', { next: () => ({ done: true, value: 1 }) }, /next/],
  ['an iterable that is no generator', { *[Symbol.iterator]() {} }, /Symbol\.iterator/],
]

type Any = Program<unknown, unknown>

describe.each(nonsense)('%s', (_what, value, shown) => {
  const asProgram = value as Any

  test('cannot be run', () => {
    const vm = newVm()
    for (const attempt of [
      () => vm.run(asProgram),
      () => runPooled(asProgram as Program),
      () => vm.startProgram(value),
    ]) {
      const error = thrownBy(attempt)
      expect(error).toBeInstanceOf(InvalidProgramError)
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toMatch(shown)
    }
    expect(vm.run(pure('usable'))).toBe('usable')
  })

  test('cannot be run asynchronously', async () => {
    await expect(runAsync(asProgram as Program)).rejects.toThrow(InvalidProgramError)
    await expect(newVm().runAsync(asProgram)).rejects.toThrow(InvalidProgramError)
  })

  test.each<[string, () => unknown]>([
    ['a handled body', () => WithHandler(handler('h'), asProgram)],
    ['Local', () => Local({}, asProgram)],
    ['Listen', () => Listen(asProgram)],
    ['Try', () => Try(asProgram)],
    ['Tail', () => Tail(asProgram)],
  ])('cannot be the program of %s', (_where, make) => {
    expect(make).toThrow(InvalidProgramError)
  })
})

test.each(nonsense.filter(([what]) => !/function|class/.test(what)))(
  '%s cannot be a handler or a clause',
  (_w, value) => {
    expect(() => WithHandler(value as never, pure(1))).toThrow(InvalidHandlerError)
    expect(() => raw(value as never)).toThrow(InvalidHandlerError)
    expect(() =>
      handler('h')
        .on(SomeClass)
        .fun(value as never),
    ).toThrow(InvalidHandlerError)
    expect(() =>
      handler('h')
        .on(SomeClass)
        .ctl(value as never),
    ).toThrow(InvalidHandlerError)
    expect(() => handler('h').returns(value as never)).toThrow(InvalidHandlerError)
  },
)

test.each(nonsense.filter(([what]) => !/a plain object/.test(what)))(
  '%s cannot name the effect of a clause',
  (_w, value) => {
    if (value === SomeClass || typeof value === 'function') return
    expect(() => handler('h').val(value as never, 1)).toThrow(InvalidHandlerError)
  },
)

test.each([
  ['an async function', asyncFunction, 'Await(promise)'],
  ['an async generator function', asyncGenerator, 'Await(promise)'],
  ['a plain function', () => 1, 'generator function (function*)'],
  ['a generator', (function* () {})(), 'generator function (function*)'],
  ['nothing', undefined, 'not undefined'],
])('Do refuses %s when it is called, not when it is run', (_what, value, advice) => {
  const error = thrownBy(() => Do(value as never))
  expect(error).toBeInstanceOf(InvalidProgramError)
  expect((error as Error).message).toContain(advice)
})

describe('an object with toGenerator', () => {
  const custom = (toGenerator: () => unknown) => ({ toGenerator }) as unknown as Any

  test('is a program, run anew each time', () => {
    const counting = custom(function* () {
      return yield* pure(5)
    })
    expect([run(counting), run(counting)]).toEqual([5, 5])
  })

  test('may be yielded and handled', () => {
    const counting = custom(function* () {
      return 6
    })
    const program = Do(function* () {
      return [yield counting, yield WithHandler(handler('h'), counting)]
    })
    expect(run(program())).toEqual([6, 6])
  })

  test.each([
    ['nothing', () => undefined],
    ['an iterator that is no generator', () => ({ next: () => ({ done: true, value: 1 }) })],
    ['a program', () => pure(1)],
  ])('that gives %s is refused', (_what, toGenerator) => {
    expect(() => run(custom(toGenerator))).toThrow(InvalidProgramError)
  })

  test('that throws, throws at the yield', () => {
    const program = Do(function* () {
      try {
        return yield custom(() => {
          throw new Error('mine')
        })
      } catch (error) {
        return error
      }
    })
    expect(run(program())).toEqual(new Error('mine'))
  })
})

describe('a generator can be begun once', () => {
  const body = function* (): Generator<Any, unknown, unknown> {
    return yield* pure(1)
  }
  const Ping = effect('Ping')<[], unknown>()
  const again = /has begun before: it can run only once/

  test('by run', async () => {
    const generator = body()
    expect(run(generator)).toBe(1)
    expect(thrownBy(() => run(generator))).toBeInstanceOf(InvalidProgramError)
    expect(thrownBy(() => runPooled(generator as never))).toMatchObject({ message: expect.stringMatching(again) })
    await expect(newVm().runAsync(generator as never)).rejects.toThrow(again)
  })

  test('by toGenerator, however the program is used', () => {
    const generator = body()
    const program = { toGenerator: () => generator } as unknown as Any
    const spawning = Do(function* () {
      const tasks = [yield* Spawn(program), yield* Spawn(program)]
      return yield* Gather(tasks)
    })
    expect(() => run(spawning().with(scheduled()))).toThrow(again)
    expect(() => run(program)).toThrow(InvalidProgramError)
  })

  test.each<[string, (f: () => Generator) => Handler<never, unknown, unknown, unknown, never>]>([
    ['final clause', f => handler('h').final(Ping, f as never)],
    [
      'return clause',
      f =>
        handler('h')
          .val(Ping, 1)
          .returns(f as never),
    ],
    ['catch-all', f => asHandler((() => f()) as never, 'test')],
  ])('by a %s', (_what, make) => {
    const generator = body()
    const h = make(() => generator) as Handler
    const program = Ping().with(h) as Any
    expect(run(program)).toBe(1)
    expect(() => run(program)).toThrow(again)
  })
})

test('a generator that is running already surfaces as the TypeError of JavaScript', () => {
  const vm = newVm()
  const own: Generator<unknown, unknown, unknown>[] = []
  const body = function* (): Generator<unknown, unknown, unknown> {
    try {
      return own[0]?.next()
    } catch (error) {
      return error
    }
  }
  own.push(body())
  const error = vm.run(own[0] as never)
  expect(error).toBeInstanceOf(TypeError)
  expect((error as Error).message).toBe('Generator is already running')
  expect(vm.run(pure(1))).toBe(1)
})

test('a generator that somebody else steps behind the back of the VM loses its place, not the VM its', () => {
  const vm = newVm()
  const body: Generator<unknown, unknown, unknown> = (function* () {
    const first = yield pure('first')
    return ['second', first]
  })()
  const program = Do(function* () {
    const stolen = body.next()
    expect(stolen.value).toBeDefined()
    return yield* pure(1)
  })
  expect(vm.run(program())).toBe(1)
  expect(vm.run(body as never)).toEqual(['second', undefined])
})

test('InvalidYieldError is what a yielded non-program gives, InvalidProgramError what a run of it gives', () => {
  expect(() =>
    run(
      Do(function* () {
        yield 5
      })(),
    ),
  ).toThrow(InvalidYieldError)
  expect(() => run(5 as never)).toThrow(InvalidProgramError)
})
