// What the driver does in the scheduler's place: tasks spawned, promises settled and tasks cancelled without a turn.

import {
  Cancel,
  CompletePromise,
  CreatePromise,
  Do,
  Gather,
  handler,
  pure,
  scheduled,
  Sleep,
  Spawn,
  type Task,
  TaskCancelledError,
  TooManyTasksError,
  VM,
  Wait,
  Yield,
} from '../../index'
import { expectNothingHeld, newVm } from '../support/leaks'
import { failureOfTasks, go } from '../support/tasks'

describe('what is done in the scheduler’s place', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  afterAll(() => warned.mockRestore())

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
