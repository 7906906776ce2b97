// Who a task is: its number, who spawned it, and how it asks for itself.

import {
  Acquire,
  All,
  Await,
  Cancel,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  CurrentTask,
  Do,
  Gather,
  InvalidWaitableError,
  Release,
  run,
  runAsync,
  scheduled,
  Spawn,
  VM,
  Wait,
  Yield,
  type AnyTask,
} from '../../index'
import { settings } from '../../src-ts/machine/run'
import { newVm } from '../support/leaks'
import { failureOfTasks, go, goAsync } from '../support/tasks'

const identity = Do(function* identity() {
  const { id, parentId, name } = yield* CurrentTask()
  return [id, parentId, name] as const
})

const parent = Do(function* parent(children: number) {
  const own = yield* identity()
  const tasks = []
  for (let at = 0; at < children; at++) tasks.push(yield* Spawn(identity()))
  return [own, ...(yield* Gather(...tasks))]
})

const family = Do(function* family() {
  const first = yield* Spawn(parent(2))
  const second = yield* Spawn(parent(1))
  return [yield* identity(), yield* Wait(first), yield* Wait(second)]
})

const FAMILY = [
  [0, undefined, 'root'],
  [
    [1, 0, 'parent'],
    [3, 1, 'identity'],
    [4, 1, 'identity'],
  ],
  [
    [2, 0, 'parent'],
    [5, 2, 'identity'],
  ],
]

test('tasks are numbered in the order in which they are spawned, in each run anew, and know who spawned them', () => {
  for (let again = 0; again < 3; again++) expect(run(family().with(scheduled()))).toEqual(FAMILY)
})

test.each([true, false])('they are the same when the machine is told of everything at once: %s', eager => {
  settings.eager = eager
  try {
    expect(newVm().run(family().with(scheduled()))).toEqual(FAMILY)
  } finally {
    settings.eager = false
  }
})

test('under the own scheduler of a VM as well', () => {
  using vm = new VM()
  vm.scheduler().install()
  expect(vm.run(family())).toEqual(FAMILY)
  expect(vm.run(family())).toEqual(FAMILY)
})

test('CurrentTask answers the very handle that Spawn answered', () => {
  const same = go(function* () {
    const handles: AnyTask[] = []
    const own = Do(function* () {
      handles.push(yield* CurrentTask())
    })
    const task = yield* Spawn(own())
    yield* Wait(task)
    const [root, again] = [yield* CurrentTask(), yield* CurrentTask()]
    return [handles[0] === task, root === again, handles[0] === (root as unknown)]
  })
  expect(same).toEqual([true, true, false])
})

test('after a hand-off, which the machine has not heard of, the task that goes on is the current one', () => {
  const seen = go(function* () {
    const [ping, pong] = [yield* CreatePromise(), yield* CreatePromise()]
    const other = Do(function* other() {
      yield* Wait(ping.future)
      const ids = [(yield* CurrentTask()).id, (yield* Spawn(identity())).parentId]
      yield* CompletePromise(pong, undefined)
      return ids
    })
    const task = yield* Spawn(other())
    yield* Yield()
    yield* CompletePromise(ping, undefined)
    yield* Wait(pong.future)
    return [(yield* CurrentTask()).id, yield* Wait(task)]
  })
  expect(seen).toEqual([0, [1, 1]])
})

test('a child of a form that asks is a task from then on; who has started it is its parent', async () => {
  const seen = await goAsync(function* () {
    const nested = All([identity(), identity()])
    return yield* All([nested, identity(), Await(Promise.resolve()).flatMap(() => identity())])
  })
  const [[a, b], c, d] = seen as unknown as [[unknown, unknown], unknown, unknown]
  expect([a, b, c, d]).toEqual([
    [2, 1, 'identity'],
    [3, 1, 'identity'],
    [4, 0, 'identity'],
    [5, 0, 'chained'],
  ])
})

test('the root task of a scheduler inside is numbered with the others, and is the parent of its tasks', () => {
  const inner = Do(function* inner() {
    const own = yield* identity()
    return [own, yield* Wait(yield* Spawn(identity()))]
  })
  const seen = go(function* () {
    const before = yield* Wait(yield* Spawn(identity()))
    const within = yield* inner().with(scheduled())
    const after = yield* Wait(yield* Spawn(identity()))
    return [before, within, after]
  })
  expect(seen).toEqual([
    [1, 0, 'identity'],
    [
      [2, undefined, 'root'],
      [3, 2, 'identity'],
    ],
    [4, 0, 'identity'],
  ])
})

test('nobody can wait for the root task or cancel it', () => {
  const waiting = failureOfTasks(function* () {
    const root = yield* CurrentTask()
    yield* Wait(yield* Spawn(Wait(root)))
  })
  expect(waiting).toBeInstanceOf(InvalidWaitableError)
  const cancelling = failureOfTasks(function* () {
    yield* Cancel(yield* CurrentTask())
  })
  expect(String(cancelling)).toMatch(/Cancel takes a spawned task; the root task ends by/)
})

test('a task that waits for itself is a deadlock that names it', () => {
  const error = failureOfTasks(function* () {
    const own = Do(function* own() {
      yield* Wait(yield* CurrentTask())
    })
    yield* Wait(yield* Spawn(own()))
  })
  expect(String(error)).toMatch(/own #1 waits for Task\(own #1\)/)
})

test('promises and semaphores are numbered in their run', () => {
  const make = Do(function* () {
    const promises = [yield* CreatePromise(), yield* CreatePromise()]
    const semaphores = [yield* CreateSemaphore(1), yield* CreateSemaphore(2)]
    return [...promises.map(String), ...semaphores.map(String), ...semaphores.map(({ id }) => id)]
  })
  const shown = ['Promise(#1)', 'Promise(#2)', 'Semaphore(#1, 1 permit)', 'Semaphore(#2, 2 permits)', 1, 2]
  expect(run(make().with(scheduled()))).toEqual(shown)
  expect(run(make().with(scheduled()))).toEqual(shown)
})

test('a semaphore says who holds its permits, in the order in which they were taken', () => {
  const seen = go(function* () {
    const two = yield* CreateSemaphore(2)
    const holders = () => two.holders.map(({ name, id }) => `${name} #${id}`)
    const none = holders()
    yield* Acquire(two)
    const holder = Do(function* holder() {
      yield* Acquire(two)
      yield* Yield()
      yield* Release(two)
    })
    const task = yield* Spawn(holder())
    yield* Yield()
    const both = holders()
    yield* Wait(task)
    const one = holders()
    yield* Release(two)
    return [none, both, one, holders()]
  })
  expect(seen).toEqual([[], ['root #0', 'holder #1'], ['root #0'], []])
})

test('after its run a semaphore has no holders', () => {
  const semaphore = run(
    CreateSemaphore(1)
      .flatMap(one => Acquire(one).map(() => one))
      .with(scheduled()),
  )
  expect(semaphore.holders).toEqual([])
})

describe('options of a run', () => {
  const leaving = Do(function* () {
    yield* Spawn(
      CreatePromise().flatMap(promise => Wait(promise.future)),
      { name: 'left' },
    )
    const failing = Do(function* failing() {
      throw new Error('unseen')
    })
    yield* Spawn(failing())
    yield* Yield()
  })

  test('hooks are told of leftovers and of failures that nobody has waited for, in synchronous runs too', async () => {
    const told: unknown[] = []
    const options = {
      name: 'request 1',
      onLeftovers: (tasks: readonly AnyTask[]) => told.push(tasks.map(({ name, id }) => [name, id])),
      onUnobservedFailure: (error: unknown, { name }: { name: string }) => told.push([String(error), name]),
    }
    run(leaving().with(scheduled()), options)
    const expected = [[['left', 1]], ['Error: unseen', 'failing']]
    expect(told).toEqual(expected)
    await runAsync(leaving().with(scheduled()), options)
    expect(told).toEqual([...expected, ...expected])
  })

  test.each([
    [{ name: 1 }, 'name is a string, not 1'],
    [{ onLeftovers: 'x' }, "onLeftovers is a function, not 'x'"],
    [{ onUnobservedFailure: null }, 'onUnobservedFailure is a function, not null'],
    [null, 'the options are an object, not null'],
  ])('%j is refused under its own name', async (options, message) => {
    expect(() => run(CurrentTask().with(scheduled()), options as never)).toThrow(`run: ${message}`)
    await expect(runAsync(CurrentTask().with(scheduled()), options as never)).rejects.toThrow(`runAsync: ${message}`)
  })
})
