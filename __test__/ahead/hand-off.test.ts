// One task waits and another goes on, without a turn: what the driver does when it knows who that is.

import {
  Ask,
  Cancel,
  CompletePromise,
  CreatePromise,
  DeadlockError,
  Do,
  effect,
  FailPromise,
  Gather,
  handler,
  pure,
  Race,
  reader,
  Resume,
  scheduled,
  Spawn,
  type Task,
  TaskCancelledError,
  type VmPromise,
  Wait,
  type Waitable,
  Yield,
} from '../../index'
import { expectNothingHeld, newVm } from '../support/leaks'
import { failureOfTasks, go, goAsync } from '../support/tasks'

/** The machine has a record of the promise, and has told its name. */
const isNamed = ({ future }: VmPromise): boolean => (future as unknown as { generation: number }).generation !== 0

/** From now on the driver knows who takes these effects here. */
function* known() {
  const promise = yield* CreatePromise<number>()
  yield* CompletePromise(promise, 0)
  yield* Wait(promise.future)
}

/** Two promises for each round. */
function* promises(rounds: number) {
  const made: VmPromise<number>[] = []
  for (let i = 0; i < 2 * rounds; i++) made.push(yield* CreatePromise<number>())
  return made
}

/** Adds one to what comes, and gives it back. */
const adding = Do(function* (made: readonly VmPromise<number>[]) {
  for (let i = 0; i < made.length; i += 2) {
    const value = yield* Wait((made[i] as VmPromise<number>).future)
    yield* CompletePromise(made[i + 1] as VmPromise<number>, value + 1)
  }
})

describe('a task that waits hands off to the only one that is ready', () => {
  it('as often as they like, and every effect counts', () => {
    const rounds = 1000
    const vm = newVm()
    const total = vm.run(
      Do(function* () {
        const made = yield* promises(rounds)
        const other = yield* Spawn(adding(made))
        let sum = 0
        for (let i = 0; i < made.length; i += 2) {
          yield* CompletePromise(made[i] as VmPromise<number>, i)
          sum += yield* Wait((made[i + 1] as VmPromise<number>).future)
        }
        yield* Wait(other)
        return sum
      })().with(scheduled()),
    )
    expect(total).toBe(rounds * rounds)
    expect(vm.stats().effects).toBe(2 * rounds + 1 + 4 * rounds + 1)
    expectNothingHeld(vm)
  })

  it('before the machine has heard of what it waits for, in asynchronous runs too', async () => {
    const main = function* () {
      const [a, b, c] = [yield* CreatePromise(), yield* CreatePromise(), yield* CreatePromise()]
      const seen: boolean[] = []
      yield* Spawn(function* () {
        yield* Wait(a.future)
        seen.push(isNamed(a), isNamed(c))
        yield* CompletePromise(c, 0)
        yield* Wait(b.future)
      })
      yield* Yield()
      yield* known()
      yield* CompletePromise(a, 0)
      yield* Wait(c.future)
      yield* CompletePromise(b, 0)
      return seen
    }
    expect(go(main)).toEqual([true, false])
    expect(await goAsync(main)).toEqual([true, false])
  })

  it('with an error, which is thrown where that one waits', () => {
    const log = go(function* () {
      const seen: string[] = []
      const [a, b] = [yield* CreatePromise<number>(), yield* CreatePromise<number>()]
      yield* Spawn(function* () {
        try {
          yield* Wait(a.future)
        } catch (error) {
          seen.push((error as Error).message)
        }
        yield* FailPromise(b, new Error('back'))
      })
      yield* Yield()
      yield* FailPromise(a, new Error('forth'))
      try {
        yield* Wait(b.future)
      } catch (error) {
        seen.push((error as Error).message)
      }
      return seen
    })
    expect(log).toEqual(['forth', 'back'])
  })

  it('under the handlers of its own', () => {
    const log = go(function* () {
      const seen: unknown[] = []
      const [a, b, c] = [yield* CreatePromise(), yield* CreatePromise(), yield* CreatePromise()]
      const told = Do(function* (name: string, waits: VmPromise, completes: VmPromise) {
        seen.push(name, yield* Ask('name'))
        yield* known()
        yield* Wait(waits.future)
        seen.push(name, yield* Ask('name'))
        const inherited = yield* Spawn(Ask('name'))
        yield* CompletePromise(completes, 0)
        seen.push(yield* Wait(inherited))
      })
      const first = yield* Spawn(told('1', a, b).with(reader({ name: 'one' })))
      const second = yield* Spawn(told('2', b, c).with(reader({ name: 'two' })))
      yield* known()
      yield* Yield()
      yield* CompletePromise(a, 0)
      yield* Gather(first, second)
      return seen
    })
    expect(log).toEqual(['1', 'one', '2', 'two', '1', 'one', '2', 'two', 'one', 'two'])
  })

  it('under the handlers that it has now, when the whole scheduler was moved', () => {
    const Move = effect('Move')<[], void>()
    const Where = effect('Where')<[], string>()
    const outer = handler('outer').fun(Where, () => 'outside')
    const inner = handler('inner').fun(Where, () => 'inside')
    const moving = handler('moving').ctl(Move, function* (k) {
      return yield* Resume(k).with(inner)
    })
    const tasks = Do(function* () {
      const seen: string[] = []
      const made = yield* promises(2)
      const [a, b, c] = made as [VmPromise<number>, VmPromise<number>, VmPromise<number>]
      const other = yield* Spawn(function* () {
        seen.push(yield* Where())
        yield* known()
        yield* Wait(a.future)
        seen.push(yield* Where())
        yield* CompletePromise(c, 0)
        yield* Wait(b.future)
        seen.push(yield* Where())
      })
      yield* Yield()
      yield* Move()
      yield* known()
      seen.push(yield* Where())
      yield* CompletePromise(a, 0)
      yield* Wait(c.future)
      yield* CompletePromise(b, 0)
      yield* Wait(other)
      return seen
    })
    const vm = newVm()
    const seen = vm.run(tasks().with(scheduled()).with(moving).with(outer))
    expect(seen).toEqual(['outside', 'inside', 'inside', 'inside'])
    expectNothingHeld(vm)
  })
})

describe('a task that waits does not hand off', () => {
  it('to one that was cancelled', () => {
    const log = go(function* () {
      const seen: string[] = []
      const [a, b] = [yield* CreatePromise(), yield* CreatePromise()]
      const other = yield* Spawn(function* () {
        try {
          yield* Wait(a.future)
          seen.push('not here')
        } finally {
          seen.push('unwound')
          yield* CompletePromise(b, 0)
        }
      })
      yield* Yield()
      yield* known()
      yield* Cancel(other)
      yield* CompletePromise(a, 0)
      yield* Wait(b.future)
      return seen
    })
    expect(log).toEqual(['unwound'])
  })

  it('to one that was cancelled long ago', () => {
    const error = failureOfTasks(function* () {
      const [a, b] = [yield* CreatePromise(), yield* CreatePromise()]
      const other = yield* Spawn(Wait(a.future))
      yield* Yield()
      yield* known()
      yield* Cancel(other)
      yield* Yield()
      yield* known()
      yield* CompletePromise(a, 0)
      yield* Wait(b.future)
    })
    expect((error as Error).message).toContain(`root #0 waits for Promise`)
  })

  it('to itself, when a deadlock has ended what it waited for', () => {
    const error = failureOfTasks(function* () {
      const [a, b] = [yield* CreatePromise(), yield* CreatePromise()]
      yield* known()
      try {
        yield* Wait(a.future)
      } catch (error) {
        if (!(error instanceof DeadlockError)) throw error
      }
      yield* CompletePromise(a, 0)
      yield* Wait(b.future)
    })
    expect(error).toBeInstanceOf(DeadlockError)
  })

  it('past those that were ready before, or that wait as well', () => {
    const log = go(function* () {
      const seen: string[] = []
      const [a, b] = [yield* CreatePromise(), yield* CreatePromise()]
      const waiting = Do(function* (name: string) {
        yield* Wait(a.future)
        seen.push(name)
      })
      const tasks: Task[] = [yield* Spawn(waiting('first')), yield* Spawn(waiting('second'))]
      yield* Yield()
      yield* known()
      tasks.push(
        yield* Spawn(function* () {
          seen.push('new')
          yield* CompletePromise(b, 0)
        }),
      )
      yield* CompletePromise(a, 0)
      yield* Wait(b.future)
      seen.push('root')
      yield* Gather(...tasks)
      return seen
    })
    expect(log).toEqual(['new', 'first', 'second', 'root'])
  })

  it('to one that races for what was settled, but lets it go on', () => {
    const log = go(function* () {
      const [a, b, c] = [yield* CreatePromise<string>(), yield* CreatePromise(), yield* CreatePromise<string>()]
      yield* Spawn(
        Do(function* () {
          const task = yield* Spawn(Wait(a.future))
          const [own, again] = yield* Gather(task, a.future)
          yield* CompletePromise(c, `${own} ${again}`)
          yield* CompletePromise(b, 0)
        })(),
      )
      yield* Yield()
      yield* known()
      yield* Yield()
      yield* known()
      yield* CompletePromise(a, 'a')
      yield* Wait(b.future)
      return c.future.status
    })
    expect(log).toBe('done')
  })
})

it.each([
  ['gather', (future: Waitable) => Gather(future)],
  ['race', (future: Waitable) => Race(future)],
  ['wait', (future: Waitable) => Wait(future)],
])('a task that was handed off to can %s for what the other one waits for', (_how, waiting) => {
  const log = go(function* () {
    const seen: string[] = []
    const [a, b] = [yield* CreatePromise(), yield* CreatePromise()]
    const other = yield* Spawn(function* () {
      yield* waiting(yield* Spawn(pure(0)))
      yield* known()
      yield* Wait(a.future)
      // Somebody settles it when both wait.
      yield* Spawn(CompletePromise(b, 0))
      yield* waiting(b.future)
      seen.push('other')
    })
    for (let i = 0; i < 5; i++) yield* Yield()
    yield* known()
    yield* CompletePromise(a, 0)
    yield* Wait(b.future)
    seen.push('root')
    yield* Wait(other)
    return seen
  })
  expect(log).toEqual(['root', 'other'])
})

it('a task that was handed off to can cancel itself', () => {
  const log = go(function* () {
    const seen: string[] = []
    const [a, b] = [yield* CreatePromise(), yield* CreatePromise()]
    const own: { task?: Task } = {}
    own.task = yield* Spawn(function* () {
      yield* Wait(a.future)
      yield* Cancel(own.task as Task)
      yield* CompletePromise(b, 0)
      seen.push('cancelled')
      yield* Yield()
      yield* known()
      seen.push('not here')
    })
    yield* Yield()
    yield* known()
    yield* CompletePromise(a, 0)
    yield* Wait(b.future)
    try {
      yield* Wait(own.task)
    } catch (error) {
      seen.push((error as Error) instanceof TaskCancelledError ? 'told' : String(error))
    }
    return seen
  })
  expect(log).toEqual(['cancelled', 'told'])
})

it('a deadlock after it names who waits for what', () => {
  const error = failureOfTasks(function* () {
    const [a, b, c] = [yield* CreatePromise(), yield* CreatePromise(), yield* CreatePromise()]
    yield* Spawn(function* () {
      yield* Wait(a.future)
      yield* Wait(c.future)
    })
    yield* Yield()
    yield* known()
    yield* CompletePromise(a, 0)
    yield* Wait(b.future)
  })
  const waits = (error as Error).message.match(/waits for Promise\(#\d+\)/g) ?? []
  expect(new Set(waits).size).toBe(2)
})
