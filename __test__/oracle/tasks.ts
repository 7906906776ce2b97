// Programs with tasks, as data. One generator function says what they mean; what its effects are is a parameter: those of
// the VM, or those of the reference scheduler.

import * as fc from 'fast-check'

type Node<Op extends string, Fields = unknown> = Op extends string ? { readonly op: Op } & Fields : never

export type TaskNode =
  | Node<'note' | 'tell' | 'put' | 'throw', { value: number }>
  | Node<'get' | 'ask' | 'yield' | 'acquire' | 'release'>
  | Node<'spawn', { body: TaskNode[]; priority: Priority }>
  /** Of promises and tasks, counted from the oldest; of tasks. */
  | Node<'wait' | 'cancel', { of: number }>
  | Node<'gather' | 'race', { of: number[] }>
  | Node<'complete' | 'fail', { promise: number }>
  | Node<'try' | 'call', { body: TaskNode[] }>
  | Node<'answering', { value: number; body: TaskNode[] }>
  | Node<'finally', { body: TaskNode[]; cleanup: TaskNode[] }>

export type Priority = 'idle' | 'normal' | 'high'
/** What yields an effect and gives its answer. */
export type Step<A = unknown> = { [Symbol.iterator](): Iterator<unknown, A, never> }
type Body = () => Generator<unknown, unknown, never>

/** The effects that a program with tasks performs. */
export interface Effects {
  tell(message: number): Step
  put(value: number): Step
  get(): Step
  ask(answer: number): Step<number>
  yield(): Step
  spawn(body: Body, name: string, priority: Priority): Step
  wait(of: unknown): Step
  gather(of: unknown[]): Step
  /** Who was first, among those of the argument, and with what. */
  race(of: unknown[]): Step<[number, unknown]>
  cancel(task: unknown): Step
  promise(): Step<{ future: unknown }>
  complete(promise: unknown, value: number): Step
  fail(promise: unknown, error: string): Step
  semaphore(permits: number): Step
  acquire(semaphore: unknown): Step
  release(semaphore: unknown): Step
  call(body: Body): Step
  answering(answer: number, body: Body): Step
}

export interface World {
  readonly trace: string[]
  readonly waitables: unknown[]
  readonly tasks: unknown[]
  readonly promises: unknown[]
  semaphore: unknown
}

interface Place {
  readonly name: string
  readonly answer: number
}

const PROMISES = 2

/** What to call an error. */
export function nameOf(error: unknown): string {
  return typeof error === 'string' ? error : String((error as { code?: unknown }).code ?? error)
}

function* body(nodes: readonly TaskNode[], place: Place, world: World, e: Effects): Generator<unknown, number, never> {
  let at = 0
  for (const node of nodes) {
    at++
    const note = (text: unknown) => world.trace.push(`${place.name} ${at} ${String(text)}`)
    const inside = (own: Partial<Place>, of: TaskNode[]) => () => body(of, { ...place, ...own }, world, e)
    if (node.op === 'note') note(node.value)
    else if (node.op === 'throw') throw `thrown ${node.value}`
    else if (node.op === 'tell') yield* e.tell(node.value)
    else if (node.op === 'put') yield* e.put(node.value)
    else if (node.op === 'get') note(yield* e.get())
    else if (node.op === 'ask') note(yield* e.ask(place.answer))
    else if (node.op === 'yield') yield* e.yield()
    else if (node.op === 'acquire') yield* e.acquire(world.semaphore)
    else if (node.op === 'release') yield* e.release(world.semaphore)
    else if (node.op === 'complete') yield* e.complete(world.promises[node.promise], at)
    else if (node.op === 'fail') yield* e.fail(world.promises[node.promise], `failed ${at}`)
    else if (node.op === 'spawn') {
      const name = `${place.name}.${at}`
      const task = yield* e.spawn(inside({ name }, node.body), name, node.priority)
      world.tasks.push(task)
      world.waitables.push(task)
    } else if (node.op === 'wait') note(yield* e.wait(pick(world.waitables, node.of)))
    else if (node.op === 'cancel') {
      if (world.tasks.length > 0) yield* e.cancel(pick(world.tasks, node.of))
    } else if (node.op === 'gather') note(yield* e.gather(node.of.map(of => pick(world.waitables, of))))
    else if (node.op === 'race') note(yield* e.race(node.of.map(of => pick(world.waitables, of))))
    else if (node.op === 'call') note(yield* e.call(inside({ name: `${place.name}:${at}` }, node.body)))
    else if (node.op === 'answering') {
      yield* e.answering(node.value, inside({ name: `${place.name}:${at}`, answer: node.value }, node.body))
    } else if (node.op === 'try') {
      try {
        yield* e.call(inside({ name: `${place.name}:${at}` }, node.body))
      } catch (error) {
        note(`caught ${nameOf(error)}`)
      }
    } else {
      try {
        yield* e.call(inside({ name: `${place.name}:${at}` }, node.body))
      } finally {
        note('finally')
        yield* e.call(inside({ name: `${place.name}:${at}f` }, node.cleanup))
      }
    }
  }
  return at
}

function pick(from: readonly unknown[], at: number): unknown {
  return from[at % from.length]
}

/** The whole program: the root task ends every other one before it ends itself. Gives how its body has ended. */
export function* main(nodes: readonly TaskNode[], world: World, e: Effects): Generator<unknown, string, never> {
  world.semaphore = yield* e.semaphore(1)
  for (let i = 0; i < PROMISES; i++) {
    const promise = yield* e.promise()
    world.promises.push(promise)
    world.waitables.push(promise.future)
  }
  let ended: string
  try {
    ended = `returned ${String(yield* e.call(() => body(nodes, { name: 'root', answer: 0 }, world, e)))}`
  } catch (error) {
    ended = nameOf(error)
  }
  for (const task of world.tasks) yield* e.cancel(task)
  for (const task of world.tasks) {
    try {
      yield* e.wait(task)
    } catch {
      // How each has ended is looked at later.
    }
  }
  return ended
}

const op = <T extends TaskNode['op']>(...ops: T[]) => fc.constantFrom(...ops)
const small = fc.nat(9)
const plain = [
  { weight: 2, arbitrary: fc.record({ op: op('note', 'tell', 'put'), value: small }) },
  { weight: 1, arbitrary: fc.record({ op: op('throw'), value: small }) },
  { weight: 2, arbitrary: fc.record({ op: op('get', 'ask') }) },
  { weight: 3, arbitrary: fc.record({ op: op('yield') }) },
  { weight: 1, arbitrary: fc.record({ op: op('release') }) },
  { weight: 2, arbitrary: fc.record({ op: op('complete', 'fail'), promise: fc.nat(PROMISES - 1) }) },
  { weight: 2, arbitrary: fc.record({ op: op('cancel'), of: small }) },
]
const waiting = [
  { weight: 4, arbitrary: fc.record({ op: op('wait'), of: small }) },
  { weight: 2, arbitrary: fc.record({ op: op('gather'), of: fc.array(small, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ op: op('race'), of: fc.array(small, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ op: op('acquire') }) },
]
const block = (node: fc.Arbitrary<TaskNode>) => fc.array(node, { maxLength: 5, size: 'max' })
const cleanup = block(fc.oneof(...plain) as fc.Arbitrary<TaskNode>)
const priority = op2('normal', 'normal', 'normal', 'idle', 'high')

function op2(...priorities: Priority[]): fc.Arbitrary<Priority> {
  return fc.constantFrom(...priorities)
}

function node(depth: number): fc.Arbitrary<TaskNode> {
  const simple = [...plain, ...waiting] as { weight: number; arbitrary: fc.Arbitrary<TaskNode> }[]
  if (depth === 0) return fc.oneof(...simple)
  const inner = block(node(depth - 1))
  return fc.oneof(
    { withCrossShrink: true },
    ...simple,
    { weight: 10, arbitrary: fc.record({ op: op('spawn'), body: inner, priority }) },
    { weight: 2, arbitrary: fc.record({ op: op('try'), body: inner }) },
    { weight: 1, arbitrary: fc.record({ op: op('call'), body: inner }) },
    { weight: 1, arbitrary: fc.record({ op: op('answering'), value: small, body: inner }) },
    { weight: 2, arbitrary: fc.record({ op: op('finally'), body: inner, cleanup }) },
  )
}

/** The body of a root task whose tasks nest this deep. */
export function taskPrograms(depth: number): fc.Arbitrary<TaskNode[]> {
  return fc.array(node(depth), { maxLength: 8, size: 'max' })
}
