// Transfer and TransferThrow never answer: the yielding generator is closed first, then the continuation takes its
// place. They are `return Resume(…)` and `return ResumeThrow(…)` from wherever they are yielded.

import { type Continuation, Do, effect, handler, Resume, ResumeThrow, Transfer, TransferThrow } from '../../index'
import { run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()
type K = Continuation<unknown>

let steps: string[]
beforeEach(() => {
  steps = []
})

const body = Do(function* () {
  try {
    const answer = yield* Ask()
    steps.push('answered')
    return ['body', answer]
  } catch (error) {
    steps.push('refused')
    return ['refused', error]
  }
})

const ways = {
  Transfer: { go: (k: K) => Transfer(k, 'v'), tail: (k: K) => Resume(k, 'v'), step: 'answered', result: ['body', 'v'] },
  TransferThrow: {
    go: (k: K) => TransferThrow(k, 'e'),
    tail: (k: K) => ResumeThrow(k, 'e'),
    step: 'refused',
    result: ['refused', 'e'],
  },
}

describe.each(Object.entries(ways))('%s', (_name, { go, tail, step, result }) => {
  test('gives the result of the computation to whoever awaits the handled program', () => {
    const transferring = handler('h').ctl(Ask, function* (k) {
      yield go(k)
      steps.push('never')
    })
    expect(run(body().with(transferring))).toEqual(result)
    expect(steps).toEqual([step])
  })

  test('closes the generator that yields it before the computation goes on', () => {
    const transferring = handler('h').ctl(Ask, function* (k) {
      try {
        yield go(k)
      } finally {
        steps.push('clause closed')
      }
    })
    expect(run(body().with(transferring))).toEqual(result)
    expect(steps).toEqual(['clause closed', step])
  })

  test.each([
    ['returned', (k: K) => go(k)],
    ['its tail form returned', (k: K) => tail(k)],
  ])('is the same, %s', (_how, make) => {
    const returning = handler('h').ctl(Ask, function* (k) {
      return make(k)
    })
    expect(run(body().with(returning))).toEqual(result)
    expect(steps).toEqual([step])
  })

  test('from a program that a clause calls replaces that program only', () => {
    const calling = handler('h').ctl(Ask, function* (k) {
      const inner = yield Do(function* () {
        try {
          yield go(k)
        } finally {
          steps.push('called closed')
        }
      })()
      steps.push('clause goes on')
      return ['clause', inner]
    })
    expect(run(body().with(calling))).toEqual(['clause', result])
    expect(steps).toEqual(['called closed', step, 'clause goes on'])
  })

  test('cannot be caught by the generator that yields it', () => {
    const catching = handler('h').ctl(Ask, function* (k) {
      try {
        yield go(k)
      } catch {
        steps.push('never')
      }
    })
    expect(run(body().with(catching))).toEqual(result)
    expect(steps).toEqual([step])
  })

  test('of a kept continuation, from a program, gives that program’s caller the result', () => {
    let kept: K | undefined
    const keeping = handler('keeping').raw(Ask, function* (k) {
      kept = k
    })
    const going = Do(function* () {
      yield go(kept as K)
      steps.push('never')
    })
    const program = Do(function* () {
      yield* body().with(keeping)
      return ['caller', yield going()]
    })
    expect(run(program())).toEqual(['caller', result])
  })

  test('of a continuation that is not the clause’s own abandons the body first', () => {
    const kept: K[] = []
    const keeping = handler('keeping').raw(Ask, function* (k) {
      kept.push(k)
    })
    const leaving = handler('leaving').ctl(Ask, function* () {
      yield go(kept[0] as K)
    })
    const closing = Do(function* () {
      try {
        yield* Ask()
      } finally {
        steps.push('own body closed')
      }
    })
    const program = Do(function* () {
      yield* body().with(keeping)
      return yield* closing().with(leaving)
    })
    expect(run(program())).toEqual(result)
    expect(steps).toEqual(['own body closed', step])
  })
})

test('an error that TransferThrow throws and nobody catches leaves at the handled program', () => {
  const throwing = handler('h').ctl(Ask, function* (k) {
    yield TransferThrow(k, new Error('refused'))
  })
  expect(() => run(Ask().with(throwing))).toThrow('refused')
})
