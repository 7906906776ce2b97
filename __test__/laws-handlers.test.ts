// Handlers: laws H1 to H13, on random programs that perform the effects A, B and C.

import * as fc from 'fast-check'

import {
  Discontinue,
  Do,
  effect,
  Get,
  handler,
  pure,
  Put,
  reader,
  Resume,
  ResumeThrow,
  state,
  Tell,
  Transfer,
} from '../index'
import type { Node } from './oracle/ast'
import { effects, type Of } from './oracle/run-on-vm'
import { type Any, equal, node, outcome, seq, smallNode, value } from './support/laws'

const { A, B, C } = effects
const Unknown = effect('Unknown')<[], unknown>()
const Fail = effect('Fail')<[error: unknown], never>()
const add = (v: unknown, n: number) => `${String(v)}+${n}`

test('H1: a program that performs nothing goes through the return clause: H[pure x] = ret x', () => {
  equal(fc.tuple(value, node, smallNode), ([x, ret, clause]) => [
    of =>
      pure(x).with(
        handler('h')
          .ctl(A, function* () {
            return yield of(clause)
          })
          .returns(function* (v) {
            return yield of(ret, v)
          }),
      ),
    of => of(ret, x),
  ])
})

describe('H2: the defining equation, H[perform op v, then f] = clause v (x => H[f x]):', () => {
  /** Clauses written over whatever resumes them. */
  const clauses: Record<string, (v: unknown, resume: (x: unknown) => Any) => Any> = {
    'resuming in the end': (v, resume) => seq(Tell(v), resume(add(v, 1))),
    'resuming in the middle': (v, resume) =>
      Do(function* () {
        const result = yield resume(add(v, 1))
        yield Tell('after')
        return [result]
      })(),
    'performing before': (v, resume) => B(v).flatMap(b => resume(b)),
    'catching what is thrown after': (v, resume) =>
      Do(function* () {
        try {
          return yield resume(v)
        } catch {
          return 'caught'
        }
      })(),
    'not resuming': v => pure(add(v, 2)),
    throwing: v =>
      pure(0).map(() => {
        throw v
      }),
  }

  test.each(Object.entries(clauses))('a clause %s', (_what, clause) => {
    const h = handler('h').ctl(A, function* (k, v) {
      return yield clause(v, x => Resume(k, x))
    })
    equal(fc.tuple(value, node), ([v, f]) => [
      of =>
        A(v)
          .flatMap(x => of(f, x))
          .with(h as never),
      of => clause(v, x => of(f, x).with(h as never)),
    ])
  })
})

test('H3: handlers that do not know the effects of a program are transparent, however many', () => {
  const unknown = handler('unknown').val(Unknown, 0)
  equal(fc.tuple(node, fc.integer({ min: 1, max: 5 })), ([p, n]) => [
    of => Array.from({ length: n }).reduce<Any>(inner => inner.with(unknown), of(p)),
    of => of(p),
  ])
})

test('H4: a handler without clauses whose return clause is the identity is no change', () => {
  equal(node, p => [of => of(p).with(handler('none')), of => of(p).with(handler('same').returns(v => v)), of => of(p)])
})

test('H5 and H6: a clause that resumes in tail position is the same in every form', () => {
  const g = (v: unknown) => add(v, 5)
  const forms = [
    handler('fun').fun(A, g),
    handler('fun giving a program').fun(A, v => pure(g(v))),
    handler('return Resume').ctl(A, function* (k, v) {
      return Resume(k, g(v))
    }),
    handler('yield Transfer').ctl(A, function* (k, v) {
      yield Transfer(k, g(v))
    }),
    handler('yield Resume').ctl(A, function* (k, v) {
      return yield Resume(k, g(v))
    }),
    handler('in a called program').ctl(A, function* (k, v) {
      return yield seq(Resume(k, g(v)))
    }),
    handler('raw').raw(A, function* (k, v) {
      return Resume(k, g(v))
    }),
  ]
  equal(node, p => forms.map(form => of => of(p).with(form as never)))
})

test('H5: a constant is a function that gives it', () => {
  equal(fc.tuple(node, value), ([p, v]) => [
    of => of(p).with(handler('val').val(A, v)),
    of => of(p).with(handler('fun').fun(A, () => v)),
  ])
})

test('H7: a clause that ignores k is the result, what follows never runs, and cleanups run once', () => {
  const bracketed = Do(function* (inner: Any) {
    try {
      return yield inner
    } finally {
      yield Tell('cleaned')
    }
  })
  const bodyOf = (of: Of, v: number, f: Node) => bracketed(A(v).flatMap(x => of(f, x)))
  equal(fc.tuple(value, smallNode, node), ([v, c, f]) => [
    of =>
      bodyOf(of, v, f).with(
        handler('final').final(A, function* (v) {
          return yield seq(Tell('clause'), of(c, v))
        }),
      ),
    of => seq(Tell('cleaned'), Tell('clause'), of(c, v)),
  ])
  equal(fc.tuple(value, smallNode, node), ([v, c, f]) => [
    of =>
      bodyOf(of, v, f).with(
        handler('ctl').ctl(A, function* (_, v) {
          return yield seq(Tell('clause'), of(c, v))
        }),
      ),
    of => bracketed(seq(Tell('clause'), of(c, v))),
  ])
})

test('H8: throwing is performing an effect that nobody resumes', () => {
  const failWith = (error: unknown) => Fail(error)
  const throwIt = Do(function* (error: unknown) {
    throw error
  })
  const attempt = Do(function* (program: Any, recover: (error: unknown) => Any) {
    try {
      return yield program
    } catch (error) {
      return yield recover(error)
    }
  })
  const encoded = (program: Any, recover: (error: unknown) => Any) =>
    program.with(
      handler('recovering').final(Fail, function* (error) {
        return yield recover(error)
      }) as never,
    )
  equal(fc.tuple(value, fc.array(value, { maxLength: 3 }), smallNode), ([e, told, h]) => {
    const before = () => seq(...told.map(message => Tell(message)))
    return [
      of => attempt(seq(before(), throwIt(e), Tell('never')), error => of(h, error)),
      of => encoded(seq(before(), failWith(e), Tell('never')), error => of(h, error)),
    ]
  })
})

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

test('H12: a second use of k throws, and changes nothing', () => {
  const uses = [
    (k: never) => Resume(k, 0 as never),
    (k: never) => ResumeThrow(k, 0),
    (k: never) => Transfer(k, 0 as never),
    (k: never) => Discontinue(k),
  ]
  const once = handler('h').ctl(A, function* (k, v) {
    return yield Resume(k, v)
  })
  const twice = uses.map(use =>
    handler('h').ctl(A, function* (k, v) {
      const result = yield Resume(k, v)
      try {
        yield use(k as never)
      } catch {
        return result
      }
      return 'not refused'
    }),
  )
  equal(node, p => [once, ...twice].map(h => of => of(p).with(h as never)))
})

test('H12, a lock: resuming twice is not resuming once', () => {
  const resuming = (times: number) =>
    handler('h').ctl(A, function* (k, v) {
      let result: unknown
      for (let i = 0; i < times; i++) result = yield Resume(k, v)
      return result
    })
  const [once, twice] = [1, 2].map(times => outcome(() => A(5).with(resuming(times) as never)))
  expect([once?.ended, once?.value]).toEqual(['returned', 5])
  expect([twice?.ended, twice?.value]).toEqual(['threw', 'ERR_ONE_SHOT_VIOLATION'])
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
