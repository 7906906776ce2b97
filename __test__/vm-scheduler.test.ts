// The scheduler of a VM, schedulers inside of one another, the snapshot of tasks, and the step protocol with tasks.

import {
  Acquire,
  Await,
  Cancel,
  CompletePromise,
  CreateContinuation,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  Gather,
  Get,
  GetHandlers,
  InvalidHandlerError,
  OutOfOrderError,
  type Program,
  pure,
  Put,
  Race,
  ResumeContinuation,
  scheduled,
  Sleep,
  Spawn,
  type StepResult,
  state,
  Tell,
  UnhandledEffectError,
  type VM,
  Wait,
  Yield,
} from '../index'
import { newVm, thrownBy } from './support/leaks'
import { turnOfTheEventLoop, warningsDuring } from './support/tasks'

const spawnAndWait = <A>(program: Program<A, never>) => Spawn(program).flatMap(task => Wait(task))
const forever = CreatePromise().flatMap(promise => Wait(promise.future))

describe('vm.scheduler()', () => {
  test('is one handler, for as many runs as wanted', () => {
    const vm = newVm()
    expect(vm.scheduler()).toBe(vm.scheduler())
    for (let i = 0; i < 3; i++) expect(vm.run(spawnAndWait(pure(i)).with(vm.scheduler()))).toBe(i)
  })

  test('installed, it stands around every run', () => {
    const vm = newVm()
    expect(() => vm.run(spawnAndWait(pure(1)))).toThrow(UnhandledEffectError)
    vm.scheduler().install()
    for (let i = 0; i < 3; i++) expect(vm.run(spawnAndWait(pure(i)))).toBe(i)
    vm.scheduler().install()
    expect(vm.run(spawnAndWait(pure('once more')))).toBe('once more')
  })

  test('works together with the stores of the VM, in whatever order they were installed', () => {
    for (const schedulerFirst of [true, false]) {
      const vm = newVm()
      if (schedulerFirst) vm.scheduler().install()
      vm.stdlib().installState().installWriter()
      if (!schedulerFirst) vm.scheduler().install()
      const program = Do(function* () {
        yield* Gather(yield* Spawn(Put('a', 1)), yield* Spawn(Tell('told')))
      })
      vm.run(program())
      expect(vm.stateItems()).toEqual({ a: 1 })
      expect(vm.logs()).toEqual(['told'])
    }
  })

  test('runs a program that fails, and the next one as if nothing had been', async () => {
    const vm = newVm()
    vm.scheduler().install()
    await warningsDuring(() => {
      const failing = Do(function* () {
        yield* Spawn(forever)
        yield* Yield()
        throw new Error('root')
      })
      expect(() => vm.run(failing())).toThrow('root')
    })
    expect(vm.run(spawnAndWait(pure(1)))).toBe(1)
  })

  test('of another VM is refused', () => {
    const [vm, other] = [newVm(), newVm()]
    expect(thrownBy(() => vm.run(pure(1).with(other.scheduler())))).toBeInstanceOf(InvalidHandlerError)
  })

  test('that is at work already, installed inside of itself, is the same scheduler', () => {
    const vm = newVm()
    const twice = Do(function* () {
      const outside = yield* Spawn(Yield().map(() => 'outside'))
      const inside = yield* Do(function* () {
        const own = yield* Spawn(pure('inside'), { name: 'own' })
        return [yield* Wait(own), yield* Wait(outside)]
      })().with(vm.scheduler())
      return [inside, vm.snapshot().map(({ name }) => name)]
    })
    const expected = [['inside', 'outside'], ['root']]
    expect(vm.run(twice().with(vm.scheduler()))).toEqual(expected)
    vm.scheduler().install()
    expect(vm.run(twice())).toEqual(expected)
  })
})

describe('the handlers of a task, installed again', () => {
  test.each<[string, (vm: VM) => Parameters<Program['with']>[0]]>([
    ['scheduled()', () => scheduled() as never],
    ['vm.scheduler()', vm => vm.scheduler() as never],
  ])('%s at work goes on being the one', (_name, make) => {
    const vm = newVm()
    const program = Do(function* () {
      const k = yield* CreateContinuation(spawnAndWait(pure(1)), yield* GetHandlers())
      return yield* ResumeContinuation(k)
    })
    expect(vm.run(program().with(make(vm)))).toBe(1)
  })

  test('up to the scheduler they serve', () => {
    const vm = newVm()
    const program = Do(function* () {
      yield* Put('n', 1)
      const [own] = yield* GetHandlers()
      const k = yield* CreateContinuation(
        Get('n').flatMap(n => spawnAndWait(pure(n))),
        [own!],
      )
      return yield* ResumeContinuation(k)
    })
    expect(vm.run(program().with(state()).with(scheduled()))).toBe(1)
  })
})

describe('vm.runScoped', () => {
  test('installs the scheduler for that run only', async () => {
    const vm = newVm()
    expect(vm.runScoped(spawnAndWait(pure(1)), { scheduler: true })).toBe(1)
    expect(() => vm.run(spawnAndWait(pure(1)))).toThrow(UnhandledEffectError)
    const failing = Spawn(forever).map(() => {
      throw new Error('scoped')
    })
    await warningsDuring(() => expect(() => vm.runScoped(failing, { scheduler: true })).toThrow('scoped'))
    expect(() => vm.run(spawnAndWait(pure(1)))).toThrow(UnhandledEffectError)
  })

  test('together with State: tasks share the store of the VM', () => {
    const vm = newVm()
    vm.runScoped(spawnAndWait(Put('n', 1) as Program<void, never>), { scheduler: true, state: true })
    expect(vm.stateItems()).toEqual({ n: 1 })
  })
})

describe('a scheduler inside of a task', () => {
  test('runs its tasks in the turn of that task, until none is ready', () => {
    const log: string[] = []
    const noting = Do(function* (name: string) {
      for (let i = 0; i < 2; i++) {
        log.push(`${name}${i}`)
        yield* Yield()
      }
    })
    const inner = Do(function* () {
      yield* Gather(yield* Spawn(noting('inner a')), yield* Spawn(noting('inner b')))
    })
    const outer = Do(function* () {
      yield* Gather(yield* Spawn(inner().with(scheduled())), yield* Spawn(noting('outer')))
    })
    newVm().run(outer().with(scheduled()))
    expect(log).toEqual(['inner a0', 'inner b0', 'inner a1', 'inner b1', 'outer0', 'outer1'])
  })

  test('parks its task while its own all wait for what comes from outside of it', () => {
    const program = Do(function* () {
      const promise = yield* CreatePromise<string>()
      const task = yield* Spawn(spawnAndWait(Wait(promise.future) as Program<string, never>).with(scheduled()))
      yield* Yield()
      yield* CompletePromise(promise, 'value')
      return yield* Wait(task)
    })
    expect(newVm().run(program().with(scheduled()))).toBe('value')
  })

  test('is unwound when its task is cancelled', () => {
    const log: string[] = []
    const inner = Do(function* () {
      yield* Spawn(function* () {
        try {
          yield* forever
        } finally {
          log.push('inner task')
        }
      })
      try {
        yield* forever
      } finally {
        log.push('inner root')
      }
    })
    const outer = Do(function* () {
      const task = yield* Spawn(inner().with(scheduled()))
      yield* Yield()
      yield* Cancel(task)
      yield* Yield()
      yield* Yield()
      log.push(task.status)
    })
    newVm().run(outer().with(scheduled()))
    expect(log).toEqual(['inner root', 'inner task', 'cancelled'])
  })
})

describe('vm.snapshot()', () => {
  test('is empty while nothing runs', () => {
    const vm = newVm()
    expect(vm.snapshot()).toEqual([])
    vm.run(spawnAndWait(pure(1)).with(scheduled()))
    expect(vm.snapshot()).toEqual([])
  })

  test('shows every task with its state, what it waits for and who spawned it', async () => {
    const vm = newVm()
    const program = Do(function* main() {
      const one = yield* CreateSemaphore(1)
      yield* Acquire(one)
      const promise = yield* CreatePromise()
      yield* Spawn(Wait(promise.future), { name: 'waiter', daemon: true })
      yield* Spawn(Gather(promise.future, promise.future), { name: 'gatherer', daemon: true, priority: 'high' })
      yield* Spawn(Race(promise.future), { name: 'racer', daemon: true })
      yield* Spawn(Acquire(one), { name: 'acquirer', daemon: true })
      yield* Spawn(forever.with(scheduled()), { name: 'scheduler', daemon: true })
      yield* Yield()
      const ready = yield* Spawn(pure(1), { name: 'ready', daemon: true, priority: 'idle' })
      yield* Cancel(ready)
      return vm.snapshot()
    })
    const promise = expect.stringMatching(/^Promise\(#\d+\)$/) as string
    const usual = { priority: 'normal', daemon: true, cancelled: false, spawnedBy: 'main', state: 'waiting' }
    expect(vm.run(program().with(scheduled()))).toEqual([
      { ...usual, name: 'root', state: 'running', waitsFor: [], daemon: false, spawnedBy: undefined },
      { ...usual, name: 'waiter', waitsFor: [promise] },
      { ...usual, name: 'gatherer', waitsFor: [promise, promise], priority: 'high' },
      { ...usual, name: 'racer', waitsFor: [promise] },
      { ...usual, name: 'acquirer', waitsFor: ['Semaphore(1)'] },
      { ...usual, name: 'scheduler', waitsFor: ['tasks of a scheduler inside'] },
      { ...usual, name: 'ready', state: 'ready', waitsFor: [], priority: 'idle', cancelled: true },
      { ...usual, name: 'root', waitsFor: [promise], daemon: false, spawnedBy: undefined },
    ])
  })

  test('shows what an asynchronous run waits for, from outside of it', async () => {
    const vm = newVm()
    const program = Do(function* () {
      yield* Gather(
        yield* Spawn(Await(turnOfTheEventLoop()), { name: 'awaiting' }),
        yield* Spawn(Sleep(0), { name: 'sleeping' }),
      )
    })
    const running = vm.runAsync(program().with(scheduled()))
    const shown = vm.snapshot().map(({ name, waitsFor }) => [name, ...waitsFor])
    expect(shown).toEqual([
      ['root', 'Task(awaiting)', 'Task(sleeping)'],
      ['awaiting', expect.stringMatching(/^Await\(/)],
      ['sleeping', expect.stringMatching(/^Sleep\(0/)],
    ])
    await running
  })

  test('of thousands of tasks is complete', () => {
    const vm = newVm()
    const program = Do(function* () {
      for (let i = 0; i < 250; i++) yield* Spawn(forever, { daemon: true, name: `t${i}` })
      return vm.snapshot().map(({ name }) => name)
    })
    const names = vm.run(program().with(scheduled()))
    expect(names).toEqual(['root', ...Array.from({ length: 250 }, (_, i) => `t${i}`)])
  })
})

describe('step by step', () => {
  async function drive(vm: VM): Promise<[value: unknown, calls: number]> {
    let calls = 0
    for (;;) {
      const step: StepResult = vm.stepOnce()
      if (step.tag === 'done') return [step.value, calls]
      if (step.tag === 'continue') continue
      calls++
      try {
        vm.feedAsyncResult(await step.func(...step.args))
      } catch (error) {
        vm.feedAsyncError(error)
      }
    }
  }

  test('tasks that wait for one another need no outside', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        return yield* Gather(yield* Spawn(pure(1)), yield* Spawn(Yield().map(() => 2)))
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual([[1, 2], 0])
  })

  test('callAsync comes only when every task waits', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        return yield* Gather(
          yield* Spawn(Await(Promise.resolve('a'))),
          yield* Spawn(Await(Promise.resolve('b'))),
          yield* Spawn(Yield().map(() => 'c')),
        )
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual([['a', 'b', 'c'], 1])
  })

  test('Sleep and external promises come as callAsync as well', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        yield* Sleep(0)
        const promise = yield* CreateExternalPromise<string>()
        setImmediate(promise.complete, 'value')
        return yield* Wait(promise.future)
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual(['value', 2])
  })

  test('a rejection is thrown at the yield', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        try {
          return yield* Await(Promise.reject(new Error('no')))
        } catch (error) {
          return error
        }
        return undefined
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual([new Error('no'), 1])
  })

  test('what is settled between two steps is heard although tasks are ready all the time', () => {
    const vm = newVm()
    let complete!: (value: unknown) => boolean
    const seen = { waiter: false }
    vm.startProgram(
      Do(function* () {
        const promise = yield* CreateExternalPromise()
        complete = promise.complete
        yield* Spawn(Wait(promise.future).map(() => (seen.waiter = true)))
        while (!seen.waiter) yield* Yield()
        return 'heard'
      })().with(scheduled()),
    )
    for (let i = 0; i < 20; i++) expect(vm.stepOnce().tag).toBe('continue')
    complete(0)
    let step = vm.stepOnce()
    for (let i = 0; step.tag === 'continue' && i < 20; i++) step = vm.stepOnce()
    expect(step).toEqual({ tag: 'done', value: 'heard' })
  })

  test('feedAsyncError while tasks wait throws into the root task', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        try {
          return yield* Await(new Promise(() => {}))
        } catch (error) {
          return error
        }
        return undefined
      })().with(scheduled()),
    )
    let step = vm.stepOnce()
    while (step.tag === 'continue') step = vm.stepOnce()
    expect(step.tag).toBe('callAsync')
    vm.feedAsyncError(new Error('the host gave up'))
    step = vm.stepOnce()
    while (step.tag === 'continue') step = vm.stepOnce()
    expect(step).toEqual({ tag: 'done', value: new Error('the host gave up') })
  })

  test('feeding a result before anything was settled asks again', async () => {
    const vm = newVm()
    let complete!: (value: unknown) => boolean
    vm.startProgram(
      Do(function* () {
        const promise = yield* CreateExternalPromise()
        complete = promise.complete
        return yield* Wait(promise.future)
      })().with(scheduled()),
    )
    let step = vm.stepOnce()
    for (let i = 0; i < 3; i++) {
      while (step.tag === 'continue') step = vm.stepOnce()
      expect(step.tag).toBe('callAsync')
      expect(() => vm.stepOnce()).toThrow(OutOfOrderError)
      vm.feedAsyncResult(undefined)
      step = vm.stepOnce()
    }
    while (step.tag === 'continue') step = vm.stepOnce()
    complete('value')
    vm.feedAsyncResult(undefined)
    step = vm.stepOnce()
    while (step.tag === 'continue') step = vm.stepOnce()
    expect(step).toEqual({ tag: 'done', value: 'value' })
  })
})
