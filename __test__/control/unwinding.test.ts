// Unwinding: JavaScript never runs `finally` in a generator that is dropped, so the machine closes every frame, once,
// the innermost first, at the moment its computation is given up.

import {
  type Continuation,
  Delegate,
  Discontinue,
  Do,
  effect,
  handler,
  type AnyHandler,
  type Handler,
  type Program,
  Pure,
  Resume,
  ResumeThrow,
  Transfer,
  WithHandler,
} from '../../index'
import { newVm, run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()
const Other = effect('Other')<[], unknown>()

let steps: string[]
beforeEach(() => {
  steps = []
})

/** A program that notes how it is left. */
const noting = Do(function* (name: string, inner: Program<unknown, unknown>) {
  try {
    const value = yield* inner
    steps.push(`${name} returned`)
    return value
  } catch (error) {
    steps.push(`${name} threw`)
    throw error
  } finally {
    steps.push(`${name} closed`)
  }
})

const fallback = handler('fallback').val(Other, 0)
/** Three programs deep, with a handler in between. */
const body = () => noting('outer', noting('middle', noting('inner', Stop()).with(fallback)))
const closedInOrder = ['inner closed', 'middle closed', 'outer closed']

/** A program that catches whatever leaves another one. */
const guarded = Do(function* (program: Program<unknown, unknown>) {
  try {
    return yield* program
  } catch (error) {
    return { thrown: (error as Error).message }
  }
})

const ways = {
  'a final clause': {
    taking: handler('h').final(Stop, () => {
      steps.push('clause')
      return 'result'
    }),
    order: [...closedInOrder, 'clause'],
  },
  'a ctl clause that returns': {
    taking: handler('h').ctl(Stop, function* () {
      steps.push('clause')
      return 'result'
    }),
    order: ['clause', ...closedInOrder],
  },
  'a ctl clause that throws': {
    taking: handler('h').ctl(Stop, function* () {
      steps.push('clause')
      throw new Error('result')
    }),
    order: ['clause', ...closedInOrder],
  },
  'a ctl clause that ends in a tail call of something else': {
    taking: handler('h').ctl(Stop, function* () {
      steps.push('clause')
      return Pure('result')
    }),
    order: ['clause', ...closedInOrder],
  },
  'a raw clause that closes its continuation': {
    taking: handler('h').raw(Stop, function* (k) {
      steps.push('clause')
      steps.push(`closed: ${String(yield Discontinue(k))}`)
      return 'result'
    }),
    order: ['clause', ...closedInOrder, 'closed: undefined'],
  },
  'a ctl clause that closes its continuation': {
    taking: handler('h').ctl(Stop, function* (k) {
      steps.push('clause')
      yield Discontinue(k)
      steps.push('goes on')
      return 'result'
    }),
    order: ['clause', ...closedInOrder, 'goes on'],
  },
  'a catch-all that returns': {
    taking: function* () {
      steps.push('clause')
      return 'result'
    },
    order: ['clause', ...closedInOrder],
  },
}

test.each(Object.entries(ways))(
  '%s closes every frame of the body once, innermost first',
  (_way, { taking, order }) => {
    const handled = WithHandler(taking as AnyHandler as Handler, body())
    const result = run(guarded(handled))
    expect(result).toEqual(_way.includes('throws') ? { thrown: 'result' } : 'result')
    expect(steps).toEqual(order)
  },
)

describe('a raw clause that keeps its continuation', () => {
  test('leaves the body suspended until the end of the run, which closes it before the result is out', () => {
    const keeping = handler('keeping').raw(Stop, function* () {
      return 'kept'
    })
    const program = Do(function* () {
      const result = yield* body().with(keeping)
      steps.push('run goes on')
      return result
    })
    expect(run(program())).toBe('kept')
    expect(steps).toEqual(['run goes on', ...closedInOrder])
  })

  test('leaves the youngest to be closed first', () => {
    const keeping = handler('keeping').raw(Stop, function* () {
      return 'kept'
    })
    const program = Do(function* () {
      for (const name of ['first', 'second', 'third']) yield* noting(name, Stop()).with(keeping)
    })
    run(program())
    expect(steps).toEqual(['third closed', 'second closed', 'first closed'])
  })

  test('leaves those to be closed that are still unused when the run throws', () => {
    const kept: Continuation<unknown>[] = []
    const keeping = handler('keeping').raw(Stop, function* (k) {
      kept.push(k)
    })
    const program = Do(function* () {
      for (const name of ['first', 'second', 'third']) yield* noting(name, Stop()).with(keeping)
      yield Resume(kept[1] as Continuation<unknown>, 1)
      steps.push('throws')
      throw new Error('over')
    })
    expect(() => run(program())).toThrow('over')
    expect(steps).toEqual(['second returned', 'second closed', 'throws', 'third closed', 'first closed'])
  })
})

describe('a clause under way is a frame too:', () => {
  const clauseOf = (name: string) =>
    handler(name).ctl(Other, function* (k) {
      try {
        return yield Resume(k, 1)
      } finally {
        steps.push(`${name} closed`)
      }
    })
  const performing = Do(function* () {
    yield* Other()
    return yield* noting('body', Stop())
  })

  test('a pending clause is closed after the body it resumed', () => {
    const ending = handler('ending').final(Stop, () => 'ended')
    expect(run(performing().with(clauseOf('pending')).with(ending))).toBe('ended')
    expect(steps).toEqual(['body closed', 'pending closed'])
  })

  test('a clause that declines is closed, the body is not', () => {
    const declining = handler('declining').ctl(Stop, function* () {
      try {
        yield Delegate()
      } finally {
        steps.push('declining closed')
      }
    })
    expect(run(noting('body', Stop()).with(declining).with(handler('outer').val(Stop, 1)))).toBe(1)
    expect(steps).toEqual(['declining closed', 'body returned', 'body closed'])
  })

  test('a clause that transfers is closed before the body goes on', () => {
    const transferring = handler('transferring').ctl(Stop, function* (k) {
      try {
        yield Transfer(k, 1)
      } finally {
        steps.push('clause closed')
      }
      steps.push('never')
    })
    expect(run(noting('body', Stop()).with(transferring))).toBe(1)
    expect(steps).toEqual(['clause closed', 'body returned', 'body closed'])
  })

  test('a program that a clause waits for is closed with it', () => {
    const waiting = handler('waiting').ctl(Other, function* () {
      return yield* noting('called by the clause', Stop())
    })
    const ending = handler('ending').final(Stop, () => 'ended')
    expect(run(noting('body', Other()).with(waiting).with(ending))).toBe('ended')
    // The clause's frames are inside of the handler that ends; its continuation is closed as it goes.
    expect(steps).toEqual(['called by the clause closed', 'body closed'])
  })
})

test('a frame that returned or threw is not closed again', () => {
  const refusing = handler('refusing').ctl(Stop, function* (k) {
    return yield ResumeThrow(k, new Error('refused'))
  })
  expect(run(guarded(body().with(refusing)))).toEqual({ thrown: 'refused' })
  const order = ['inner', 'middle', 'outer']
  expect(steps).toEqual(order.flatMap(name => [`${name} threw`, `${name} closed`]))
})

test('disposing of a VM in the middle of a run closes everything', () => {
  const vm = newVm()
  vm.startProgram(body().with(handler('never')))
  for (let i = 0; i < 3; i++) vm.stepOnce()
  vm.dispose()
  expect(steps).toEqual(closedInOrder)
})
