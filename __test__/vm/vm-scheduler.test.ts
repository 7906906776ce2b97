// The scheduler of a VM, and schedulers inside of one another.

import {
  Cancel,
  CompletePromise,
  CreateContinuation,
  CreatePromise,
  Do,
  Gather,
  Get,
  GetHandlers,
  InvalidHandlerError,
  type Program,
  pure,
  Put,
  ResumeContinuation,
  scheduled,
  Spawn,
  state,
  Tell,
  UnhandledEffectError,
  type VM,
  Wait,
  Yield,
} from '../../index'
import { newVm, thrownBy } from '../support/leaks'
import { warningsDuring } from '../support/tasks'

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
