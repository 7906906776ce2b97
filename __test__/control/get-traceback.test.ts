// GetTraceback(k?) answers the programs, clauses and handlers from here outward, or those of a continuation, as data.

import { type Continuation, Do, effect, GetTraceback, handler, Resume } from '../../index'
import { run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()
const h = handler('h')

const inner = Do(function* inner() {
  return yield* GetTraceback()
})
const outer = Do(function* outer() {
  return yield* inner().with(h)
})

test('names programs and handlers, innermost first', () => {
  expect(run(outer().with(h))).toEqual([
    { kind: 'program', name: 'inner' },
    { kind: 'handler', name: 'h' },
    { kind: 'program', name: 'outer' },
    { kind: 'handler', name: 'h' },
  ])
})

test('names the clause under way, and what is outside of its handler', () => {
  const asked = handler('asked').ctl(Ask, function* (k) {
    return Resume(k, yield* GetTraceback())
  })
  const asking = Do(function* asking() {
    return yield* Ask()
  })
  expect(run(asking().with(asked).with(h))).toEqual([
    { kind: 'clause', name: 'Ask in asked' },
    { kind: 'handler', name: 'h' },
  ])
})

test('of a continuation names its frames, up to and including its handler', () => {
  const asked = handler('asked').ctl(Ask, function* (k) {
    return Resume(k, yield* GetTraceback(k as Continuation))
  })
  const asking = Do(function* asking() {
    return yield* Ask()
  })
  const calling = Do(function* calling() {
    return yield* asking().with(h)
  })
  expect(run(calling().with(asked).with(h))).toEqual([
    { kind: 'program', name: 'asking' },
    { kind: 'handler', name: 'h' },
    { kind: 'program', name: 'calling' },
    { kind: 'handler', name: 'asked' },
  ])
})

test('does not use the continuation', () => {
  const asked = handler('asked').ctl(Ask, function* (k) {
    yield GetTraceback(k as Continuation)
    return Resume(k, 'usable')
  })
  expect(run(Ask().with(asked))).toBe('usable')
})

test('is data: changing it changes nothing', () => {
  const program = Do(function* program() {
    const first = (yield* GetTraceback()) as unknown[]
    first.length = 0
    return yield* GetTraceback()
  })
  expect(run(program())).toEqual([{ kind: 'program', name: 'program' }])
})

test('of a chain 10,000 deep is cut', () => {
  const deep = Do(function* (n: number): Generator<unknown, unknown, unknown> {
    return n === 0 ? yield GetTraceback() : yield deep(n - 1)
  })
  expect(run(deep(10_000))).toHaveLength(256)
})

test('of a continuation used before is refused', () => {
  const asked = handler('asked').ctl(Ask, function* (k) {
    yield Resume(k, 1)
    return yield GetTraceback(k as Continuation)
  })
  expect(() => run(Ask().with(asked))).toThrow('was used before, by Resume')
})
