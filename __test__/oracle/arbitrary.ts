// Random programs, for fast-check.

import * as fc from 'fast-check'

import { hasOwnTime, type ClauseNode, type EffectName, type HandlerNode, type Node } from './ast'

/** Where a node stands, as far as it limits what may stand there. */
interface Place {
  /** In a clause: its continuation is there. */
  readonly clause: boolean
  /** No handler stands between here and the clause, so that it may decline. */
  readonly near: boolean
  /** The generator may be left early, and closed by itself; then nothing of it runs on after a closing. */
  readonly leaves: boolean
  /** In a cleanup, or in the body of a `catch`. */
  readonly guarded: boolean
  /** Under a scheduler, at least as a rule. */
  readonly tasks: boolean
  /** Regions and forms may stand here. */
  readonly forms: boolean
  /** In the text of an `uncancelable`, of a `cancelScope`. */
  readonly shielded: boolean
  readonly scoped: boolean
}

const outside: Place = {
  clause: false,
  near: false,
  leaves: false,
  guarded: false,
  tasks: false,
  forms: false,
  shielded: false,
  scoped: false,
}

const operand = fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.constant('it' as const))
const key = fc.constantFrom('x', 'y', 'z')
const letter = fc.constantFrom('A', 'B', 'C')
const number = fc.integer({ min: 0, max: 9 })
const amount = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, -1)
const throws = fc.constantFrom(false, false, false, false, true)

type Weighted = [weight: number, arbitrary: fc.Arbitrary<Node>]

/** A node of this kind, with what its fields are made of. */
function op(op: Node['op'], fields: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<Node> {
  return fc.record({ op: fc.constant(op), ...fields }) as fc.Arbitrary<Node>
}

const oneOf = (...choices: Weighted[]) =>
  fc.oneof({ withCrossShrink: true }, ...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const plain: Weighted[] = [
  [2, op('pure', { value: operand })],
  [2, op('note', { value: operand })],
  [16, op('perform', { effect: letter, value: operand })],
  [2, op('get', { key })],
  [2, op('put', { key, value: operand })],
  [2, op('modify', { key, by: amount })],
  [2, op('ask', { key: fc.constantFrom('x', 'x', 'y', 'z') })],
  [2, op('tell', { value: operand })],
  [2, op('wake', { value: operand })],
  [1, op('throw', { value: operand })],
]
const withK: Weighted[] = [
  [12, op('resume', { value: operand, throws })],
  [2, op('discontinue')],
  [4, op('keep')],
]
const leaving: Weighted[] = [[1, op('return', { value: operand })]]
const leavingWithK: Weighted[] = [
  [4, op('transfer', { value: operand, throws })],
  [4, op('tailResume', { value: operand, throws })],
]
const declining: Weighted = [
  6,
  op('delegate', { instead: fc.option(letter, { nil: undefined }), returned: fc.boolean() }),
]

const some = fc.array(number, { minLength: 1, maxLength: 3 })
const spawnOptions = {
  priority: fc.constantFrom('idle', 'normal', 'normal', 'normal', 'high'),
  daemon: fc.constantFrom(false, false, true),
}
/** Notes what a node gives: the order of the notes is the order of the tasks. */
const noted = (node: fc.Arbitrary<Node>) => node.map(first => sequence([first, { op: 'note', value: 'it' }]))
const waiting: Weighted[] = [
  [8, noted(op('yield'))],
  [8, noted(op('await', { of: number }))],
  [3, noted(op('gather', { of: some }))],
  [3, noted(op('race', { of: some }))],
  [5, op('cancel', { of: number })],
  [1, op('promise')],
  [5, op('complete', { of: number, value: operand })],
  [3, op('fail', { of: number, value: operand })],
  [1, op('semaphore', { permits: fc.integer({ min: 1, max: 2 }) })],
  [6, noted(op('acquire', { of: number }))],
  [2, op('release', { of: number })],
  [4, noted(op('sleep', { ms: number }))],
  [1, noted(op('now'))],
]

const few = { minLength: 1, maxLength: 3 }

/** What stands in regions and forms. */
function regional(place: Place, depth: number): Weighted[] {
  const apart = { ...place, near: false }
  const inside = generator(apart, depth)
  const shielded = generator({ ...apart, shielded: true }, depth)
  const scoped = generator({ ...apart, scoped: true }, depth)
  const bodies = fc.array(inside, few)
  const ms = fc.integer({ min: 0, max: 6 })
  return [
    [6, op('uncancelable', { body: shielded })],
    ...(place.shielded ? [[8, op('restore', { body: inside })] as Weighted] : []),
    [10, noted(op('timeout', { ms, body: inside }))],
    [6, noted(op('cancelScope', { body: scoped }))],
    [6, op('taskScope', { body: inside })],
    [10, noted(op('all', { bodies }))],
    [8, noted(op('any', { bodies }))],
    [3, op('bracket', { acquire: inside, use: inside, release: inside })],
    [3, op('ensure', { body: inside, cleanup: inside })],
    [4, op('withPermit', { of: number, body: inside })],
    [2, handedOver(inside)],
    [1, inside.map(spawningAtTheEnd)],
  ]
}

/** A scope with a task whose cleanup spawns another one, and waits. */
function spawningAtTheEnd(body: Node): Node {
  const options = { priority: 'normal', daemon: false } as const
  const last: Node = { op: 'spawn', ...options, body: sequence([{ op: 'sleep', ms: 3 }, body]) }
  const cleanup = sequence([last, { op: 'yield' }])
  const task: Node = { op: 'spawn', ...options, body: { op: 'finally', body: { op: 'sleep', ms: 9 }, cleanup } }
  return { op: 'taskScope', body: sequence([task, { op: 'yield' }]) }
}

/** A permit that a task gives back for who has spawned it. */
function handedOver(body: fc.Arbitrary<Node>): fc.Arbitrary<Node> {
  return fc.tuple(number, body).map(([of, body]) => {
    const task = sequence([body, { op: 'release', of }])
    return sequence([
      { op: 'acquire', of },
      { op: 'spawn', priority: 'normal', daemon: false, body: task },
    ])
  })
}

/** What is cancelled from inside, or from anywhere; where a whole run may be. */
function cancelling({ forms, scoped }: Place): Weighted[] {
  if (!forms) return []
  const some: Weighted[] = [
    [2, op('cancelIt', { of: number })],
    [2, op('wait')],
  ]
  return scoped ? [[6, op('cancelIt')], ...some] : some
}

/** What holds programs that run as tasks, or under permits. */
function spawning(place: Place, depth: number): Weighted[] {
  const apart = generator({ ...place, near: false }, depth)
  const inside = block({ ...place, guarded: true }, depth)
  const holding = fc.tuple(number, inside).map(([of, body]): Node => {
    const release: Node = { op: 'release', of }
    return sequence([
      { op: 'acquire', of },
      { op: 'finally', body, cleanup: release },
    ])
  })
  return [
    [12, op('spawn', { ...spawnOptions, body: apart })],
    [3, noted(op('spawn', { ...spawnOptions, body: apart }).map(first => sequence([first, { op: 'await', of: 0 }])))],
    ...(place.guarded ? [] : [[4, holding] as Weighted]),
    [1, op('scheduled', { body: apart })],
  ]
}

function sequence(nodes: readonly Node[]): Node {
  return nodes.reduceRight((then, first) => ({ op: 'bind', first, then }))
}

const memo = new Map<string, fc.Arbitrary<Node>>()

/** Up to three statements, each nested no deeper than this. */
function block(place: Place, depth: number): fc.Arbitrary<Node> {
  const name = `${JSON.stringify(place)}${depth}`
  let arbitrary = memo.get(name)
  if (arbitrary === undefined) {
    const statements = fc.array(statement(place, depth), { minLength: 1, maxLength: 3, size: 'max' })
    arbitrary = statements.map(sequence)
    memo.set(name, arbitrary)
  }
  return arbitrary
}

function statement(place: Place, depth: number): fc.Arbitrary<Node> {
  const mayLeave = place.leaves && !place.guarded
  const simple: Weighted[] = [
    ...plain,
    ...(place.tasks ? waiting : []),
    ...cancelling(place),
    ...(place.clause ? withK : []),
    ...(mayLeave ? leaving : []),
    ...(mayLeave && place.clause ? leavingWithK : []),
    ...(mayLeave && place.near ? [declining] : []),
  ]
  if (depth === 0) return oneOf(...simple)
  const here = block(place, depth - 1)
  const guarded = block({ ...place, guarded: true }, depth - 1)
  const called = generator(place, depth - 1)
  const inside = generator({ ...place, near: false }, depth - 1)
  return oneOf(
    ...simple,
    [4, op('call', { body: called })],
    [2, op('try', { body: called })],
    [2, op('local', { key, value: operand, body: inside })],
    [2, op('listen', { body: inside })],
    [4, op('catch', { body: place.leaves ? guarded : here, then: here })],
    ...(place.leaves && place.guarded ? [] : [[6, op('finally', { body: here, cleanup: guarded })] as Weighted]),
    ...(mayLeave ? [[2, op('tail', { body: called })] as Weighted] : []),
    [1, op('state', { value: number, body: inside })],
    [1, op('reader', { value: number, body: inside })],
    [1, op('writer', { value: number, body: inside })],
    [16, op('handle', { handler: handlerAt(depth - 1, place), body: inside })],
    ...(place.tasks ? spawning(place, depth - 1) : []),
    ...(place.forms ? regional(place, depth - 1) : []),
  )
}

/** The whole of a generator: either it may be left early, or what it does after a closing is anything. */
function generator(place: Place, depth: number): fc.Arbitrary<Node> {
  const of = (leaves: boolean) => block({ ...place, guarded: false, leaves }, depth)
  return fc.oneof({ withCrossShrink: true }, of(true), of(false))
}

function clauseFor(effect: EffectName, depth: number, around: Around): fc.Arbitrary<ClauseNode> {
  const [out, own] = places(around)
  const common = { effect: fc.constant(effect) }
  const kind = <K extends ClauseNode['kind']>(...kinds: K[]) => fc.constantFrom(...kinds)
  return fc.oneof(
    { weight: 1, arbitrary: fc.record({ ...common, kind: kind('val'), value: number }) },
    { weight: 1, arbitrary: fc.record({ ...common, kind: kind('fun'), by: amount }) },
    { weight: 3, arbitrary: fc.record({ ...common, kind: kind('outside', 'final'), body: generator(out, depth) }) },
    { weight: 8, arbitrary: fc.record({ ...common, kind: kind('ctl', 'raw'), body: generator(own, depth) }) },
  )
}

const names: readonly EffectName[] = ['A', 'B', 'C', 'Get', 'Put', 'Modify', 'Ask', 'Tell']
const namesOfTasks: readonly EffectName[] = ['Yield', 'Sleep', 'CreateSemaphore']

type Around = Pick<Place, 'tasks' | 'forms' | 'shielded' | 'scoped'>

/** Outside of a clause, and in one; what is around a handler is around its clauses. */
function places({ tasks, forms, shielded, scoped }: Around): readonly [Place, Place] {
  const around = { tasks, forms, shielded, scoped }
  return [
    { ...outside, ...around },
    { ...outside, ...around, clause: true, near: true },
  ]
}

function handlerAt(depth: number, around: Around): fc.Arbitrary<HandlerNode> {
  const [out, own] = places(around)
  const all = around.tasks ? [...names, ...namesOfTasks] : names
  const taken = fc.oneof(
    { weight: 4, arbitrary: fc.subarray(names.slice(0, 3), { minLength: 1 }) },
    { weight: 1, arbitrary: fc.subarray([...all], { minLength: 1, maxLength: 3 }) },
  )
  const clauses = taken.chain(effects => fc.tuple(...effects.map(effect => clauseFor(effect, depth, around))))
  const returns = fc.option(generator(out, depth), { nil: undefined, freq: 3 })
  const everything = fc.record({
    kind: fc.constantFrom('ctl' as const, 'raw' as const),
    body: generator(own, depth),
  })
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ clauses, returns }) as fc.Arbitrary<HandlerNode> },
    { weight: 1, arbitrary: fc.record({ clauses: fc.constant([]), all: everything }) as fc.Arbitrary<HandlerNode> },
  )
}

/** The body of a program, not in any handler. */
export function bodies(depth: number): fc.Arbitrary<Node> {
  return generator(outside, depth)
}

/** Answers every user effect, the outermost. */
const answering: HandlerNode = {
  clauses: [
    { effect: 'A', kind: 'val', value: 10 },
    { effect: 'B', kind: 'fun', by: 20 },
    { effect: 'C', kind: 'ctl', body: { op: 'resume', value: 30, throws: false } },
  ],
}

/** A whole program, under two handlers for every user effect, so that most performs find one. */
export function programs(depth: number): fc.Arbitrary<Node> {
  return answered(generator(outside, depth), depth, outside)
}

function answered(program: fc.Arbitrary<Node>, depth: number, around: Around): fc.Arbitrary<Node> {
  const clauses = fc.tuple(...names.slice(0, 3).map(effect => clauseFor(effect, Math.min(depth, 2), around)))
  const body = fc.tuple(clauses, program).map(([clauses, body]): Node => ({ op: 'handle', handler: { clauses }, body }))
  return body.map((body): Node => ({ op: 'handle', handler: answering, body }))
}

/** Several statements in a row; whatever most of them throw is noted, and the next one is run. */
function lasting(place: Place, depth: number): fc.Arbitrary<Node> {
  const bare = statement(place, depth)
  const then: Node = { op: 'note', value: 'it' }
  const caught = statement({ ...place, guarded: place.leaves }, depth).map((body): Node => ({
    op: 'catch',
    body,
    then,
  }))
  const either = oneOf([8, caught], [1, bare])
  return fc.array(either, { minLength: 2, maxLength: 6, size: 'max' }).map(sequence)
}

/** A whole program with tasks: three of them and the root, which share two promises and two semaphores. */
export function concurrentPrograms(depth: number): fc.Arbitrary<Node> {
  return sharing(depth, false)
}

/**
 * As {@link concurrentPrograms}, with regions and forms too. No `Timeout` in them goes by a handler's own time: that is a
 * program of tasks, of which the reference does not know; it has tests of its own in structured-timeout.test.ts.
 */
export function structuredPrograms(depth: number): fc.Arbitrary<Node> {
  return sharing(depth, true).filter(program => !hasOwnTime(program) || !JSON.stringify(program).includes('"timeout"'))
}

function sharing(depth: number, forms: boolean): fc.Arbitrary<Node> {
  const [place] = places({ ...outside, tasks: true, forms })
  const bodies = lasting(place, depth)
  const task = op('spawn', { ...spawnOptions, body: bodies })
  const root = fc.tuple(task, task, task, bodies).map(nodes => sequence([...shared, ...nodes]))
  const inside = answered(root, depth, place).map((body): Node => ({ op: 'scheduled', body }))
  // What clauses do outside of the scheduler is nothing about tasks, with a few exceptions.
  const around = (tasks: boolean) =>
    answered(
      root.map((body): Node => ({ op: 'scheduled', body })),
      depth,
      { ...outside, tasks },
    )
  return oneOf([forms ? 20 : 10, inside], [10, around(false)], [1, around(true)])
}

const shared: Node[] = [
  { op: 'promise' },
  { op: 'promise' },
  { op: 'semaphore', permits: 1 },
  { op: 'semaphore', permits: 2 },
]
