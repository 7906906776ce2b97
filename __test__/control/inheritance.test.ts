// Inheritance: a task runs under the handlers of the place where it was spawned.

import {
  Ask,
  CompletePromise,
  CreatePromise,
  Delegate,
  Do,
  effect,
  EscapedTaskError,
  Gather,
  Get,
  GetHandlers,
  handler,
  Listen,
  Local,
  observe,
  pure,
  Put,
  reader,
  Resume,
  scheduled,
  Spawn,
  state,
  Tell,
  Try,
  tryHandler,
  UnhandledEffectError,
  Wait,
  WithHandler,
  writer,
  Yield,
  type Program,
  type Task,
} from '../../index'
import { run, thrownBy } from '../support/leaks'
import { go } from '../support/tasks'

const Who = effect('Who')<[], string>()
const named = (name: string) => handler(name).val(Who, name)
const spawnAndWait = <A>(program: Program<A, unknown>) => Spawn(program).flatMap(task => Wait(task))

test('a task performs under the handlers around its spawn', () => {
  expect(run(spawnAndWait(Who()).with(named('inner')).with(named('outer')).with(scheduled()) as Program<string>)).toBe(
    'inner',
  )
})

test('also when it runs after the handlers have been left', () => {
  go(function* () {
    const task = yield* Spawn(Yield().flatMap(() => Who())).with(named('left'))
    expect(yield* Wait(task)).toBe('left')
  })
})

test('not under those of the place where it is waited for', () => {
  go(function* () {
    const task = yield* Spawn(Who()).with(named('spawner'))
    expect(yield* Wait(task).with(named('waiter'))).toBe('spawner')
  })
})

test('tasks of tasks inherit as well', () => {
  const nested = spawnAndWait(spawnAndWait(spawnAndWait(Who())).with(named('second'))).with(named('first'))
  expect(run(nested.with(scheduled()) as Program<unknown>)).toBe('second')
})

test('the handlers are the same instances: State is shared', () => {
  go(function* () {
    yield* Do(function* () {
      yield* Put('n', 1)
      yield* Wait(yield* Spawn(Put('n', 2)))
      expect(yield* Get('n')).toBe(2)
    })().with(state())
  })
})

test('and so is the log', () => {
  go(function* () {
    const [, messages] = yield* Listen(
      Do(function* () {
        yield* Tell('parent')
        yield* Gather(yield* Spawn(Tell('a')), yield* Spawn(Tell('b')))
      })(),
    ).with(writer())
    expect(messages).toEqual(['parent', 'a', 'b'])
  })
})

test('a return clause maps the result of what it was written around, not those of the tasks', () => {
  const counting = handler('counting')
    .val(Who, 'me')
    .returns(value => ({ value }))
  go(function* () {
    const outer = yield* Do(function* () {
      return yield* Wait(yield* Spawn(Who()))
    })().with(counting)
    expect(outer).toEqual({ value: 'me' })
  })
})

describe('Local', () => {
  const asking = Do(function* () {
    yield* Yield()
    return yield* Ask('k')
  })

  test('does not reach tasks spawned before it', () => {
    go(function* () {
      yield* Do(function* () {
        const task = yield* Spawn(asking())
        expect(yield* Local({ k: 'local' }, Wait(task))).toBe('outer')
      })().with(reader({ k: 'outer' }))
    })
  })

  test('stays with tasks spawned inside, after it has ended', () => {
    go(function* () {
      yield* Do(function* () {
        const task = yield* Local({ k: 'local' }, Spawn(asking()))
        expect(yield* Ask('k')).toBe('outer')
        expect(yield* Wait(task)).toBe('local')
      })().with(reader({ k: 'outer' }))
    })
  })
})

test('Listen hears the tasks spawned inside, those that tell after it has ended not', () => {
  go(function* () {
    yield* Do(function* () {
      const telling = Do(function* () {
        yield* Tell('early')
        yield* Yield()
        yield* Yield()
        yield* Tell('late')
      })
      const [task, messages] = yield* Listen(Spawn(telling()).flatMap(task => Yield().map(() => task)))
      expect(messages).toEqual(['early'])
      yield* Wait(task)
    })().with(writer())
  })
})

test('Try in a parent catches what Wait throws, not what the task throws meanwhile', () => {
  go(function* () {
    yield* Do(function* () {
      const failing = pure(0).map(() => {
        throw new Error('task')
      })
      const task: Task = (yield* Try(Spawn(failing))) as never
      const spawned = task as unknown as { ok: boolean; value: Task }
      expect(spawned.ok).toBe(true)
      const result = yield* Try(Wait(spawned.value))
      expect(result).toMatchObject({ ok: false, error: new Error('task') })
    })().with(tryHandler)
  })
})

test('an effect that nobody handles is thrown into the task, and names the handlers in scope', () => {
  go(function* () {
    const task = yield* Spawn(Who() as Program<string, never>).with(handler('other').val(effect('Other')(), undefined))
    let caught: unknown
    try {
      yield* Wait(task)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(UnhandledEffectError)
    expect((caught as UnhandledEffectError).handlers).toEqual(['other', 'scheduled'])
  })
})

test('GetHandlers in a task gives what was in scope at its spawn', () => {
  const [a, b] = [named('a'), named('b')]
  go(function* () {
    const task = yield* Spawn(GetHandlers()).with(a).with(b)
    const handlers = (yield* Wait(task)) as unknown[]
    expect(handlers.slice(0, 2)).toEqual([a, b])
    expect(handlers).toHaveLength(3)
  })
})

describe('clauses of inherited handlers', () => {
  test('run outside of them: what they perform goes to the handlers outside', () => {
    const greeting = handler('greeting').fun(Who, () => Who().map(name => `Hello, ${name}`))
    const program = spawnAndWait(Who()).with(greeting).with(named('Ada')).with(scheduled())
    expect(run(program as Program<string>)).toBe('Hello, Ada')
  })

  test('answer the task in tail position', () => {
    const answering = handler('answering').ctl(Who, function* (k) {
      return Resume(k, 'Ada')
    })
    go(function* () {
      const task = yield* Spawn(Who().map(name => `${name}!`)).with(answering)
      expect(yield* Wait(task)).toBe('Ada!')
    })
  })

  test('are refused the result of the task: it is not that of what they were installed around', () => {
    const seeing = handler('seeing').ctl(Who, function* (k) {
      try {
        yield* Resume(k, 'Ada')
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_ESCAPED_TASK', effect: 'Who', handler: 'seeing' })
      }
      // It was not used by that.
      return Resume(k, 'Grace')
    })
    go(function* () {
      const task = yield* Spawn(Who().map(name => `${name}!`)).with(seeing)
      expect(yield* Wait(task)).toBe('Grace!')
    })
  })

  test('cannot end a task of its own: it fails with what says so, and with the result', () => {
    const ending = handler('ending').final(Who, () => 'ended')
    const log: string[] = []
    go(function* () {
      const body = Do(function* () {
        try {
          yield* Who()
        } finally {
          log.push('unwound')
        }
      })
      const task = yield* Spawn(body()).with(ending)
      try {
        yield* Wait(task as Task)
      } catch (error) {
        expect(error).toBeInstanceOf(EscapedTaskError)
        expect(error).toMatchObject({ effect: 'Who', handler: 'ending', task, result: 'ended' })
        log.push('escaped')
      }
    })
    expect(log).toEqual(['unwound', 'escaped'])
  })

  test('may wait: only the task that performed does', () => {
    const log: string[] = []
    go(function* () {
      const promise = yield* CreatePromise<string>()
      const waiting = handler('waiting').fun(Who, () => Wait(promise.future))
      const task = yield* Spawn(Who().map(name => log.push(name))).with(waiting)
      yield* Yield()
      log.push('meanwhile')
      yield* CompletePromise(promise, 'answer')
      yield* Wait(task)
    })
    expect(log).toEqual(['meanwhile', 'answer'])
  })

  test('may spawn: the task has the handlers outside of the clause', () => {
    const spawning = handler('inner').fun(Who, () => spawnAndWait(Who()))
    const program = Who().with(spawning).with(named('outer')).with(scheduled())
    expect(run(program as Program<string>)).toBe('outer')
  })
})

describe('a Spawn that passes other handlers on its way', () => {
  const passing: [name: string, handler: Parameters<typeof WithHandler>[0]][] = [
    ['observe', observe(() => {}) as never],
    [
      'a catch-all that delegates',
      function* () {
        return yield* Delegate()
      } as never,
    ],
    [
      'a catch-all that delegates the same effect',
      function* (given: object) {
        return yield* Delegate(given)
      } as never,
    ],
    [
      'a clause for Spawn that delegates',
      handler('spawning').ctl(Spawn, function* () {
        return yield* Delegate()
      }) as never,
    ],
  ]

  test.each(passing)('%s: the task has the handlers of the spawn site all the same', (_name, passed) => {
    const inner = spawnAndWait(Who()).with(named('inner'))
    expect(
      run(
        WithHandler(passed as never, inner)
          .with(named('outer'))
          .with(scheduled()) as Program<unknown>,
      ),
    ).toBe('inner')
  })

  test('a clause that performs it again spawns outside of itself', () => {
    const again = handler('again').ctl(Spawn, function* (k, program) {
      return yield* Resume(k, (yield* Spawn(program as Program<unknown, never>)) as Task)
    })
    const program = spawnAndWait(Who()).with(named('inner')).with(again).with(named('outer')).with(scheduled())
    expect(run(program as unknown as Program<string>)).toBe('outer')
  })
})

test('a handler that a task installs is its own', () => {
  go(function* () {
    const tasks = []
    for (const name of ['a', 'b'])
      tasks.push(
        yield* Spawn(
          Yield()
            .flatMap(() => Who())
            .with(named(name)),
        ),
      )
    expect(yield* Gather(...tasks)).toEqual(['a', 'b'])
  })
})

test('50 handlers, 100 tasks: each effect reaches the outermost', () => {
  let program: Program<unknown, unknown> = Do(function* () {
    const tasks: Task[] = []
    for (let i = 0; i < 100; i++) tasks.push((yield* Spawn(Yield().flatMap(() => Who()) as never)) as Task)
    return yield* Gather(...tasks)
  })()
  for (let i = 0; i < 50; i++) program = program.with(handler(`h${i}`).val(effect(`E${i}`)(), undefined)) as never
  const result = run(program.with(named('outermost')).with(scheduled()) as Program<unknown[]>)
  expect(new Set(result)).toEqual(new Set(['outermost']))
})

test('without a scheduler, Spawn is an unhandled effect', () => {
  expect(thrownBy(() => run(Spawn(pure(1)) as unknown as Program<unknown>))).toBeInstanceOf(UnhandledEffectError)
})
