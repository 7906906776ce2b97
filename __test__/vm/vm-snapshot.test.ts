// The snapshot of a VM: its tasks, what each waits for, who spawned it.

import {
  Acquire,
  Await,
  Cancel,
  CreatePromise,
  CreateSemaphore,
  Do,
  Gather,
  type Program,
  pure,
  Race,
  scheduled,
  Sleep,
  Spawn,
  Wait,
  Yield,
} from '../../index'
import { newVm } from '../support/leaks'
import { turnOfTheEventLoop } from '../support/tasks'

const spawnAndWait = <A>(program: Program<A, never>) => Spawn(program).flatMap(task => Wait(task))
const forever = CreatePromise().flatMap(promise => Wait(promise.future))

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
    const usual = {
      priority: 'normal',
      daemon: true,
      cancelled: false,
      spawnedBy: 'main',
      state: 'waiting',
      parentId: 0,
    }
    const root = { name: 'root', daemon: false, spawnedBy: undefined, parentId: undefined }
    expect(vm.run(program().with(scheduled()))).toEqual([
      { ...usual, ...root, id: 0, state: 'running', waitsFor: [] },
      { ...usual, id: 1, name: 'waiter', waitsFor: [promise] },
      { ...usual, id: 2, name: 'gatherer', waitsFor: [promise, promise], priority: 'high' },
      { ...usual, id: 3, name: 'racer', waitsFor: [promise] },
      { ...usual, id: 4, name: 'acquirer', waitsFor: ['Semaphore(#1, 1 permit) held by root #0'] },
      { ...usual, id: 5, name: 'scheduler', waitsFor: ['tasks of a scheduler inside'] },
      { ...usual, id: 7, name: 'ready', state: 'ready', waitsFor: [], priority: 'idle', cancelled: true },
      { ...usual, ...root, id: 6, waitsFor: [promise] },
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
      ['root', 'Task(awaiting #1)', 'Task(sleeping #2)'],
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
