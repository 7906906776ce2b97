// Random programs with tasks, promises and the outside: an arbitrary of what their tasks do, and the programs that do it
// and write down what they see.

import fc from 'fast-check'

import {
  Await,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  Do,
  type ExternalPromise,
  FailPromise,
  Gather,
  type ProgramGenerator,
  Race,
  Spawn,
  type Task,
  type VmPromise,
  Wait,
  type Waitable,
  Yield,
} from '../../index'

/** One thing that a task does; numbers choose among what there is. */
export type Step =
  | { readonly do: 'spawn'; readonly steps: readonly Step[] }
  | { readonly do: 'wait' | 'cancel' | 'complete' | 'fail' | 'settle'; readonly which: number }
  | { readonly do: 'gather' | 'race'; readonly from: number }
  | { readonly do: 'yield' | 'promise' | 'outside' | 'external' | 'await' | 'call' }

const PROMISES = 3

/** What the tasks of one program do. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.letrec<{ steps: readonly Step[]; step: Step }>(tie => ({
  steps: fc.array(tie('step'), { maxLength: 6 }),
  step: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      do: fc.constantFrom('wait' as const, 'cancel' as const, 'complete' as const, 'fail' as const, 'settle' as const),
      which: fc.nat(9),
    }),
    fc.record({ do: fc.constantFrom('gather' as const, 'race' as const), from: fc.nat(9) }),
    fc.record({
      do: fc.constantFrom(
        'yield' as const,
        'promise' as const,
        'outside' as const,
        'external' as const,
        'await' as const,
        'call' as const,
      ),
    }),
    fc.record({ do: fc.constant('spawn' as const), steps: tie('steps') }),
  ),
})).steps

/** What all tasks of one program share. */
export interface World {
  readonly log: string[]
  readonly promises: VmPromise<number>[]
  readonly waitables: Waitable[]
  readonly tasks: Task[]
  readonly externals: ExternalPromise<number>[]
}

const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % Math.max(from.length, 1)]

const none = Do(function* () {
  yield Yield()
  return 0
})

function* perform(world: World, step: Step, name: string): ProgramGenerator<unknown, unknown> {
  switch (step.do) {
    case 'spawn': {
      const own = `${name}.${world.tasks.length}`
      const task = (yield Spawn(following(world, step.steps, own))) as Task
      world.tasks.push(task)
      world.waitables.push(task)
      return own
    }
    case 'wait': {
      const waitable = pick(world.waitables, step.which)
      return waitable === undefined ? 'nothing' : yield Wait(waitable)
    }
    case 'cancel': {
      const task = pick(world.tasks, step.which)
      return task === undefined ? 'nothing' : yield Cancel(task)
    }
    case 'complete':
    case 'fail': {
      const promise = pick(world.promises, step.which)
      if (promise === undefined) return 'nothing'
      return yield step.do === 'complete'
        ? CompletePromise(promise, step.which)
        : FailPromise(promise, `no ${step.which}`)
    }
    case 'gather':
      return yield Gather(...world.waitables.slice(step.from))
    case 'race': {
      const among = world.waitables.slice(step.from)
      if (among.length === 0) return 'nothing'
      const { value } = (yield Race(...(among as [Waitable]))) as { value: unknown }
      return value
    }
    case 'promise': {
      const promise = (yield CreatePromise<number>()) as VmPromise<number>
      world.promises.push(promise)
      world.waitables.push(promise.future)
      return String(promise.future.status)
    }
    case 'settle':
      return pick(world.externals, step.which)?.complete(step.which)
    case 'outside':
    case 'external': {
      const promise = (yield CreateExternalPromise<number>()) as ExternalPromise<number>
      world.externals.push(promise)
      world.waitables.push(promise.future)
      if (step.do === 'outside') return promise.future.status
      queueMicrotask(() => promise.complete(world.externals.length))
      return yield Wait(promise.future)
    }
    case 'await':
      return yield Await(Promise.resolve('awaited'))
    case 'call':
      return yield none()
    case 'yield':
      return yield Yield()
  }
}

/** A value or an error as the log has it. */
export const shown = (x: unknown): string =>
  x instanceof Error ? `${x.constructor.name}` : (JSON.stringify(x) ?? String(x))

const following = Do(function* (world: World, todo: readonly Step[], name: string) {
  try {
    for (const step of todo) {
      try {
        world.log.push(`${name} ${step.do}: ${shown(yield* perform(world, step, name))}`)
      } catch (error) {
        world.log.push(`${name} ${step.do} threw ${shown(error)}`)
      }
    }
    return name
  } finally {
    world.log.push(`${name} ends`)
  }
})

/** The root task: it does `todo`, with some promises that are there from the beginning. */
export const main = Do(function* (world: World, todo: readonly Step[]) {
  for (let i = 0; i < PROMISES; i++) {
    const promise = (yield CreatePromise<number>()) as VmPromise<number>
    world.promises.push(promise)
    world.waitables.push(promise.future)
  }
  return yield following(world, todo, 'root')
})
