// `start`: a running application, to which callbacks give programs.

import { AsyncLocalStorage } from 'node:async_hooks'

import {
  Acquire,
  All,
  Ask,
  Await,
  catching,
  compose,
  CreateSemaphore,
  Do,
  effect,
  fail,
  Failure,
  handler,
  Modify,
  Now,
  pure,
  Release,
  reader,
  Resume,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  start,
  state,
  Tell,
  Wait,
  withPermit,
  writer,
  Yield,
  type Application,
  type Program,
  type Semaphore,
} from '../../index'
import { NOTHING } from '../support/leaks'

type Any = Application<never> & { run(program: unknown, options?: unknown): Promise<unknown> }

const open: { close(): Promise<void>; stats(): object }[] = []

/** An application of the test's own; after the test it must hold nothing. */
function started<H>(app: Application<H>): Application<H> {
  open.push(app)
  return app
}

afterEach(async () => {
  for (const app of open.splice(0)) {
    await app.close().catch(() => {})
    expect(app.stats()).toEqual({ ...NOTHING, effects: expect.any(Number) })
  }
})

const macrotask = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A program that waits until `go` is called; `begun` settles when it has begun. Its cleanup is noted. */
function gate() {
  const events: string[] = []
  let go!: (value: string) => void
  let begin!: () => void
  const begun = new Promise<void>(resolve => (begin = resolve))
  const opened = new Promise<string>(resolve => (go = resolve))
  const program = Do(function* gated() {
    try {
      begin()
      return yield* Await(signal => {
        signal.addEventListener('abort', () => events.push('aborted'))
        return opened
      })
    } finally {
      events.push('unwound')
    }
  })
  return { events, go, begun, program: program() }
}

describe('programs', () => {
  test('run under the handlers of the application and share what those hold', async () => {
    const app = started(start(compose(state({ n: 0 }), reader({ step: 2 }))))
    const next = Do(function* () {
      const step = yield* Ask<number>('step')
      return yield* Modify<number>('n', n => (n ?? 0) + step)
    })
    const results = await Promise.all(Array.from({ length: 60 }, () => app.run(next())))
    expect(results).toEqual(Array.from({ length: 60 }, (_, at) => at * 2))
  })

  test('go on beside one another', async () => {
    const app = started(start())
    const [a, b] = [gate(), gate()]
    const first = app.run(a.program)
    const second = app.run(b.program)
    await Promise.all([a.begun, b.begun])
    b.go('b')
    expect(await second).toBe('b')
    a.go('a')
    expect(await first).toBe('a')
  })

  test('share semaphores across callbacks', async () => {
    const app = started(start())
    const one: Semaphore = await app.run(CreateSemaphore(1))
    let inside = 0
    let most = 0
    const guarded = withPermit(
      one,
      Do(function* () {
        most = Math.max(most, ++inside)
        yield* Await(macrotask())
        inside--
      })(),
    )
    await Promise.all(Array.from({ length: 50 }, () => app.run(guarded)))
    expect(most).toBe(1)
  })

  test('of which a thousand are given at once are all answered, in order', async () => {
    const app = started(start())
    const ended: number[] = []
    const one = Do(function* (n: number) {
      yield* Yield()
      ended.push(n)
      return n
    })
    const all = Array.from({ length: 1_000 }, (_, n) => n)
    expect(await Promise.all(all.map(n => app.run(one(n))))).toEqual(all)
    expect(ended).toEqual(all)
  })

  test('may be generator functions', async () => {
    const app = started(start(state({ n: 41 })))
    expect(
      await app.run(function* () {
        return ((yield* Modify<number>('n', n => n ?? 0)) ?? 0) + 1
      }),
    ).toBe(42)
  })

  test('that are given from inside of a program run as well', async () => {
    const app = started(start())
    const outer = Do(function* () {
      return yield* Await(() => app.run(pure('inner')))
    })
    expect(await app.run(outer())).toBe('inner')
  })

  test('begin in the asynchronous context of their caller, and stay in it', async () => {
    const request = new AsyncLocalStorage<number>()
    const app = started(request.run(-1, () => start()))
    const who = Do(function* () {
      const before = request.getStore()
      yield* Await(macrotask())
      yield* Yield()
      return [before, request.getStore()]
    })
    const runs = Array.from({ length: 50 }, (_, n) => request.run(n, () => app.run(who())))
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 50 }, (_, n) => [n, n]))
    expect(request.getStore()).toBeUndefined()
  })

  test('have a name in snapshots', async () => {
    const app = started(start())
    const [a, b] = [gate(), gate()]
    const runs = [app.run(a.program, { name: 'GET /items' }), app.run(b.program)]
    await Promise.all([a.begun, b.begun])
    expect(app.snapshot().map(({ name }) => name)).toEqual(['root', 'GET /items', 'gated'])
    a.go('')
    b.go('')
    await Promise.all(runs)
    expect(app.snapshot().map(({ name }) => name)).toEqual(['root'])
  })

  test('under simulated time take none', async () => {
    const app = started(start(simulatedClock()))
    const slow = Do(function* () {
      yield* Sleep(36_000_000)
      return yield* Now()
    })
    expect(await app.run(slow())).toBe(36_000_000)
  })

  test('may leave tasks behind, which go on until the application closes', async () => {
    const app = started(start())
    const { program, begun, events } = gate()
    await app.run(Spawn(program, { name: 'background' }))
    await begun
    expect(app.snapshot().map(({ name }) => name)).toContain('background')
    await app.close()
    expect(events.toSorted()).toEqual(['aborted', 'unwound'])
  })

  test('are refused beyond the limit of the scheduler', async () => {
    const app = started(start(scheduled({ maxTasks: 1 })))
    const { program, go, begun } = gate()
    const first = app.run(program)
    await begun
    await expect(app.run(pure(1))).rejects.toMatchObject({ code: 'ERR_TOO_MANY_TASKS' })
    go('done')
    expect(await first).toBe('done')
    expect(await app.run(pure(1))).toBe(1)
  })
})

describe('an error', () => {
  const fails = Do(function* (error: unknown): Generator<never, never> {
    throw error
  })

  test('rejects its own promise only, as it is', async () => {
    const app = started(start())
    const { program, go, begun } = gate()
    const other = app.run(program)
    await begun
    const error = new RangeError('no')
    await expect(app.run(fails(error))).rejects.toBe(error)
    go('fine')
    expect(await other).toBe('fine')
  })

  test('may be anything', async () => {
    const app = started(start())
    await expect(app.run(fails(undefined))).rejects.toBeUndefined()
  })

  test('of a handler is that of the program that performed the effect', async () => {
    const Find = effect('Find')<[id: number], string>()
    const app = started(
      start(
        handler('repo').fun(Find, id => {
          if (id === 0) throw new RangeError('none')
          return `item ${id}`
        }),
      ),
    )
    await expect(app.run(Find(0))).rejects.toThrow('none')
    expect(await app.run(Find(1))).toBe('item 1')
  })

  test('that is a typed failure is caught around the program', async () => {
    class NotFound extends Failure('NotFound')<{ id: number }> {}
    const app = started(start())
    const missing = fail(new NotFound({ id: 7 }))
    expect(await app.run(missing.with(catching(NotFound, ({ id }) => `no ${id}`)))).toBe('no 7')
  })

  test('of a task that a program has left behind is reported', async () => {
    const reports: string[] = []
    const app = started(start(state(), { onUnobservedFailure: (error, { name }) => reports.push(`${name}: ${error}`) }))
    await app.run(Spawn(fails('lost'), { name: 'background' }))
    await app.close()
    expect(reports).toEqual(['background: lost'])
  })

  test('of a deadlock reaches the program that waits in vain', async () => {
    const app = started(start())
    const one = await app.run(CreateSemaphore(1))
    const holding = withPermit(one, withPermit(one, pure('never')))
    await expect(app.run(holding)).rejects.toMatchObject({ code: 'ERR_DEADLOCK' })
    expect(
      await app.run(
        Acquire(one)
          .flatMap(() => Release(one))
          .map(() => 'free'),
      ),
    ).toBe('free')
  })
})

describe('aborting the signal of a program', () => {
  test('unwinds it, then rejects with the reason; others go on', async () => {
    const app = started(start())
    const [a, b] = [gate(), gate()]
    const controller = new AbortController()
    const first = app.run(a.program, { signal: controller.signal })
    const second = app.run(b.program)
    await Promise.all([a.begun, b.begun])
    controller.abort('client left')
    await expect(first).rejects.toBe('client left')
    expect(a.events.toSorted()).toEqual(['aborted', 'unwound'])
    b.go('fine')
    expect(await second).toBe('fine')
  })

  test('waits for cleanup that waits', async () => {
    const app = started(start())
    const events: string[] = []
    const controller = new AbortController()
    const careful = Do(function* () {
      try {
        controller.abort('now')
        yield* Sleep(100_000)
      } finally {
        yield* Await(macrotask())
        events.push('cleaned up')
      }
    })
    await expect(app.run(careful(), { signal: controller.signal })).rejects.toBe('now')
    expect(events).toEqual(['cleaned up'])
  })

  test('before it begins keeps it from beginning', async () => {
    const app = started(start())
    let hasBegun = false
    const program = Do(function* () {
      hasBegun = true
    })
    await expect(app.run(program(), { signal: AbortSignal.abort('early') })).rejects.toBe('early')
    const controller = new AbortController()
    const run = app.run(program(), { signal: controller.signal })
    controller.abort('at once')
    await expect(run).rejects.toBe('at once')
    expect(hasBegun).toBe(false)
  })

  test('rejects with the error of cleanup that fails', async () => {
    const app = started(start())
    const controller = new AbortController()
    const broken = Do(function* () {
      try {
        controller.abort('now')
        yield* Sleep(100_000)
      } finally {
        throw new RangeError('cleanup')
      }
    })
    await expect(app.run(broken(), { signal: controller.signal })).rejects.toThrow('cleanup')
  })

  test('after its end does nothing, and nobody listens any more', async () => {
    const app = started(start())
    const controller = new AbortController()
    const listening = jest.spyOn(controller.signal, 'removeEventListener')
    expect(await app.run(pure(1), { signal: controller.signal })).toBe(1)
    expect(listening).toHaveBeenCalledTimes(1)
    controller.abort()
    expect(await app.run(pure(2))).toBe(2)
  })

  test('is no use when its result is there already: an ended program beats a late abort', async () => {
    const app = started(start())
    const controller = new AbortController()
    const ends = Do(function* () {
      controller.abort('late')
      return 'done'
    })
    expect(await app.run(ends(), { signal: controller.signal })).toBe('done')
  })

  test('while the application computes in slices ends the program at its next wait', async () => {
    const app = started(start(state(), { yieldEveryMs: 0 }))
    const controller = new AbortController()
    const over = { is: false }
    const busy = Do(function* () {
      while (!over.is) {
        for (let i = 0; i < 50; i++) yield* Modify<number>('n', n => (n ?? 0) + 1)
        yield* Yield()
      }
    })
    const { program, begun, events } = gate()
    const computing = app.run(busy())
    const waiting = app.run(program, { signal: controller.signal })
    await begun
    await macrotask()
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    expect(events.toSorted()).toEqual(['aborted', 'unwound'])
    over.is = true
    await computing
  })
})

describe('closing', () => {
  test('unwinds what is under way, and rejects it', async () => {
    const app = started(start())
    const gates = Array.from({ length: 50 }, gate)
    const runs = gates.map(({ program }) => app.run(program))
    await Promise.all(gates.map(({ begun }) => begun))
    const closed = app.close()
    const outcomes = await Promise.allSettled(runs)
    expect(new Set(outcomes.map(outcome => outcome.status === 'rejected' && outcome.reason.code))).toEqual(
      new Set(['ERR_APPLICATION_CLOSED']),
    )
    expect(gates.every(({ events }) => events.includes('unwound'))).toBe(true)
    await closed
  })

  test('waits for cleanup, which has the handlers still', async () => {
    const told: unknown[] = []
    const app = started(start(handler('told').fun(Tell, message => void told.push(message))))
    let begin!: () => void
    const begun = new Promise<void>(resolve => (begin = resolve))
    const careful = Do(function* () {
      try {
        begin()
        yield* Sleep(100_000)
      } finally {
        yield* Await(macrotask())
        yield* Tell('cleaned up')
      }
    })
    const run = app.run(careful())
    await begun
    await app.close()
    expect(told).toEqual(['cleaned up'])
    await expect(run).rejects.toMatchObject({ code: 'ERR_APPLICATION_CLOSED' })
  })

  test('rejects programs that have not begun', async () => {
    const app = started(start())
    const run = app.run(pure(1))
    const closed = app.close()
    await expect(run).rejects.toMatchObject({ code: 'ERR_APPLICATION_CLOSED' })
    await closed
  })

  test('twice is closing once; a run after it is refused', async () => {
    const app = started(start(state()))
    await Promise.all([app.close(), app.close()])
    await app.close()
    const refused = app.run(pure(1))
    await expect(refused).rejects.toMatchObject({
      name: 'ApplicationClosedError',
      message: 'The application is closed: start another one.',
    })
    expect(app.snapshot()).toEqual([])
  })

  test('from inside of a program ends that program too', async () => {
    const app = started(start())
    const suicidal = Do(function* () {
      void app.close()
      yield* Sleep(100_000)
    })
    await expect(app.run(suicidal())).rejects.toMatchObject({ code: 'ERR_APPLICATION_CLOSED' })
  })

  test('with `await using`, where the engine has it', async () => {
    const app = started(start())
    const dispose = (app as unknown as Record<symbol, () => Promise<void>>)[Symbol.asyncDispose]
    expect(typeof dispose).toBe(Symbol.asyncDispose === undefined ? 'undefined' : 'function')
    await dispose?.call(app)
    await expect(app.run(pure(1))).rejects.toMatchObject({ code: 'ERR_APPLICATION_CLOSED' })
  })

  test('lets other applications be', async () => {
    const [a, b] = [started(start(state({ n: 1 }))), started(start(state({ n: 2 })))]
    await a.close()
    expect(await b.run(Modify<number>('n', n => n ?? 0))).toBe(2)
  })
})

describe('handlers', () => {
  const Ping = effect('Ping')<[], string>()
  const Stop = effect('Stop')<[], never>()

  test.each([
    [
      handler('stopping').final(Stop, () => 0),
      'start: stopping ends programs (final clause for Stop), so it is for each program: app.run(program.with(stopping)).',
    ],
    [
      handler('counting').returns(() => 1),
      'start: counting changes their results (return clause), so it is for each program: app.run(program.with(counting)).',
    ],
    [
      compose(
        state(),
        catching(class Gone extends Failure('Gone') {}, () => 1),
      ),
      'start: catching(Gone) catches what programs throw, so it is for each program: app.run(program.with(catching(Gone))).',
    ],
    [undefined, 'start takes a handler or a generator function (effect, k), not undefined.'],
    [{}, 'start takes a handler or a generator function (effect, k), not {}.'],
  ])('that cannot be those of an application are refused at the call: %#', (handlers, message) => {
    expect(() => start(handlers as never)).toThrow(message)
  })

  test('that resume in tail position may be `ctl` clauses', async () => {
    const app = started(
      start(
        handler('pong').ctl(Ping, function* (k) {
          return Resume(k, 'pong')
        }),
      ),
    )
    expect(await app.run(Ping())).toBe('pong')
  })

  test('whose `ctl` clause leaves reject the program that performed the effect', async () => {
    const app = started(start(handler('leaving').ctl(Ping, function* () {}) as never)) as unknown as Any
    await expect(app.run(Ping())).rejects.toMatchObject({ code: 'ERR_ESCAPED_TASK' })
    expect(await app.run(pure(1))).toBe(1)
  })

  test('may use a scheduler of their own', async () => {
    const app = started(start(scheduled({ preemptEvery: 3 })))
    const child = Do(function* () {
      yield* Yield()
      return 1
    })
    const both = Do(function* () {
      return yield* All([Wait(yield* Spawn(child())), child()])
    })
    expect(await app.run(both())).toEqual([1, 1])
  })

  test('that cannot be installed reject every program, with the reason, and closing', async () => {
    const app = started(start(reader(7 as never)))
    const closed = { code: 'ERR_APPLICATION_CLOSED', cause: { code: 'ERR_INVALID_BINDINGS' } }
    await expect(app.run(Ask('x'))).rejects.toMatchObject(closed)
    await expect(app.run(Ask('x'))).rejects.toMatchObject(closed)
    await expect(app.close()).rejects.toMatchObject({ code: 'ERR_INVALID_BINDINGS' })
  })

  test('that cannot be installed are reported if nobody asks', async () => {
    const reports: unknown[] = []
    started(start(reader(7 as never), { onUnobservedFailure: (error, { name }) => reports.push([name, error]) }))
    await macrotask()
    expect(reports).toMatchObject([['application', { code: 'ERR_INVALID_BINDINGS' }]])
  })
})

test.each([
  [undefined, {}, 'run takes a program or a generator function, not undefined.'],
  [() => pure(1), {}, 'If it makes a program, call it.'],
  [pure(1), 7, 'app.run: the options are an object, not 7.'],
  [pure(1), { signal: {} }, 'app.run: signal is an AbortSignal, not {}.'],
  [pure(1), { name: 7 }, 'app.run: name is a text, not 7.'],
])('what is no use is refused as a rejection: %#', async (program, options, message) => {
  const app = started(start()) as unknown as Any
  await expect(app.run(program, options)).rejects.toThrow(message)
})

test.each([
  [7, 'start: the options are an object, not 7.'],
  [{ yieldEveryMs: -1 }, 'start: yieldEveryMs is a number of milliseconds, not -1.'],
  [{ onUnobservedFailure: 1 }, 'start: onUnobservedFailure is a function, not 1.'],
])('options of no use are refused at the call: %#', (options, message) => {
  expect(() => start(state(), options as never)).toThrow(message)
})

test('a program that is run in an application gives what `runAsync` gives: values, errors and logs', async () => {
  const log: unknown[] = []
  const telling = handler('telling').fun(Tell, message => void log.push(message))
  const app = started(start(telling))
  const program: Program<readonly number[], never> = Do(function* () {
    yield* Tell('a')
    return yield* All([pure(1), Yield().map(() => 2)])
  })() as never
  expect(await app.run(program)).toEqual([1, 2])
  expect(log).toEqual(['a'])
  expect(
    await app.run(
      Tell('own')
        .map(() => 3)
        .with(writer()),
    ),
  ).toBe(3)
  expect(log).toEqual(['a'])
})
