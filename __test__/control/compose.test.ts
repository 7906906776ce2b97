// compose: several handlers as one value, the first as the outermost.

import {
  Ask,
  compose,
  Do,
  effect,
  effectTrace,
  Get,
  GetHandlers,
  handler,
  InvalidHandlerError,
  Listen,
  Modify,
  pure,
  raw,
  reader,
  Resume,
  state,
  Tell,
  Try,
  tryHandler,
  VM,
  WithHandler,
  writer,
  type AnyHandler,
  type Continuation,
} from '../../index'
import { failureOf, run, thrownBy } from '../support/leaks'

const Choose = effect('Choose')<[], boolean>()
const Name = effect('Name')<[], string>()
const Fail = effect('Fail')<[message: string], never>()

/** Writes down when its return clause runs. */
const mark = (name: string) => handler(name).returns((trail: readonly string[]) => [...trail, name])

const named = (name: string) => handler(name).val(Name, name)

describe('a composition', () => {
  test('installs its handlers as nested .with would, the first as the outermost', () => {
    expect(run(pure<readonly string[]>([]).with(compose(mark('a'), mark('b'), mark('c'))))).toEqual(['c', 'b', 'a'])
    expect(run(pure<readonly string[]>([]).with(mark('c')).with(mark('b')).with(mark('a')))).toEqual(['c', 'b', 'a'])
  })

  test('lets the innermost handler of an effect win', () => {
    expect(run(Name().with(compose(named('outer'), named('inner'))))).toBe('inner')
  })

  test('lets outer handlers take what inner ones perform', () => {
    const asking = handler('asking').fun(Name, () => Ask<string>('name'))
    expect(run(Name().with(compose(reader({ name: 'Ada' }), asking)))).toBe('Ada')
  })

  test('of one handler is that handler', () => {
    const only = named('only')
    expect(compose(only)).toBe(only)
  })

  test('of compositions has their handlers in order', () => {
    const composed = compose(compose(mark('a'), mark('b')), compose(mark('c')), compose(mark('d'), mark('e')))
    expect(run(pure<readonly string[]>([]).with(composed))).toEqual(['e', 'd', 'c', 'b', 'a'])
  })

  test('works in WithHandler, over programs and generator functions', () => {
    const composed = compose(named('outer'), named('inner'))
    expect(run(WithHandler(composed, Name()))).toBe('inner')
    expect(
      run(
        WithHandler(composed, function* () {
          return `${yield* Name()}!`
        }),
      ),
    ).toBe('inner!')
  })

  test('can be installed many times, also in itself', () => {
    const composed = compose(mark('a'), mark('b'))
    const program = pure<readonly string[]>([]).with(composed).with(composed)
    expect(run(program)).toEqual(['b', 'a', 'b', 'a'])
    expect(run(program)).toEqual(['b', 'a', 'b', 'a'])
  })

  test('gives built-in handlers a store for each run', () => {
    const composed = compose(state({ n: 1 }), writer(), tryHandler)
    const program = Do(function* () {
      const [n, told] = yield* Listen(
        Do(function* () {
          yield* Tell('counting')
          yield* Modify<number>('n', old => (old ?? 0) + 1)
          return yield* Get<number>('n')
        })(),
      )
      return [n, told, yield* Try(pure('ok'))]
    })().with(composed)
    const expected = [2, ['counting'], { ok: true, value: 'ok' }]
    expect(run(program)).toEqual(expected)
    expect(run(program)).toEqual(expected)
  })

  test('is captured whole by an outer clause, and resumed whole', () => {
    const twoLayers = compose(mark('outer'), mark('inner'))
    const choosing = handler('choosing').ctl(Choose, function* (k: Continuation<boolean, string[]>) {
      return [...(yield* Resume(k, true)), 'clause']
    })
    const program = Do(function* () {
      return [(yield* Choose()) ? 'yes' : 'no']
    })()
    expect(run(program.with(twoLayers).with(choosing))).toEqual(['yes', 'inner', 'outer', 'clause'])
  })

  test('is passed by an error, innermost handler first', () => {
    const error = new Error('no')
    const failing = Do(function* failing() {
      throw error
    })
    expect(failureOf(failing().with(compose(named('outer'), named('inner'))))).toBe(error)
    expect(effectTrace(error)).toEqual([
      { kind: 'program', name: 'failing' },
      { kind: 'handler', name: 'inner' },
      { kind: 'handler', name: 'outer' },
    ])
  })

  test('shows its handlers, one by one, to GetHandlers', () => {
    const seen = Do(function* () {
      return (yield* GetHandlers()).map(each => each.name)
    })
    expect(run(seen().with(compose(named('a'), compose(named('b'), named('c')))))).toEqual(['c', 'b', 'a'])
  })

  test('unwinds the body when one of its handlers ends it', () => {
    const cleaned: string[] = []
    const body = Do(function* () {
      try {
        return yield* Fail('stop')
      } finally {
        cleaned.push('body')
      }
    })
    const composed = compose(
      handler('shout').returns((s: string) => s.toUpperCase()),
      handler('failing').final(Fail, message => message),
    )
    expect(run(body().with(composed))).toBe('STOP')
    expect(cleaned).toEqual(['body'])
  })

  test('may hold handlers bound to a VM, and untyped ones', () => {
    const vm = new VM()
    const everything = function* (asked: unknown, k: Continuation<unknown, unknown>) {
      return yield* Resume(k, Name.is(asked) ? 'anyone' : undefined)
    }
    const untyped = everything as unknown as AnyHandler
    expect(vm.run(Name().with(compose(vm.stdlib().state, untyped) as never))).toBe('anyone')
    vm.dispose()
  })

  test('names its handlers', () => {
    const composed = compose(named('outer'), named('inner'))
    expect(composed.name).toBe('compose(outer, inner)')
    expect(String(Name().with(composed))).toBe('Name().with(compose(outer, inner))')
  })
})

describe('a wrong use says what is wrong', () => {
  const wrong: [use: string, action: () => unknown, message: RegExp][] = [
    ['no handler', () => (compose as () => unknown)(), /at least one handler/],
    ['a number', () => compose(named('a'), 1 as never), /compose takes a handler .* not 1/],
    ['an async function', () => compose((async () => {}) as never), /compose takes a handler/],
    ['a clause', () => compose(named('a'), named('b')).val(Choose, true), /is a composition and takes no clauses/],
    [
      'a return clause',
      () => compose(named('a'), named('b')).returns(() => 1),
      /is a composition and takes no clauses/,
    ],
    ['a clause for a built-in handler', () => state().fun(Name, () => 'x'), /is built in and takes no clauses/],
    ['a return clause for a built-in handler', () => state().returns(() => 1), /is built in and takes no clauses/],
  ]

  test.each(wrong)('%s', (_use, action, message) => {
    const error = thrownBy(action)
    expect(error).toBeInstanceOf(InvalidHandlerError)
    expect((error as Error).message).toMatch(message)
  })

  test('a raw catch-all is taken as the handler it stands for', () => {
    const keep = raw(function* (_asked, k) {
      return yield* Resume(k, 'kept')
    })
    expect(run(Name().with(compose(named('outer'), keep as never) as never))).toBe('kept')
  })
})
