// What the driver does in the scheduler's place: tasks spawned, promises settled and tasks cancelled without a turn, the
// last task waiting alone. All of it changes nothing but the time that it takes.

import { AsyncLocalStorage } from 'node:async_hooks'

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
  handler,
  type ProgramGenerator,
  pure,
  Race,
  run,
  runAsync,
  scheduled,
  Sleep,
  Spawn,
  type Task,
  TaskCancelledError,
  TooManyTasksError,
  VM,
  type VmPromise,
  Wait,
  type Waitable,
  Yield,
} from '../index'
import { settings } from '../src-ts/run-state'
import { expectNothingHeld, newVm } from './support/leaks'
import { failureOfTasks, go, goAsync, rejectionOf, turnOfTheEventLoop } from './support/tasks'

/** One thing that a task does; numbers choose among what there is. */
type Step =
  | { readonly do: 'spawn'; readonly steps: readonly Step[] }
  | { readonly do: 'wait' | 'cancel' | 'complete' | 'fail' | 'settle'; readonly which: number }
  | { readonly do: 'gather' | 'race'; readonly from: number }
  | { readonly do: 'yield' | 'promise' | 'outside' | 'external' | 'await' | 'call' }

const PROMISES = 3

const steps: fc.Arbitrary<readonly Step[]> = fc.letrec<{ steps: readonly Step[]; step: Step }>(tie => ({
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
interface World {
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

const shown = (x: unknown): string => (x instanceof Error ? `${x.constructor.name}` : (JSON.stringify(x) ?? String(x)))

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

const main = Do(function* (world: World, todo: readonly Step[]) {
  for (let i = 0; i < PROMISES; i++) {
    const promise = (yield CreatePromise<number>()) as VmPromise<number>
    world.promises.push(promise)
    world.waitables.push(promise.future)
  }
  return yield following(world, todo, 'root')
})

/** What a program does, and how it ends. */
async function outcome(todo: readonly Step[], eager: boolean): Promise<readonly string[]> {
  const world: World = { log: [], promises: [], waitables: [], tasks: [], externals: [] }
  settings.eager = eager
  let vm: VM
  try {
    vm = new VM()
  } finally {
    settings.eager = false
  }
  const options = { onUnobservedFailure: (task: unknown) => world.log.push(`unobserved ${String(task)}`) }
  const ended = vm.runAsync(main(world, todo).with(scheduled()), options).then(shown, shown)
  const over = new AbortController()
  void ended.then(() => over.abort())
  // When everybody waits, whatever nobody has settled is.
  while (!over.signal.aborted) {
    await turnOfTheEventLoop()
    for (const promise of world.externals) promise.complete(0)
  }
  world.log.push(`=> ${await ended}`)
  expectNothingHeld(vm)
  return world.log
}

describe('what is done in the scheduler’s place', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  afterAll(() => warned.mockRestore())

  it('changes nothing, as random programs with tasks, promises and the outside show', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async todo => {
        expect(await outcome(todo, false)).toEqual(await outcome(todo, true))
      }),
      { numRuns: Number(process.env.DOEFF_NOTICES ?? 400) },
    )
  })

  it('is told in order when there is much of it', () => {
    const seen = go(function* () {
      const log: number[] = []
      const tasks = []
      for (let i = 0; i < 500; i++) {
        tasks.push(
          yield* Spawn(function* () {
            log.push(i)
          }),
        )
      }
      for (const task of tasks.filter((_, i) => i % 2 === 1)) yield* Cancel(task)
      yield* Yield()
      return log
    })
    expect(seen).toEqual(Array.from({ length: 250 }, (_, i) => 2 * i))
  })

  it('wakes in the order of the settlements, tasks spawned in between included', () => {
    const log = go(function* () {
      const seen: string[] = []
      const promises = [yield* CreatePromise<string>(), yield* CreatePromise<string>()] as const
      for (const [i, { future }] of promises.entries()) {
        yield* Spawn(function* () {
          seen.push(`${i} ${yield* Wait(future)}`)
        })
      }
      yield* Yield()
      yield* CompletePromise(promises[1], 'b')
      yield* Spawn(function* () {
        seen.push('new')
      })
      yield* CompletePromise(promises[0], 'a')
      yield* Yield()
      return seen
    })
    expect(log).toEqual(['1 b', 'new', '0 a'])
  })

  it.each(['high', 'normal', 'idle'] as const)('keeps the priority %s', priority => {
    const log = go(function* () {
      const seen: string[] = []
      const note = (what: string) =>
        function* () {
          seen.push(what)
        }
      yield* Gather(yield* Spawn(note('usual')), yield* Spawn(Do(note('other'))(), { priority }))
      return seen
    })
    expect(log).toEqual(priority === 'high' ? ['other', 'usual'] : ['usual', 'other'])
  })

  it('spawns no more than the limit', () => {
    const spawned: number[] = []
    const error = failureOfTasks(
      function* () {
        for (let i = 0; ; i++) {
          yield* Spawn(Yield())
          spawned.push(i)
        }
      },
      { maxTasks: 70 },
    )
    expect(error).toBeInstanceOf(TooManyTasksError)
    expect(spawned).toHaveLength(70)
  })

  it('counts the effects', () => {
    const vm = newVm()
    const before = vm.stats().effects
    vm.run(
      Do(function* () {
        const promise = yield* CreatePromise()
        for (let i = 0; i < 10; i++) yield* Spawn(Wait(promise.future))
        yield* CompletePromise(promise, 1)
        return yield* Wait(promise.future)
      })().with(scheduled()),
    )
    expect(vm.stats().effects - before).toBe(1 + 10 + 1 + 1)
  })

  it('lets a task cancel itself, which then goes no further than where it may wait', () => {
    const log = go(function* () {
      const seen: string[] = []
      const own: { task?: Task } = {}
      own.task = yield* Spawn(function* () {
        try {
          // The driver knows who takes these effects.
          for (let i = 0; i < 3; i++) yield* Cancel(yield* Spawn(pure(i)))
          yield* Cancel(own.task as Task)
          seen.push('cancelled')
          yield* Spawn(pure(0))
          seen.push('spawned')
          yield* Wait(own.task as Task)
          seen.push('not here')
        } finally {
          seen.push('unwound')
        }
      })
      try {
        yield* Wait(own.task)
      } catch (error) {
        seen.push((error as object) instanceof TaskCancelledError ? 'told' : String(error))
      }
      return seen
    })
    expect(log).toEqual(['cancelled', 'spawned', 'unwound', 'told'])
  })

  it('asks a handler of the program’s own every time', () => {
    const asked: string[] = []
    const own = handler('own')
      .fun(CompletePromise, (_promise, value) => void asked.push(`complete ${String(value)}`))
      .fun(Cancel, () => void asked.push('cancel'))
    const statuses = go(function* () {
      const promise = yield* CreatePromise<number>()
      const task = yield* Spawn(Sleep(Infinity), { daemon: true })
      const seen = yield Do(function* () {
        const found: string[] = []
        for (let i = 0; i < 3; i++) {
          yield* CompletePromise(promise, i)
          yield* Cancel(task)
          found.push(promise.future.status, task.status)
        }
        return found
      })().with(own)
      yield* Cancel(task)
      return seen
    })
    expect(statuses).toEqual(Array.from({ length: 6 }, () => 'pending'))
    expect(asked).toEqual(['complete 0', 'cancel', 'complete 1', 'cancel', 'complete 2', 'cancel'])
  })

  it('keeps two VMs apart that are used in turn', () => {
    const inner = new VM()
    const total = go(function* () {
      let sum = 0
      for (let i = 0; i < 50; i++) {
        const task = yield* Spawn(pure(i))
        sum += inner.run(
          Spawn(pure(1))
            .flatMap(own => Wait(own))
            .with(scheduled()),
        )
        sum += yield* Wait(task)
      }
      return sum
    })
    expect(total).toBe(50 + (49 * 50) / 2)
    expectNothingHeld(inner)
  })
})

describe('a task that waits alone', () => {
  const als = new AsyncLocalStorage<string>()

  /** A program that waits, and what settles it. */
  function waiting(): { promise?: ExternalPromise<number>; done: Promise<unknown>; vm: VM } {
    const vm = new VM()
    const found: { promise?: ExternalPromise<number> } = {}
    const program = Do(function* () {
      const promise = yield* CreateExternalPromise<number>()
      found.promise = promise
      try {
        return yield* Wait(promise.future)
      } finally {
        yield* Yield()
      }
    })
    const done = vm.runAsync(program().with(scheduled()))
    return Object.assign(found, { done, vm })
  }

  it('goes on with what has come', async () => {
    const { promise, done, vm } = waiting()
    promise?.complete(42)
    expect(await done).toBe(42)
    expectNothingHeld(vm)
  })

  it('is in the snapshot', async () => {
    const { promise, done, vm } = waiting()
    expect(vm.snapshot()).toMatchObject([{ name: 'root', state: 'waiting', waitsFor: [String(promise?.future)] }])
    promise?.complete(1)
    expect(await done).toBe(1)
    expectNothingHeld(vm)
  })

  it('unwinds when the VM is disposed of', async () => {
    const { done, vm } = waiting()
    const rejected = rejectionOf(done)
    vm.dispose()
    expect(await rejected).toMatchObject({ code: 'ERR_VM_DISPOSED' })
  })

  it('unwinds when the run is aborted, and what it awaits is called off', async () => {
    const controller = new AbortController()
    const seen: string[] = []
    const program = Do(function* () {
      yield* Await(
        signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => seen.push('called off'))
          }),
      )
    })
    const rejected = rejectionOf(runAsync(program().with(scheduled()), { signal: controller.signal }))
    await turnOfTheEventLoop()
    controller.abort(new Error('enough'))
    expect(await rejected).toMatchObject({ message: 'enough' })
    expect(seen).toEqual(['called off'])
  })

  it('is parked like all others when something else comes first', async () => {
    const log = await goAsync(function* () {
      const seen: string[] = []
      const own = yield* CreateExternalPromise<string>()
      const others = yield* CreateExternalPromise<string>()
      yield* Spawn(function* () {
        seen.push(yield* Wait(others.future))
        own.complete('own')
        seen.push('settled')
      })
      yield* Yield()
      queueMicrotask(() => others.complete('other'))
      seen.push(yield* Wait(own.future))
      return seen
    })
    expect(log).toEqual(['other', 'settled', 'own'])
  })

  it('may be cancelled by a task that something else has woken', async () => {
    const log = await goAsync(function* () {
      const seen: string[] = []
      const never = yield* Spawn(function* () {
        try {
          yield* Await(new Promise(() => {}))
        } finally {
          seen.push('unwound')
        }
      })
      const bell = yield* CreateExternalPromise<void>()
      queueMicrotask(() => bell.complete())
      yield* Wait(bell.future)
      yield* Cancel(never)
      yield* Yield()
      return seen
    })
    expect(log).toEqual(['unwound'])
  })

  it('lets other machines run meanwhile', async () => {
    const { promise, done, vm } = waiting()
    for (let i = 0; i < 3; i++)
      run(
        Spawn(pure(i))
          .flatMap(task => Wait(task))
          .with(scheduled()),
      )
    promise?.complete(7)
    run(pure(1))
    expect(await done).toBe(7)
    expectNothingHeld(vm)
  })

  it('goes on in its own asynchronous context', async () => {
    const promises: ExternalPromise<number>[] = []
    const program = Do(function* () {
      const seen: unknown[] = []
      const child = yield* Spawn(function* () {
        als.enterWith('child')
        for (let i = 0; i < 3; i++) {
          const promise = yield* CreateExternalPromise<number>()
          promises.push(promise)
          yield* Wait(promise.future)
          seen.push(als.getStore())
        }
      })
      yield* Wait(child)
      seen.push(als.getStore())
      return seen
    })
    const done = als.run('run', () => runAsync(program().with(scheduled())))
    for (let i = 0; i < 3; i++) {
      als.run('completer', () => promises[i]?.complete(i))
      await turnOfTheEventLoop()
    }
    expect(await done).toEqual(['child', 'child', 'child', 'run'])
  })

  it('may wait a hundred thousand times', async () => {
    const total = await goAsync(function* () {
      let sum = 0
      for (let i = 0; i < 100_000; i++) sum += yield* Await(Promise.resolve(1))
      return sum
    })
    expect(total).toBe(100_000)
  })
})
