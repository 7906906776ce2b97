// Priorities: high before normal before idle, first come first served within each.

import {
  CompletePromise,
  CreatePromise,
  Do,
  Gather,
  InvalidProgramError,
  Spawn,
  type Task,
  Wait,
  Yield,
} from '../../index'
import { go } from '../support/tasks'
import { thrownBy } from '../support/leaks'

type Priority = 'idle' | 'normal' | 'high'

/** Spawns a task for each priority; gives the order in which they started. */
function orderOf(priorities: readonly (Priority | undefined)[]): string[] {
  const log: string[] = []
  go(function* () {
    const tasks: Task[] = []
    for (const [at, priority] of priorities.entries()) {
      const noting = Do(function* () {
        log.push(`${priority ?? 'usual'}${at}`)
      })
      tasks.push(yield* Spawn(noting(), priority === undefined ? {} : { priority }))
    }
    yield* Gather(...tasks)
  })
  return log
}

test('high goes before normal, normal before idle', () => {
  expect(orderOf(['idle', 'normal', 'high'])).toEqual(['high2', 'normal1', 'idle0'])
})

test('within a priority the order is that of spawning', () => {
  expect(orderOf(['idle', 'high', 'idle', 'normal', 'high', 'normal'])).toEqual([
    'high1',
    'high4',
    'normal3',
    'normal5',
    'idle0',
    'idle2',
  ])
})

test('the usual priority is normal', () => {
  expect(orderOf(['normal', undefined, 'idle', 'high', undefined])).toEqual([
    'high3',
    'normal0',
    'usual1',
    'usual4',
    'idle2',
  ])
})

test('an idle task runs when it is alone', () => {
  expect(orderOf(['idle'])).toEqual(['idle0'])
})

test('an idle task waits as long as others take turns', () => {
  const log: string[] = []
  go(function* () {
    const idle = yield* Spawn(
      Do(function* () {
        log.push('idle')
      })(),
      { priority: 'idle' },
    )
    for (let i = 0; i < 3; i++) {
      log.push('root')
      yield* Yield()
    }
    yield* Wait(idle)
  })
  expect(log).toEqual(['root', 'root', 'root', 'idle'])
})

test('a high task that yields goes before a normal one that has waited longer', () => {
  const log: string[] = []
  const stepping = Do(function* (name: string) {
    for (let i = 0; i < 2; i++) {
      log.push(name)
      yield* Yield()
    }
  })
  go(function* () {
    const tasks = [yield* Spawn(stepping('normal')), yield* Spawn(stepping('high'), { priority: 'high' })] as const
    yield* Gather(...tasks)
  })
  expect(log).toEqual(['high', 'high', 'normal', 'normal'])
})

test('a task keeps its priority when it is woken', () => {
  const log: string[] = []
  go(function* () {
    const promise = yield* CreatePromise()
    const waiting = Do(function* (name: string) {
      yield* Wait(promise.future)
      log.push(name)
    })
    const tasks = [
      yield* Spawn(waiting('idle'), { priority: 'idle' }),
      yield* Spawn(waiting('normal')),
      yield* Spawn(waiting('high'), { priority: 'high' }),
    ] as const
    yield* Spawn(CompletePromise(promise, 0), { priority: 'idle' })
    yield* Gather(...tasks)
  })
  expect(log).toEqual(['high', 'normal', 'idle'])
})

test('a task has the priority of the task that spawns it', () => {
  const log: string[] = []
  const noting = Do(function* (name: string) {
    log.push(name)
  })
  go(function* () {
    const parent = Do(function* () {
      const child = yield* Spawn(noting('child of high'))
      yield* Wait(child)
    })
    const first = yield* Spawn(parent(), { priority: 'high' })
    const second = yield* Spawn(noting('normal'))
    yield* Gather(first, second)
  })
  expect(log).toEqual(['child of high', 'normal'])
})

test('other words are refused where the effect is made', () => {
  const error = thrownBy(() => Spawn(Yield(), { priority: 'urgent' as never }))
  expect(error).toBeInstanceOf(InvalidProgramError)
  expect((error as Error).message).toMatch(/'idle', 'normal' or 'high', not 'urgent'/)
})
