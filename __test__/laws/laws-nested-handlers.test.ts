// Handlers around handlers: laws H9, H10, H11 and H13, on random programs that perform the effects A, B and C.

import * as fc from 'fast-check'

import { Do, effect, Get, handler, pure, Put, reader, Resume, state, Tell } from '../../index'
import { effects, type Of } from '../oracle/run-on-vm'
import { type Any, equal, node, outcome, seq } from '../support/laws'

const { A, B, C } = effects
const Fail = effect('Fail')<[error: unknown], never>()
const add = (v: unknown, n: number) => `${String(v)}+${n}`

const tailA = handler('A').ctl(A, function* (k, v) {
  yield Tell('A')
  return Resume(k, add(v, 1))
})
const tailB = handler('B').fun(B, v => add(v, 2))
const [retA, retB] = [(v: unknown) => ['A', v], (v: unknown) => ['B', v]]

test('H9: two handlers of disjoint effects are one, when their return clauses compose', () => {
  const fused = handler('fused')
    .ctl(A, function* (k, v) {
      yield Tell('A')
      return Resume(k, add(v, 1))
    })
    .fun(B, v => add(v, 2))
    .returns(v => retA(retB(v)))
  equal(node, p => [of => of(p).with(tailB.returns(retB)).with(tailA.returns(retA)), of => of(p).with(fused)])
})

test('H9: and they commute when neither has a return clause', () => {
  equal(node, p => [of => of(p).with(tailA).with(tailB), of => of(p).with(tailB).with(tailA)])
})

describe('H9, locks: handlers do not commute', () => {
  const both = (one: Any, other: Any) => [outcome(() => one).value, outcome(() => other).value]

  test('when both take one effect: the inner one wins', () => {
    const [one, two] = [handler('one').val(A, 1), handler('two').val(A, 2)]
    expect(both(A(0).with(one).with(two), A(0).with(two).with(one))).toEqual([1, 2])
  })

  test('when a clause of one performs the effect of the other', () => {
    const asking = handler('asking').fun(A, v => B(v))
    const inner = handler('inner').val(B, 'inner')
    const outer = handler('outer').val(B, 'outer')
    const one = A(0).with(inner).with(asking).with(outer)
    expect(both(one, A(0).with(asking).with(inner).with(outer))).toEqual(['outer', 'inner'])
  })

  test('when they have return clauses', () => {
    const one = pure(0).with(tailA.returns(retA)).with(tailB.returns(retB))
    expect(both(one, pure(0).with(tailB.returns(retB)).with(tailA.returns(retA)))).toEqual([
      ['B', ['A', 0]],
      ['A', ['B', 0]],
    ])
  })
})

test('H10: Reader and State commute', () => {
  const [env, store] = [reader({ x: 1, y: 2 }), state({ x: 3 })]
  equal(node, p => [of => of(p).with(env).with(store), of => of(p).with(store).with(env)])
})

test('H10, a lock: State and failures do not: outside of the recovery it keeps, inside of it rolls back', () => {
  const recovering = handler('recovering').final(Fail, () => 'recovered')
  const failing = seq(Put('n', 'changed'), Fail(0))
  const outside = seq(failing.with(recovering), Get('n')).with(state({ n: 'initial' }))
  const inside = seq(failing.with(state({ n: 'initial' })).with(recovering), Get('n')).with(state({ n: 'initial' }))
  expect([outcome(() => outside).value, outcome(() => inside).value]).toEqual(['changed', 'initial'])
})

test('H10, a lock: nor do State and a throw that is caught', () => {
  const attempt = Do(function* (program: Any) {
    try {
      yield program
    } catch {
      // Only the state is of interest.
    }
    return yield Get('n')
  })
  const failing = Put('n', 'changed').map(() => {
    throw new Error('failed')
  })
  const outside = attempt(failing).with(state({ n: 'initial' }))
  const inside = attempt(failing.with(state({ n: 'initial' }))).with(state({ n: 'initial' }))
  expect([outcome(() => outside).value, outcome(() => inside).value]).toEqual(['changed', 'initial'])
})

test('H11: an inner handler hides the outer one, which is called again after it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), (hidden, seen) => {
      let calls = 0
      const outer = handler('outer').fun(A, () => ++calls)
      const performing = (n: number) => seq(...Array.from({ length: n }, () => A(0)))
      outcome(() => seq(performing(hidden).with(handler('inner').val(A, 0)), performing(seen)).with(outer))
      expect(calls).toBe(seen)
    }),
  )
})

test('H13: a clause that performs its own effect reaches the outer handlers: passing it on is no change', () => {
  const forms = [
    handler('fun').fun(A, v => A(v)),
    handler('ctl').ctl(A, function* (k, v) {
      return Resume(k, yield A(v))
    }),
  ]
  const others = handler('others').val(A, 7).val(C, 9)
  equal(node, p => [
    of => of(p).with(others),
    ...forms.map(
      form => (of: Of) =>
        of(p)
          .with(form as never)
          .with(others),
    ),
  ])
})
