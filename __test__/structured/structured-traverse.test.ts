// traverse with a concurrency: so many at once, and none after a failure.

import fc from 'fast-check'

import { All, Do, InvalidProgramError, type Program, pure, scheduled, traverse, Yield } from '../../index'
import { run, thrownBy } from '../support/leaks'
import { failing, forever, log, worker } from '../support/workers'

type Any_ = Program<unknown, never>

describe('traverse with a concurrency', () => {
  test('answers in order', () => {
    const items = [3, 0, 2, 1]
    const results = run(traverse(items, n => worker(`w${n}`, n), { concurrency: 2 }).with(scheduled()))
    expect(results).toEqual(['w3', 'w0', 'w2', 'w1'])
  })

  test('has never more under way than it may, and as many as it can', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 20 }), fc.integer({ min: 1, max: 6 }), (items, concurrency) => {
        let now = 0
        let most = 0
        const counting = Do(function* (turns: number) {
          most = Math.max(most, ++now)
          for (let i = 0; i <= turns; i++) yield* Yield()
          now--
          return turns
        })
        const results = run(traverse(items, counting, { concurrency }).with(scheduled()))
        expect(results).toEqual(items)
        expect(most).toBe(Math.min(concurrency, items.length))
      }),
      { numRuns: 100 },
    )
  })

  test('Infinity is all at once; 1 is one after the other', () => {
    const started: number[] = []
    const noting = Do(function* (n: number) {
      started.push(n)
      yield* Yield()
      started.push(-n)
    })
    run(traverse([1, 2, 3], noting, { concurrency: Infinity }).with(scheduled()))
    run(traverse([4, 5], noting, { concurrency: 1 }).with(scheduled()))
    expect(started).toEqual([1, 2, 3, -1, -2, -3, 4, -4, 5, -5])
  })

  test('when one fails, no other is started and those under way are unwound', () => {
    const items = ['a', 'bad', 'b', 'c', 'd']
    const one = (item: string) => (item === 'bad' ? failing('bad', 1) : forever(item)) as Program<unknown, never>
    expect(thrownBy(() => run(traverse(items, one, { concurrency: 3 }).with(scheduled()) as Any_))).toEqual(
      new Error('bad'),
    )
    expect(log).toEqual(['a unwound', 'b unwound'])
  })

  test.each([0, -1, 1.5, NaN, '2'])('a concurrency of %p is refused', concurrency => {
    expect(thrownBy(() => traverse([], pure, { concurrency: concurrency as never }))).toBeInstanceOf(
      InvalidProgramError,
    )
  })

  test('gives f the index', () => {
    const indexed = traverse(['a', 'b'], (item, at) => pure(`${at}${item}`), { concurrency: 2 })
    expect(run(indexed.with(scheduled()))).toEqual(['0a', '1b'])
  })

  test('can be run twice', () => {
    const twice = traverse(new Set([1, 2]), n => pure(n), { concurrency: 2 })
    expect(run(All([twice, twice]).with(scheduled()))).toEqual([
      [1, 2],
      [1, 2],
    ])
  })
})
