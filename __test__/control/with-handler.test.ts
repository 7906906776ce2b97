// WithHandler(h, body) runs the body under the handler and answers what becomes of it; `.with` is the same.

import {
  type Continuation,
  Delegate,
  Do,
  effect,
  handler,
  type ProgramGenerator,
  raw,
  Resume,
  WithHandler,
} from '../../index'
import { run } from '../support/leaks'

const Ask = effect('Ask')<[], number>()
const asked = handler('asked')
  .fun(Ask, () => 20)
  .returns((value: number) => value + 1)

const bodies: [what: string, body: unknown][] = [
  ['an effect', Ask()],
  [
    'a program',
    Do(function* () {
      return yield* Ask()
    })(),
  ],
  [
    'a generator function',
    function* () {
      return yield* Ask()
    },
  ],
  ['a program made of another', Ask().map(n => n)],
  [
    'an object with toGenerator',
    {
      *toGenerator(): ProgramGenerator<unknown, unknown> {
        return yield Ask()
      },
    },
  ],
]

describe.each(bodies)('with %s as its body', (_what, body) => {
  const handled = () => WithHandler(asked as never, body as never)

  test('answers its result when yielded', () => {
    const program = Do(function* () {
      return ['answered', yield handled(), yield handled()]
    })
    expect(run(program())).toEqual(['answered', 21, 21])
  })

  test('is the result when returned', () => {
    const program = Do(function* () {
      return handled()
    })
    expect(run(program())).toBe(21)
  })

  test('can be run itself, and wrapped in more handlers', () => {
    expect(run(handled())).toBe(21)
    expect(run(handled().with(asked as never))).toBe(22)
  })
})

test('the effects of the body that the handler does not take go outward', () => {
  const Other = effect('Other')<[], string>()
  const program = Do(function* () {
    return yield* WithHandler(
      asked,
      Other().map(text => text.length),
    )
  })
  expect(run(program().with(handler('outer').val(Other, 'four')))).toBe(5)
})

test('the handler is in force for its body only', () => {
  const program = Do(function* () {
    const inside = yield* WithHandler(asked, Ask())
    return [inside, yield* Ask()]
  })
  expect(run(program().with(handler('outer').val(Ask, 0)))).toEqual([21, 0])
})

test('the handler is in force for the programs its body calls', () => {
  const inner = Do(function* () {
    return yield* Ask()
  })
  const outer = Do(function* () {
    return (yield* inner()) + (yield* inner())
  })
  expect(run(WithHandler(asked, outer()))).toBe(41)
})

describe('a generator function as the handler', () => {
  class Twice {
    readonly n: number
    constructor(n: number) {
      this.n = n
    }
  }
  const doubling = function* (asking: unknown, k: Continuation<unknown>) {
    return yield* asking instanceof Twice ? Resume(k, asking.n * 2) : Delegate()
  }
  const body = Do(function* () {
    return [yield new Twice(4), yield* Ask()]
  })

  test('is called for every effect with the effect and its continuation', () => {
    expect(run(WithHandler(doubling, body()).with(handler('outer').val(Ask, 1)))).toEqual([8, 1])
  })

  test('may be marked raw, and be installed in itself', () => {
    const everything = raw(doubling)
    const nested = WithHandler(everything, WithHandler(everything, body()))
    expect(run(nested.with(handler('outer').val(Ask, 1)))).toEqual([8, 1])
  })
})
