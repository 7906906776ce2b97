// The built-in handlers are handlers that could be written in JavaScript, laws S9 and H5. State is the built-in one, one
// of clauses over a Map, and a parameter that is handed on; all three agree on random programs of gets, puts, changes,
// calls, throws and cleanups.

import * as fc from 'fast-check'

import {
  Ask,
  type Continuation,
  Do,
  Get,
  handler,
  Modify,
  pure,
  Put,
  reader,
  Resume,
  ResumeThrow,
  state,
  Tell,
  writer,
} from '../../index'
import type { Node, Operand } from '../oracle/ast'
import { observe, type Of } from '../oracle/run-on-vm'
import { type Any, equal, node, value } from '../support/laws'

type Store = ReadonlyMap<unknown, unknown>

const operand = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant<Operand>('it'))
const key = fc.constantFrom('x', 'y', 'z')
const op = (op: Node['op'], fields: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ op: fc.constant(op), ...fields }) as fc.Arbitrary<Node>

const { program } = fc.letrec<{ program: Node }>(tie => {
  const inner = tie('program')
  return {
    program: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      op('get', { key }),
      op('put', { key, value: operand }),
      op('modify', { key, by: fc.integer({ min: -1, max: 5 }) }),
      op('tell', { value: operand }),
      op('throw', { value: operand }),
      op('bind', { first: inner, then: inner }),
      op('bind', { first: inner, then: inner }),
      op('call', { body: inner }),
      op('try', { body: inner }),
      op('catch', { body: inner, then: inner }),
      op('finally', { body: inner, cleanup: inner }),
    ),
  }
})

/** The last state of a program, whether it returned or threw; the outcome as a value. */
const reporting = Do(function* (body: Any) {
  let ended: unknown
  try {
    ended = ['returned', yield body]
  } catch (error) {
    ended = ['threw', error]
  }
  return [ended, yield Get('x'), yield Get('y'), yield Get('z')]
})

/** State by clauses over a Map. */
function overMap() {
  const store = new Map<unknown, unknown>()
  return handler('over a Map')
    .fun(Get, key => store.get(key))
    .fun(Put, (key, value) => void store.set(key, value))
    .ctl(Modify, function* (k, key, change) {
      const old = store.get(key)
      try {
        store.set(key, change(old as never))
      } catch (error) {
        return ResumeThrow(k, error)
      }
      return Resume(k, old)
    })
}

/** What is still to be done, given the state: State as a parameter that is handed on. */
type Step = (state: Store) => Any

function resuming(k: Continuation<unknown>, answer: unknown, state: Store): Any {
  return Resume(k, answer).flatMap(next => (next as Step)(state))
}

const threaded = handler('threaded')
  .raw(Get, function* (k, key) {
    const step: Step = state => resuming(k, state.get(key), state)
    return step
  })
  .raw(Put, function* (k, key, value) {
    const step: Step = state => resuming(k as Continuation<unknown>, undefined, new Map(state).set(key, value))
    return step
  })
  .raw(Modify, function* (k, key, change) {
    const step: Step = state => {
      const old = state.get(key)
      try {
        return resuming(k, old, new Map(state).set(key, change(old as never)))
      } catch (error) {
        return ResumeThrow(k, error).flatMap(next => (next as unknown as Step)(state))
      }
    }
    return step
  })
  .returns(
    (value: unknown): Step =>
      () =>
        pure(value),
  )

test('S9: the built-in State, one over a Map and one that is handed on agree', () => {
  fc.assert(
    fc.property(program, node => {
      const body = (of: Of) => reporting(of(node))
      const native = observe(of => body(of).with(state()))
      expect(observe(of => body(of).with(overMap() as never))).toEqual(native)
      expect(
        observe(of =>
          body(of)
            .with(threaded as never)
            .flatMap(step => (step as Step)(new Map())),
        ),
      ).toEqual(native)
    }),
    { numRuns: 500 },
  )
})

test('H5: the built-in Reader is a function of the key, in place or in tail position', () => {
  equal(fc.tuple(node, fc.record({ x: value, y: value, z: value })), ([p, env]) => [
    of => of(p).with(reader(env)),
    of => of(p).with(handler('fun').fun(Ask, key => env[key as keyof typeof env])),
    of =>
      of(p).with(
        handler('ctl').ctl(Ask, function* (k, key) {
          return Resume(k as Continuation<unknown>, env[key as keyof typeof env])
        }) as never,
      ),
  ])
})

test('H5: the built-in Writer is a function that answers nothing', () => {
  equal(node, p => [of => of(p).with(writer()), of => of(p).with(handler('fun').fun(Tell, () => undefined))])
})
