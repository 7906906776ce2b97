// ResumeThrow(k, e): e is thrown at the suspended perform.

import { Do, effect, handler, ResumeThrow } from '../../index'
import { run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()
const refusing = handler('refusing').ctl(Ask, function* (k) {
  return ['clause', yield ResumeThrow(k, new Error('refused'))]
})
/** Catches what leaves the body. */
const forgiving = handler('forgiving').ctl(Ask, function* (k) {
  try {
    return yield ResumeThrow(k, new Error('refused'))
  } catch (error) {
    return ['left', error]
  }
})

test('what the program makes of the error is the answer', () => {
  const body = Do(function* () {
    try {
      return yield* Ask()
    } catch (error) {
      return ['caught', error]
    }
  })
  expect(run(body().with(refusing))).toEqual(['clause', ['caught', new Error('refused')]])
})

test('a program that catches goes on under the same handlers', () => {
  const body = Do(function* () {
    const errors: unknown[] = []
    for (let i = 0; i < 2; i++) {
      try {
        yield* Ask()
      } catch (error) {
        errors.push(error)
      }
    }
    return errors.length
  })
  expect(run(body().with(refusing))).toEqual(['clause', ['clause', 2]])
})

test('an error that is not caught comes back to the clause that threw it', () => {
  expect(run(Ask().with(forgiving))).toEqual(['left', new Error('refused')])
})

test('the error passes the handlers of the body, whose return clauses do not run', () => {
  const inner = handler('inner').returns(() => 'never')
  expect(run(Ask().with(inner).with(forgiving))).toEqual(['left', new Error('refused')])
})

test('the finally blocks of the body run on the way', () => {
  const steps: string[] = []
  const body = Do(function* () {
    try {
      yield* Ask()
    } finally {
      steps.push('finally')
    }
  })
  run(body().with(forgiving))
  expect(steps).toEqual(['finally'])
})

test('an error of the body replaces it, as in plain JavaScript', () => {
  const body = Do(function* () {
    try {
      return yield* Ask()
    } catch (cause) {
      throw new Error('mine', { cause })
    }
  })
  expect(run(body().with(forgiving))).toEqual(['left', new Error('mine')])
})

test('a perform in a program below is thrown into at its own place, innermost first', () => {
  const steps: string[] = []
  const inner = Do(function* () {
    try {
      return yield* Ask()
    } catch (error) {
      steps.push('inner')
      throw error
    }
  })
  const outer = Do(function* () {
    try {
      return yield* inner()
    } catch {
      steps.push('outer')
      return 'recovered'
    }
  })
  expect(run(outer().with(refusing))).toEqual(['clause', 'recovered'])
  expect(steps).toEqual(['inner', 'outer'])
})
