// Discontinue(k) closes the frames of a continuation, innermost first, and answers undefined when they are closed.

import {
  type Continuation,
  CreateContinuation,
  Discontinue,
  Do,
  effect,
  handler,
  pure,
  ResumeContinuation,
} from '../../index'
import { run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()
const Note = effect('Note')<[text: string], void>()
type K = Continuation<unknown>

let steps: string[]
beforeEach(() => {
  steps = []
})
const notes = (name: string) => handler(name).fun(Note, text => void steps.push(`${text} ${name}`))

const body = Do(function* () {
  try {
    yield* Ask()
  } finally {
    yield* Note('closed under')
  }
})

const discontinuing = handler('discontinuing').ctl(Ask, function* (k) {
  const answer = yield Discontinue(k)
  steps.push('goes on')
  return ['answered', answer]
})

test('answers undefined once the computation is closed', () => {
  expect(run(body().with(discontinuing).with(notes('outer')))).toEqual(['answered', undefined])
  expect(steps).toEqual(['closed under outer', 'goes on'])
})

test('returned, it gives the handled program the result undefined', () => {
  const returning = handler('returning').ctl(Ask, function* (k) {
    return Discontinue(k)
  })
  expect(run(body().with(returning).with(notes('outer')))).toBeUndefined()
  expect(steps).toEqual(['closed under outer'])
})

test('lets cleanups find the handlers of the place where it is yielded', () => {
  let kept: K | undefined
  const keeping = handler('keeping').raw(Ask, function* (k) {
    kept = k
  })
  const closing = Do(function* () {
    yield Discontinue(kept as K)
  })
  const program = Do(function* () {
    yield* body().with(keeping).with(notes('captured'))
    yield* closing().with(notes('discontinued'))
  })
  run(program())
  expect(steps).toEqual(['closed under discontinued'])
})

test('throws the error of a cleanup at its own yield, when all is closed', () => {
  const failing = Do(function* () {
    try {
      yield* body()
    } finally {
      yield pure(0).map(() => {
        throw new Error('cleanup')
      })
    }
  })
  const catching = handler('catching').ctl(Ask, function* (k) {
    try {
      return yield Discontinue(k)
    } catch (error) {
      return ['caught', error]
    }
  })
  expect(run(failing().with(catching).with(notes('outer')))).toEqual(['caught', new Error('cleanup')])
  expect(steps).toEqual(['closed under outer'])
})

test('of an unstarted continuation only uses it up', () => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(pure(0).map(() => steps.push('never')))
    yield Discontinue(k)
    return yield ResumeContinuation(k)
  })
  expect(() => run(program())).toThrow('was used before, by Discontinue')
  expect(steps).toEqual([])
})
