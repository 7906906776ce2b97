// Resume(k, v): the suspended perform answers v, and the resumer gets the final result of the computation.

import { type Continuation, Do, effect, handler, type Program, pure, Resume, WithHandler } from '../../index'
import { run } from '../support/leaks'

const Ask = effect('Ask')<[question: string], unknown>()
const Place = effect('Place')<[], string>()
type K = Continuation<unknown>

const shouting = handler('shouting').returns(value => `${String(value)}!`)

/** A handler that keeps continuations for the program to use. */
function keeper() {
  const kept: K[] = []
  const keeping = handler('keeping').raw(Ask, function* (k, question) {
    kept.push(k)
    return `kept ${question}`
  })
  return { kept, keeping }
}

const asking = Do(function* (question: string) {
  return `${question}: ${String(yield* Ask(question))}`
})

test.each<[string, unknown]>([
  ['a value', 5],
  ['undefined', undefined],
  ['an error, which is not thrown', new Error('as a value')],
  ['a promise, which is not awaited', Promise.resolve(1)],
  ['a program, which is not run', pure(1)],
  ['a continuation', {}],
])('hands over %s', (_what, value) => {
  const giving = handler('giving').ctl(Ask, function* (k) {
    return Resume(k, { value })
  })
  const program = Do(function* () {
    return yield* Ask('')
  })
  expect((run(program().with(giving)) as { value: unknown }).value).toBe(value)
})

test.each<[string, unknown[], unknown]>([
  ['nothing', [], undefined],
  ['more than a value', ['first', 'second'], 'first'],
])('given %s hands over undefined, or the first', (_what, values, expected) => {
  const resume = Resume as (k: K, ...values: unknown[]) => ReturnType<typeof Resume>
  const giving = handler('giving').ctl(Ask, function* (k) {
    return resume(k as K, ...values)
  })
  expect(run(Ask('').with(giving) as Program)).toBe(expected)
})

describe('answers the final result of the computation', () => {
  const body = asking('q').with(shouting)

  test.each([
    [
      'yielded',
      handler('h').ctl(Ask, function* (k) {
        return yield Resume(k, 1)
      }),
    ],
    [
      'yielded with *',
      handler('h').ctl(Ask, function* (k) {
        return yield* Resume(k, 1)
      }),
    ],
    [
      'returned',
      handler('h').ctl(Ask, function* (k) {
        return Resume(k, 1)
      }),
    ],
    [
      'yielded by a program that the clause calls',
      handler('h').ctl(Ask, function* (k) {
        return yield* Do(function* () {
          return yield* Resume(k, 1)
        })()
      }),
    ],
    [
      'returned by a program that the clause calls',
      handler('h').ctl(Ask, function* (k) {
        return yield* Do(function* () {
          return Resume(k, 1)
        })()
      }),
    ],
  ])('when it is %s, with the return clauses of the computation applied', (_how, answering) => {
    expect(run(body.with(answering))).toBe('q: 1!')
    expect(run(body.with(answering.returns(value => `<${String(value)}>`)))).toBe('<q: 1!>')
  })
})

test('an error of the computation is thrown where it was resumed', () => {
  const catching = handler('catching').ctl(Ask, function* (k) {
    try {
      return yield Resume(k, 1)
    } catch (error) {
      return ['caught', error]
    }
  })
  const failing = Ask('').map(() => {
    throw new Error('after')
  })
  expect(run(failing.with(catching))).toEqual(['caught', new Error('after')])
})

describe('a kept continuation', () => {
  test('can be resumed by the program, long after its clause ended', () => {
    const { kept, keeping } = keeper()
    const program = Do(function* () {
      const first = yield* asking('a').with(keeping)
      return [first, yield Resume(kept[0] as K, 1)]
    })
    expect(run(program())).toEqual(['kept a', 'a: 1'])
  })

  test('can be resumed in any order with others', () => {
    const { kept, keeping } = keeper()
    const program = Do(function* () {
      const results: unknown[] = []
      for (const question of ['a', 'b', 'c']) yield* asking(question).with(keeping)
      for (const at of [1, 2, 0]) results.push(yield Resume(kept[at] as K, at))
      return results
    })
    expect(run(program())).toEqual(['b: 1', 'c: 2', 'a: 0'])
  })

  test('keeps its own handlers, and finds others where it is resumed', () => {
    const { kept, keeping } = keeper()
    const place = (name: string) => handler(name).val(Place, name)
    const body = Do(function* () {
      yield* Ask('')
      return [yield* Place(), yield* Ask('again')]
    })
    const program = Do(function* () {
      yield* body().with(place('own')).with(keeping)
      yield* body().with(keeping).with(place('where it was captured'))
      const own = yield WithHandler(place('where it is resumed'), function* () {
        return yield Resume(kept[0] as K, 0)
      })
      const other = yield WithHandler(place('where it is resumed'), function* () {
        return yield Resume(kept[1] as K, 0)
      })
      return [own, other, yield Resume(kept[2] as K, 'last'), yield Resume(kept[3] as K, 'last')]
    })
    expect(run(program())).toEqual(['kept again', 'kept again', ['own', 'last'], ['where it is resumed', 'last']])
  })

  test('can be resumed inside of another computation, which then stands outside of it', () => {
    const { kept, keeping } = keeper()
    const program = Do(function* () {
      yield* asking('inner').with(keeping)
      return yield* Do(function* () {
        return ['outer', yield Resume(kept[0] as K, 1)]
      })().with(shouting)
    })
    expect(run(program())).toBe('outer,inner: 1!')
  })

  test('makes generators: each resume runs to the next perform', () => {
    const { kept, keeping } = keeper()
    const counting = Do(function* () {
      for (const question of ['a', 'b']) yield* Ask(question)
      return 'over'
    })
    const program = Do(function* () {
      const seen: unknown[] = [yield* counting().with(keeping)]
      while (kept.length > 0) seen.push(yield Resume(kept.pop() as K, 0))
      return seen
    })
    expect(run(program())).toEqual(['kept a', 'kept b', 'over'])
  })
})

test('two computations can hand over to each other', () => {
  const Turn = effect('Turn')<[player: string], void>()
  const waiting: K[] = []
  const turns: string[] = []
  const taking = handler('taking').raw(Turn, function* (k, player) {
    turns.push(player)
    waiting.push(k as K)
    return Resume(waiting.shift() as K, undefined)
  })
  const player = (name: string): Program<unknown, unknown> =>
    Do(function* () {
      for (let i = 0; i < 3; i++) yield* Turn(name)
      return name
    })()
  const starting = handler('starting').raw(Turn, function* (k, name) {
    turns.push(name)
    waiting.push(k as K)
  })
  const program = Do(function* () {
    yield player('ping').with(starting)
    return yield player('pong').with(taking)
  })
  run(program())
  expect(turns.slice(0, 3)).toEqual(['ping', 'pong', 'ping'])
})
