// One handler: laws H1 to H8 and H12, on random programs that perform the effects A, B and C.

import { inspect } from 'node:util'

import * as fc from 'fast-check'

import {
  type Continuation,
  Delegate,
  Discontinue,
  Do,
  effect,
  GetContinuation,
  GetHandlers,
  GetTraceback,
  handler,
  pure,
  raw,
  Resume,
  ResumeThrow,
  Tell,
  Transfer,
  WithHandler,
} from '../../index'
import type { Node } from '../oracle/ast'
import { effects, type Of } from '../oracle/run-on-vm'
import { type Any, equal, node, outcome, seq, smallNode, value } from '../support/laws'

const { A, B } = effects
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

test('GH1, GH2, GH3: looking at handlers, traces and continuations uses nothing up and changes nothing', () => {
  const looks = [
    GetHandlers,
    () => GetContinuation(),
    () => GetTraceback(),
    (k: Continuation) => GetTraceback(k),
    (k: Continuation) => pure(inspect(k)),
  ] as ((k: unknown) => Any)[]
  const plain = handler('h').ctl(A, function* (k, v) {
    return ['answered', yield Resume(k, v)]
  })
  const looking = looks.map(look =>
    handler('h').ctl(A, function* (k, v) {
      for (let i = 0; i < 3; i++) yield look(k)
      return ['answered', yield Resume(k, v)]
    }),
  )
  equal(node, p => [plain, ...looking].map(h => (of: Of) => of(p).with(h as never)))
  equal(fc.tuple(node, node), ([p, q]) => [
    of => of(p).flatMap(v => of(q, v)),
    of => of(p).flatMap(v => seq(GetHandlers() as Any, GetTraceback() as Any, of(q, v))),
  ])
})

test('O1: who watches every effect and passes it on is not noticed', () => {
  const watching = function* () {
    yield Delegate()
  }
  equal(node, p => [
    of => of(p),
    of => WithHandler(watching as never, of(p)) as Any,
    of => WithHandler(raw(watching as never) as never, of(p)) as Any,
  ])
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
