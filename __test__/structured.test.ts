// Structured forms: what they have spawned has ended before they end themselves.

import fc from 'fast-check'

import {
  All,
  Any,
  AsyncInSyncRunError,
  Await,
  bracket,
  Cancel,
  CreateExternalPromise,
  CreatePromise,
  Delegate,
  DeadlockError,
  Do,
  ensure,
  Gather,
  Get,
  InvalidProgramError,
  Now,
  type Program,
  pure,
  Put,
  scheduled,
  Scope,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  type Task,
  Timeout,
  TimeoutError,
  TooManyTasksError,
  traverse,
  Wait,
  WithHandler,
  Yield,
} from '../index'
import { run, thrownBy } from './support/leaks'
import { failureOfTasks, go, rejectionOf, goAsync, warningsDuring } from './support/tasks'

type Any_ = Program<unknown, never>

const log: string[] = []
beforeEach(() => log.splice(0))

/** Ends with its name after so many turns; notes how it ends. */
const worker = Do(function* (name: string, turns: number) {
  try {
    for (let i = 0; i < turns; i++) yield* Yield()
    log.push(`${name} done`)
    return name
  } finally {
    log.push(`${name} over`)
  }
})
const failing = Do(function* (name: string, turns: number) {
  for (let i = 0; i < turns; i++) yield* Yield()
  throw new Error(name)
})
const forever = Do(function* (name: string) {
  try {
    yield* Wait((yield* CreatePromise()).future)
  } finally {
    log.push(`${name} unwound`)
  }
})
/** A worker whose cleanup takes turns as well. */
const slowlyUnwinding = Do(function* (name: string) {
  try {
    yield* Wait((yield* CreatePromise()).future)
  } finally {
    yield* Yield()
    yield* Yield()
    log.push(`${name} unwound`)
  }
})
const timed = <A>(program: Program<A, unknown>) => run(program.with(simulatedClock()).with(scheduled()) as never) as A

describe('All', () => {
  test('answers in the order of the programs, whoever ends first', () => {
    expect(run(All([worker('a', 3), worker('b', 0), pure(1)]).with(scheduled()))).toEqual(['a', 'b', 1])
  })

  test('of nothing is nothing', () => {
    expect(run(All([]).with(scheduled()))).toEqual([])
  })

  test('runs them side by side', () => {
    run(All([worker('a', 1), worker('b', 1)]).with(scheduled()))
    expect(log).toEqual(['a done', 'a over', 'b done', 'b over'])
  })

  test('throws the first failure, when the others are cancelled and unwound', () => {
    const error = failureOfTasks(function* () {
      try {
        yield* All([slowlyUnwinding('a'), failing('bad', 1), forever('b')])
      } finally {
        log.push('All ended')
      }
    })
    expect(error).toEqual(new Error('bad'))
    expect(log).toEqual(['b unwound', 'a unwound', 'All ended'])
  })

  test('when it is cancelled itself, unwinds them all before it ends', () => {
    go(function* () {
      const task = yield* Spawn(All([slowlyUnwinding('a'), forever('b')]))
      yield* Yield()
      yield* Yield()
      yield* Cancel(task)
      try {
        yield* Wait(task)
      } catch {
        log.push('All ended')
      }
    })
    expect(log).toEqual(['b unwound', 'a unwound', 'All ended'])
  })

  test('takes programs only', () => {
    expect(thrownBy(() => All([pure(1), 42 as never]))).toBeInstanceOf(InvalidProgramError)
  })

  test('can be run twice', () => {
    const both = All([pure(1), worker('a', 1)])
    expect(run(both.flatMap(first => both.map(second => [first, second])).with(scheduled()))).toEqual([
      [1, 'a'],
      [1, 'a'],
    ])
  })

  test('when not all can be spawned, ends those that were', () => {
    const programs = Array.from({ length: 10 }, (_, i) => forever(String(i)))
    const noting = ensure(
      All(programs),
      pure(0).map(() => log.push('All ended')),
    )
    const error = thrownBy(() => run(noting.with(scheduled({ maxTasks: 4 }))))
    expect(error).toBeInstanceOf(TooManyTasksError)
    // None of them had started.
    expect(log).toEqual(['All ended'])
  })

  test('leaves no warning about the tasks it ended', async () => {
    const warnings = await warningsDuring(() => {
      failureOfTasks(function* () {
        yield* All([forever('a'), failing('bad', 1), failing('worse', 1)])
      })
    })
    expect(warnings).toEqual([])
  })

  test('a failure in the cleanup of another one is reported, not swallowed', async () => {
    const badCleanup = ensure(forever('a'), failing('cleanup', 0))
    const warnings = await warningsDuring(() => {
      const error = failureOfTasks(function* () {
        yield* All([badCleanup, failing('bad', 1)])
      })
      expect(error).toEqual(new Error('bad'))
    })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]!.code).toBe('DOEFF_UNOBSERVED_FAILURE')
    expect(warnings[0]!.message).toMatch(/nobody waited for it: Error: cleanup/)
  })
})

describe('Any', () => {
  test('answers the first success, when the others are cancelled and unwound', () => {
    go(function* () {
      expect(yield* Any([slowlyUnwinding('a'), failing('bad', 0), worker('b', 2)])).toBe('b')
      log.push('Any ended')
    })
    expect(log).toEqual(['b done', 'b over', 'a unwound', 'Any ended'])
  })

  test('when all fail, throws their errors in the order of the programs', () => {
    const error = failureOfTasks(function* () {
      yield* Any([failing('late', 3), failing('soon', 0), failing('middle', 1)])
    }) as AggregateError
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors).toEqual([new Error('late'), new Error('soon'), new Error('middle')])
  })

  test('of nothing fails, as nobody succeeds', () => {
    const error = failureOfTasks(function* () {
      yield* Any([])
    }) as AggregateError
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors).toEqual([])
  })

  test('two that settle at the same time: the one that was first', () => {
    expect(run(Any([worker('a', 2), worker('b', 2)]).with(scheduled()))).toBe('a')
    expect(run(Any([failing('a', 2), worker('b', 2)]).with(scheduled()))).toBe('b')
  })

  test('says that nobody can go on when none can', () => {
    const error = failureOfTasks(function* () {
      yield* Any([forever('a'), forever('b')])
    })
    expect(error).toBeInstanceOf(DeadlockError)
    expect(log).toEqual(['a unwound', 'b unwound'])
  })

  test('says that it may not wait in a synchronous run', () => {
    const error = failureOfTasks(function* () {
      yield* Any([CreateExternalPromise().flatMap(promise => Wait(promise.future)) as Any_])
    })
    expect(error).toBeInstanceOf(AsyncInSyncRunError)
  })
})

describe('Timeout', () => {
  test('answers what the program answers in time', () => {
    expect(
      timed(
        Timeout(
          100,
          Sleep(99).map(() => 'in time'),
        ),
      ),
    ).toBe('in time')
  })

  test('throws TimeoutError that names the program, when that is cancelled and unwound', () => {
    const slow = Do(function* slow() {
      try {
        yield* Sleep(1000)
      } finally {
        log.push('unwound')
      }
    })
    const error = thrownBy(() => timed(Timeout(10, slow()))) as Error
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.message).toMatch(/slow.* took longer than 10 ms/)
    expect(log).toEqual(['unwound'])
  })

  test('throws what the program throws', () => {
    expect(thrownBy(() => timed(Timeout(10, failing('own', 0))))).toEqual(new Error('own'))
  })

  test('at the very instant the time wins', () => {
    expect(thrownBy(() => timed(Timeout(10, Sleep(10))))).toBeInstanceOf(TimeoutError)
  })

  test('of no time at all still lets a program that does not wait answer', () => {
    expect(timed(Timeout(0, pure(1)))).toBe(1)
  })

  test('of a forever waiting program ends', () => {
    expect(thrownBy(() => timed(Timeout(10, forever('a'))))).toBeInstanceOf(TimeoutError)
    expect(log).toEqual(['a unwound'])
  })

  test('calls its timer off: the clock does not go on to it', () => {
    const program = Timeout(1e9, Sleep(5)).flatMap(() => Sleep(1))
    expect(timed(program.flatMap(() => Now()))).toBe(6)
  })

  test('inside of another one: the shorter wins, wherever it stands', () => {
    const outer = Timeout(10, Timeout(20, Sleep(100)))
    const inner = Timeout(20, Timeout(10, Sleep(100)))
    expect((thrownBy(() => timed(outer)) as Error).message).toMatch(/10 ms/)
    expect((thrownBy(() => timed(inner)) as Error).message).toMatch(/10 ms/)
  })

  test('leaves no warning', async () => {
    expect(await warningsDuring(() => thrownBy(() => timed(Timeout(10, Sleep(20)))))).toEqual([])
  })
})

describe('Scope', () => {
  test('answers what the program answers, when its tasks are cancelled and unwound', () => {
    go(function* () {
      const value = yield* Scope(
        Do(function* () {
          yield* Spawn(slowlyUnwinding('a'))
          yield* Spawn(forever('b'))
          yield* Yield()
          return 'value'
        })(),
      )
      log.push(value)
    })
    expect(log).toEqual(['b unwound', 'a unwound', 'value'])
  })

  test('ends what is spawned under handlers that take everything', () => {
    const passing = function* () {
      return yield* Delegate()
    }
    go(function* () {
      const inside = Do(function* () {
        yield* Spawn(forever('child'), { daemon: true })
        yield* Yield()
      })
      yield Scope(WithHandler(passing as never, WithHandler(passing as never, inside()) as never)) as never
      log.push('over')
    })
    expect(log).toEqual(['child unwound', 'over'])
  })

  test('ends what its tasks have spawned, and what their cleanup spawns', () => {
    go(function* () {
      yield* Scope(
        Do(function* () {
          yield* Spawn(function* () {
            yield* Spawn(forever('grandchild'))
            try {
              yield* forever('child')
            } finally {
              yield* Spawn(forever('spawned by cleanup'))
              yield* Yield()
            }
          })
          yield* Yield()
          yield* Yield()
        })(),
      )
      log.push('over')
    })
    expect(log).toEqual(['child unwound', 'grandchild unwound', 'spawned by cleanup unwound', 'over'])
  })

  test('leaves tasks alone that were spawned outside', () => {
    go(function* () {
      const outside = yield* Spawn(worker('outside', 5))
      yield* Scope(Spawn(forever('inside')).flatMap(() => Yield()))
      expect(outside.status).toBe('pending')
      yield* Wait(outside)
    })
    expect(log).toEqual(['inside unwound', 'outside done', 'outside over'])
  })

  test('inside of another one: a task belongs to the innermost', () => {
    go(function* () {
      yield* Scope(
        Do(function* () {
          yield* Spawn(forever('outer'))
          yield* Scope(Spawn(forever('inner')).flatMap(() => Yield()))
          log.push('inner over')
        })(),
      )
      log.push('outer over')
    })
    expect(log).toEqual(['inner unwound', 'inner over', 'outer unwound', 'outer over'])
  })

  test('when it fails, and when it is cancelled, ends its tasks too', () => {
    go(function* () {
      const body = Do(function* (fails: boolean) {
        yield* Spawn(forever(fails ? 'of the failed' : 'of the cancelled'))
        yield* Yield()
        if (fails) throw new Error('fails')
        yield* forever('body')
      })
      let caught: unknown
      try {
        yield* Scope(body(true))
      } catch (error) {
        caught = error
      }
      expect(caught).toEqual(new Error('fails'))
      const task = yield* Spawn(Scope(body(false)))
      yield* Yield()
      yield* Yield()
      yield* Cancel(task)
      try {
        yield* Wait(task)
      } catch {
        log.push('over')
      }
    })
    expect(log).toEqual(['of the failed unwound', 'body unwound', 'of the cancelled unwound', 'over'])
  })

  test('an isolated task belongs to it as well, and so do the tasks of that one', () => {
    go(function* () {
      yield* Do(function* () {
        yield* Scope(
          Do(function* () {
            yield* Spawn(
              Do(function* () {
                yield* Spawn(forever('grandchild'))
                yield* forever('child')
              })(),
              { store: 'isolated' },
            )
            yield* Yield()
            yield* Yield()
          })(),
        )
        log.push('over')
      })().with(state())
    })
    expect(log).toEqual(['child unwound', 'grandchild unwound', 'over'])
  })

  test('a task that failed in it is reported unless somebody waits', async () => {
    const warnings = await warningsDuring(() =>
      go(function* () {
        yield* Scope(Spawn(failing('lost', 0)).flatMap(() => Yield()))
      }),
    )
    expect(warnings.map(({ code }) => code)).toEqual(['DOEFF_UNOBSERVED_FAILURE'])
  })

  test('a task whose cleanup can never end is a deadlock, not a hang', () => {
    const stuck = Do(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        yield* Wait((yield* CreatePromise()).future)
      }
    })
    for (const form of [
      Scope(Spawn(stuck()).flatMap(() => Yield())),
      All([stuck(), failing('bad', 1)]),
      Any([stuck(), worker('a', 1)]),
    ]) {
      const error = thrownBy(() => run(form.with(scheduled()) as Any_))
      expect(error).toBeInstanceOf(DeadlockError)
    }
  })
})

describe('traverse with a concurrency', () => {
  test('answers in order', () => {
    const items = [3, 0, 2, 1]
    const results = run(traverse(items, n => worker(`w${n}`, n), { concurrency: 2 }).with(scheduled()))
    expect(results).toEqual(['w3', 'w0', 'w2', 'w1'])
  })

  test('has never more under way than it may, and as many as it can', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 20 }), fc.integer({ min: 1, max: 6 }), (items, concurrency) => {
        let now = 0
        let most = 0
        const counting = Do(function* (turns: number) {
          most = Math.max(most, ++now)
          for (let i = 0; i <= turns; i++) yield* Yield()
          now--
          return turns
        })
        const results = run(traverse(items, counting, { concurrency }).with(scheduled()))
        expect(results).toEqual(items)
        expect(most).toBe(Math.min(concurrency, items.length))
      }),
      { numRuns: 100 },
    )
  })

  test('Infinity is all at once; 1 is one after the other', () => {
    const started: number[] = []
    const noting = Do(function* (n: number) {
      started.push(n)
      yield* Yield()
      started.push(-n)
    })
    run(traverse([1, 2, 3], noting, { concurrency: Infinity }).with(scheduled()))
    run(traverse([4, 5], noting, { concurrency: 1 }).with(scheduled()))
    expect(started).toEqual([1, 2, 3, -1, -2, -3, 4, -4, 5, -5])
  })

  test('when one fails, no other is started and those under way are unwound', () => {
    const items = ['a', 'bad', 'b', 'c', 'd']
    const one = (item: string) => (item === 'bad' ? failing('bad', 1) : forever(item)) as Program<unknown, never>
    expect(thrownBy(() => run(traverse(items, one, { concurrency: 3 }).with(scheduled()) as Any_))).toEqual(
      new Error('bad'),
    )
    expect(log).toEqual(['a unwound', 'b unwound'])
  })

  test.each([0, -1, 1.5, NaN, '2'])('a concurrency of %p is refused', concurrency => {
    expect(thrownBy(() => traverse([], pure, { concurrency: concurrency as never }))).toBeInstanceOf(
      InvalidProgramError,
    )
  })

  test('gives f the index', () => {
    const indexed = traverse(['a', 'b'], (item, at) => pure(`${at}${item}`), { concurrency: 2 })
    expect(run(indexed.with(scheduled()))).toEqual(['0a', '1b'])
  })

  test('can be run twice', () => {
    const twice = traverse(new Set([1, 2]), n => pure(n), { concurrency: 2 })
    expect(run(All([twice, twice]).with(scheduled()))).toEqual([
      [1, 2],
      [1, 2],
    ])
  })
})

test('they work together: a timeout ends a traverse of scopes of brackets', () => {
  const resource = (n: number) =>
    bracket(
      pure(n),
      () => Sleep(n * 100),
      () => pure(0).map(() => log.push(`released ${n}`)),
    )
  const program = Timeout(
    150,
    traverse([1, 2, 3], n => Scope(resource(n)), { concurrency: 3 }),
  )
  expect(thrownBy(() => timed(program))).toBeInstanceOf(TimeoutError)
  expect(log).toEqual(['released 1', 'released 2', 'released 3'])
})

test('handlers around a structured form are those of its tasks', () => {
  const program = All([Put('n', 1), Yield().flatMap(() => Get('n'))]).with(state())
  expect(run(program.with(scheduled()))).toEqual([undefined, 1])
})

test('an Await in them is aborted with them', async () => {
  let aborted = false
  const waiting = Await(signal => new Promise(() => signal.addEventListener('abort', () => (aborted = true))))
  const error = await rejectionOf(
    goAsync(function* () {
      yield* All([waiting, failing('bad', 1)])
    }),
  )
  expect(error).toEqual(new Error('bad'))
  expect(aborted).toBe(true)
})

test('Gather of their tasks is not needed: nothing outlives them', () => {
  go(function* () {
    const tasks: Task[] = []
    yield* Scope(
      Do(function* () {
        for (let i = 0; i < 100; i++) tasks.push(yield* Spawn(forever(String(i))))
        yield* Yield()
      })(),
    )
    expect(new Set(tasks.map(task => task.status))).toEqual(new Set(['cancelled']))
    yield* Gather()
  })
})
