// The cleanup of a cancelled task: performs, waits, spawns and fails as any program, and runs once.

import {
  Ask,
  Cancel,
  CompletePromise,
  CreatePromise,
  Do,
  effect,
  Get,
  handler,
  Local,
  Put,
  reader,
  Spawn,
  state,
  type Program,
  type Task,
  Tell,
  Wait,
  Yield,
} from '../../index'
import { go } from '../support/tasks'
import { type Any, statusOf } from '../support/cancelling'

test('frames are closed innermost first', () => {
  const log: number[] = []
  const nest = Do(function* (depth: number): Generator<Program<unknown, never>, void> {
    try {
      if (depth === 0) yield CreatePromise().flatMap(p => Wait(p.future)) as Any
      else yield nest(depth - 1) as Any
    } finally {
      log.push(depth)
    }
  })
  go(function* () {
    const task = yield* Spawn(nest(4))
    yield* Yield()
    yield* Cancel(task)
    yield* statusOf(task)
  })
  expect(log).toEqual([0, 1, 2, 3, 4])
})

test('cleanup performs effects under the handlers of the task', () => {
  go(function* () {
    const items = yield* Do(function* () {
      const task = yield* Spawn(function* () {
        try {
          yield* Wait((yield* CreatePromise()).future)
        } finally {
          yield* Put('cleaned', (yield* Get('by')) as string)
        }
      })
      yield* Yield()
      yield* Put('by', 'finally')
      yield* Cancel(task)
      yield* statusOf(task)
      return yield* Get('cleaned')
    })().with(state())
    expect(items).toBe('finally')
  })
})

test('A5: cleanup outside of a Local does not see its bindings, cleanup inside of it does', () => {
  const seen: unknown[] = []
  const asking = Do(function* (program: Program<unknown, never>) {
    try {
      yield* program
    } finally {
      seen.push(yield* Ask('x'))
    }
  })
  go(function* () {
    yield* Do(function* () {
      const parked = CreatePromise().flatMap(promise => Wait(promise.future)) as Program<unknown, never>
      const task = yield* Spawn(asking(Local({ x: 'inside' }, asking(parked)) as Program<unknown, never>))
      yield* Yield()
      yield* Cancel(task)
      yield* statusOf(task)
      seen.push(yield* Ask('x'))
    })().with(reader({ x: 'outside' }))
  })
  expect(seen).toEqual(['inside', 'outside', 'outside'])
})

test('cleanup may wait, and is not cancelled once more', () => {
  const log: string[] = []
  go(function* () {
    const gate = yield* CreatePromise()
    const task = yield* Spawn(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        log.push('waits')
        yield* Wait(gate.future)
        log.push('goes on')
      }
    })
    yield* Yield()
    yield* Cancel(task)
    yield* Yield()
    yield* Cancel(task)
    yield* Yield()
    expect(task.status).toBe('pending')
    yield* CompletePromise(gate, 0)
    expect(yield* statusOf(task)).toBe('cancelled')
  })
  expect(log).toEqual(['waits', 'goes on'])
})

test('an error of the cleanup is the task’s own', () => {
  go(function* () {
    const task = yield* Spawn(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        throw new Error('cleanup')
      }
    })
    yield* Yield()
    yield* Cancel(task)
    let caught: unknown
    try {
      yield* Wait(task)
    } catch (error) {
      caught = error
    }
    expect(caught).toEqual(new Error('cleanup'))
    expect(task.status).toBe('failed')
  })
})

test('cleanup of a cancelled task may spawn; the task runs', () => {
  const log: string[] = []
  go(function* () {
    let child!: Task
    const task = yield* Spawn(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        child = yield* Spawn(function* () {
          log.push('spawned by cleanup')
        })
      }
    })
    yield* Yield()
    yield* Cancel(task)
    yield* statusOf(task)
    yield* Wait(child)
  })
  expect(log).toEqual(['spawned by cleanup'])
})

test('a task with a suspended clause, kept continuations and inner handlers unwinds completely', () => {
  const Ask2 = effect('Ask2')<[], string>()
  const log: string[] = []
  const kept: unknown[] = []
  const keeping = handler('keeping').raw(Ask2, function* (k) {
    kept.push(k)
    try {
      yield* Wait((yield* CreatePromise()).future)
    } finally {
      yield* Tell('clause')
    }
  })
  go(function* () {
    yield* Do(function* () {
      const task = yield* Spawn(
        Do(function* () {
          try {
            yield* Ask2()
          } finally {
            log.push('body')
          }
        })().with(keeping),
      )
      yield* Yield()
      yield* Cancel(task)
      yield* statusOf(task)
    })().with(handler('log').fun(Tell, message => void log.push(String(message))))
  })
  expect(log).toEqual(['clause', 'body'])
})
