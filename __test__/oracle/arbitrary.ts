// Random programs, for fast-check.

import fc from 'fast-check'

import type { ClauseNode, EffectName, HandlerNode, Node } from './ast'

/** Where a node stands, as far as it limits what may stand there. */
interface Place {
  /** In a clause: `k` is there. */
  readonly clause: boolean
  /** No handler stands between here and the clause, so that it may decline. */
  readonly near: boolean
  /** The generator may be left by `return` and by what closes it; then no cleanup of it runs on after a closing. */
  readonly leaves: boolean
  /** In a cleanup, or in a `catch`. */
  readonly guarded: boolean
}

const operand = fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.constant('it' as const))
const key = fc.constantFrom('x', 'y', 'z')
const letter = fc.constantFrom('A', 'B', 'C')
const number = fc.integer({ min: 0, max: 9 })
const amount = fc.integer({ min: -1, max: 3 })
const throws = fc.boolean()
const effectName = fc.constantFrom<EffectName[]>('A', 'A', 'B', 'B', 'C', 'Get', 'Put', 'Modify', 'Ask', 'Tell')

const op = <const Op extends string, Fields extends object>(op: Op, fields: Fields) =>
  fc.record({ op: fc.constant(op), ...fields }) as unknown as fc.Arbitrary<Node>

const leaves = [
  op('pure', { value: operand }),
  op('note', { value: operand }),
  op('get', { key }),
  op('put', { key, value: operand }),
  op('modify', { key, by: amount }),
  op('ask', { key }),
  op('tell', { value: operand }),
  op('throw', { value: operand }),
  op('wake', { value: operand }),
]
const perform = op('perform', { effect: letter, value: operand })
const withK = [
  op('resume', { value: operand, throws }),
  op('resume', { value: operand, throws: fc.constant(false) }),
  op('discontinue', {}),
  op('keep', {}),
]
const leaving = [op('return', { value: operand })]
const leavingWithK = [
  op('transfer', { value: operand, throws }),
  op('tailResume', { value: operand, throws }),
  op('tailResume', { value: operand, throws: fc.constant(false) }),
]
const declining = op('delegate', { instead: fc.option(letter, { nil: undefined }), returned: fc.boolean() })

const memo = new Map<string, fc.Arbitrary<Node>>()

/** A node of at most this depth. */
function nodeAt(place: Place, depth: number): fc.Arbitrary<Node> {
  const name = `${JSON.stringify(place)}${depth}`
  let arbitrary = memo.get(name)
  if (arbitrary === undefined) {
    arbitrary = makeNode(place, depth)
    memo.set(name, arbitrary)
  }
  return arbitrary
}

function makeNode(place: Place, depth: number): fc.Arbitrary<Node> {
  const mayLeave = place.leaves && !place.guarded
  const simple = [
    ...leaves,
    perform,
    perform,
    perform,
    ...(place.clause ? [...withK, ...withK] : []),
    ...(mayLeave ? leaving : []),
    ...(mayLeave && place.clause ? [...leavingWithK, ...leavingWithK] : []),
    ...(mayLeave && place.near ? [declining, declining] : []),
  ]
  if (depth === 0) return fc.oneof({ withCrossShrink: true }, ...simple)
  const here = nodeAt(place, depth - 1)
  const guarded = nodeAt({ ...place, guarded: true }, depth - 1)
  const inside = generator({ ...place, near: false }, depth - 1)
  const called = generator(place, depth - 1)
  const bind = op('bind', { first: here, then: here })
  const nested = [
    op('call', { body: called }),
    op('try', { body: called }),
    op('local', { key, value: operand, body: inside }),
    op('listen', { body: inside }),
    op('catch', { body: place.leaves ? guarded : here, then: here }),
    ...(place.leaves && place.guarded ? [] : [op('finally', { body: here, cleanup: guarded })]),
    ...(place.leaves && place.guarded ? [] : [op('finally', { body: here, cleanup: guarded })]),
    ...(mayLeave ? [op('tail', { body: called })] : []),
    op('state', { value: number, body: inside }),
    op('reader', { value: number, body: inside }),
    op('writer', { value: number, body: inside }),
  ]
  const handle = op('handle', { handler: handlerAt(depth - 1), body: inside })
  return fc.oneof(
    { withCrossShrink: true },
    ...simple.map(arbitrary => ({ weight: 1, arbitrary })),
    { weight: 10, arbitrary: bind },
    ...nested.map(arbitrary => ({ weight: 2, arbitrary })),
    { weight: 12, arbitrary: handle },
  )
}

/** The whole of a generator: either it may be left early, or its cleanups may do what they like. */
function generator(place: Place, depth: number): fc.Arbitrary<Node> {
  return fc.oneof(
    nodeAt({ ...place, guarded: false, leaves: true }, depth),
    nodeAt({ ...place, guarded: false, leaves: false }, depth),
  )
}

const outside: Place = { clause: false, near: false, leaves: false, guarded: false }
const inClause: Place = { clause: true, near: true, leaves: false, guarded: false }

function clauseAt(depth: number): fc.Arbitrary<ClauseNode> {
  const effect = effectName
  return fc.oneof(
    fc.record({ effect, kind: fc.constant('val' as const), value: number }),
    fc.record({ effect, kind: fc.constant('fun' as const), by: amount }),
    fc.record({ effect, kind: fc.constantFrom('outside', 'final'), body: generator(outside, depth) }),
    fc.record({ effect, kind: fc.constantFrom('ctl', 'ctl', 'raw'), body: generator(inClause, depth) }),
    fc.record({ effect, kind: fc.constantFrom('ctl', 'ctl', 'raw'), body: generator(inClause, depth) }),
  )
}

function handlerAt(depth: number): fc.Arbitrary<HandlerNode> {
  const clauses = fc.uniqueArray(clauseAt(depth), { minLength: 1, maxLength: 3, selector: clause => clause.effect })
  const returns = fc.option(generator(outside, depth), { nil: undefined, freq: 3 })
  const all = fc.record({ kind: fc.constantFrom('ctl', 'raw'), body: generator(inClause, depth) })
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ clauses, returns }) as fc.Arbitrary<HandlerNode> },
    { weight: 1, arbitrary: fc.record({ clauses: fc.constant([]), all }) as fc.Arbitrary<HandlerNode> },
  )
}

/** A whole program. */
export function programs(depth: number): fc.Arbitrary<Node> {
  return generator(outside, depth)
}
