// Isolated tasks: they work on copies of the stores; what they told is told again where they are gathered.

import {
  Ask,
  Delegate,
  Do,
  effect,
  Gather,
  Get,
  GetHandlers,
  handler,
  Listen,
  Local,
  Modify,
  observe,
  type Program,
  Put,
  reader,
  Resume,
  scheduled,
  Spawn,
  state,
  Tell,
  tryHandler,
  Wait,
  WithHandler,
  writer,
  Yield,
  pure,
} from '../../index'
import { newVm, run } from '../support/leaks'
import { go } from '../support/tasks'

const isolated = { store: 'isolated' } as const

test('State is a copy of that at the spawn: neither side sees what the other writes', () => {
  go(function* () {
    yield* Do(function* () {
      yield* Put('n', 1)
      const task = yield* Spawn(
        Do(function* () {
          const before = yield* Get('n')
          yield* Put('n', 10)
          yield* Yield()
          return [before, yield* Get('n')]
        })(),
        isolated,
      )
      yield* Put('n', 2)
      expect(yield* Wait(task)).toEqual([1, 10])
      expect(yield* Get('n')).toBe(2)
    })().with(state())
  })
})

test('values are copied by reference, keys of every kind', () => {
  go(function* () {
    const key = {}
    const value = { deep: 1 }
    yield* Do(function* () {
      yield* Put(key, value)
      const task = yield* Spawn(Get(key), isolated)
      expect(yield* Wait(task)).toBe(value)
    })().with(state())
  })
})

test('a State of 1,000 entries is copied whole', () => {
  go(function* () {
    yield* Do(function* () {
      for (let i = 0; i < 1000; i++) yield* Put(i, i)
      const adding = Do(function* () {
        let sum = 0
        for (let i = 0; i < 1000; i++) sum += (yield* Get<number>(i)) ?? 0
        return sum
      })
      expect(yield* Wait(yield* Spawn(adding(), isolated))).toBe(499_500)
    })().with(state())
  })
})

test('the environment is the one of the spawn, Local included', () => {
  go(function* () {
    yield* Do(function* () {
      const both = Do(function* () {
        return [yield* Ask('a'), yield* Ask('b')]
      })
      const task = yield* Local({ b: 'local' }, Spawn(both(), isolated))
      expect(yield* Wait(task)).toEqual(['outer', 'local'])
    })().with(reader({ a: 'outer', b: 'outer' }))
  })
})

describe('the log', () => {
  const telling = Do(function* (name: string, turns: number) {
    yield* Tell(`${name}1`)
    for (let i = 0; i < turns; i++) yield* Yield()
    yield* Tell(`${name}2`)
    return name
  })
  const logOf = (program: Program<unknown, never>) =>
    (run(Listen(program).with(writer()).with(scheduled()) as unknown as Program<unknown>) as [unknown, unknown[]])[1]

  test('of isolated tasks is told where they are gathered, in the order of the arguments', () => {
    const messages = logOf(
      Do(function* () {
        const a = yield* Spawn(telling('a', 3), isolated)
        const b = yield* Spawn(telling('b', 0), isolated)
        yield* Tell('before')
        expect(yield* Gather(a, b)).toEqual(['a', 'b'])
        yield* Tell('after')
      })() as never,
    )
    expect(messages).toEqual(['before', 'a1', 'a2', 'b1', 'b2', 'after'])
  })

  test('is told once, however often the task is gathered', () => {
    const messages = logOf(
      Do(function* () {
        const a = yield* Spawn(telling('a', 0), isolated)
        yield* Gather(a, a)
        yield* Gather(a)
      })() as never,
    )
    expect(messages).toEqual(['a1', 'a2'])
  })

  test('is not told by Wait', () => {
    const messages = logOf(
      Do(function* () {
        yield* Wait(yield* Spawn(telling('a', 0), isolated))
      })() as never,
    )
    expect(messages).toEqual([])
  })

  test('of a shared task is told as it goes', () => {
    const messages = logOf(
      Do(function* () {
        yield* Gather(yield* Spawn(telling('a', 1)), yield* Spawn(telling('b', 1)))
      })() as never,
    )
    expect(messages).toEqual(['a1', 'b1', 'a2', 'b2'])
  })
})

describe('other handlers', () => {
  const Who = effect('Who')<[], string>()
  const Count = effect('Count')<[], number>()

  test('inside of the stores answer as they do for a shared task', () => {
    go(function* () {
      const counting = handler('counting').fun(Count, () => Modify<number>('n', n => (n ?? 0) + 1) as never)
      yield* Do(function* () {
        yield* Put('n', 5)
        const task = yield* Spawn(
          Count().flatMap(() => Get('n')),
          isolated,
        ).with(counting)
        // The clause performs outside of its handler, in the task's own State.
        expect(yield* Wait(task)).toBe(6)
        expect(yield* Get('n')).toBe(5)
      })().with(state())
    })
  })

  test.each([{}, isolated])('stand there once, under Spawn with %p', options => {
    const seen: string[] = []
    const exclaiming = handler('exclaiming').ctl(Who, function* (k) {
      return Resume(k, `${yield* Who()}!`)
    })
    go(function* () {
      yield* Do(function* () {
        const task = yield* Spawn(Who(), options)
        expect(yield* Wait(task)).toBe('Ada!')
      })()
        .with(exclaiming)
        .with(observe(x => seen.push(String(x))))
        .with(state())
        .with(handler('names').val(Who, 'Ada'))
    })
    expect(seen.filter(text => text.startsWith('Who'))).toHaveLength(1)
  })

  test.each([{}, isolated])('outside of the scheduler stand there once, too, under Spawn with %p', options => {
    const exclaiming = handler('exclaiming').ctl(Who, function* (k) {
      return yield* Resume(k, `${yield* Who()}!`)
    })
    const program = Spawn(Who(), options)
      .flatMap(task => Wait(task))
      .with(scheduled())
      .with(exclaiming)
      .with(state())
      .with(handler('names').val(Who, 'Ada'))
    expect(run(program as unknown as Program<unknown>)).toBe('Ada!')
  })

  test('are the same ones for an isolated task', () => {
    const named = handler('named').val(Who, 'Ada')
    go(function* () {
      const handlers = Spawn(GetHandlers(), isolated)
        .flatMap(task => Wait(task))
        .with(named)
        .with(state())
        .with(tryHandler)
      const found = (yield* handlers) as unknown[]
      expect(found).toHaveLength(4)
      expect(found[0]).toBe(named)
    })
  })

  test.each<[string, Parameters<typeof WithHandler>[0]]>([
    ['observe', observe(() => {}) as never],
    [
      'a catch-all that delegates',
      function* () {
        return yield* Delegate()
      } as never,
    ],
  ])('that the Spawn passes on its way, as %s, change nothing', (_name, passed) => {
    const inner = Put('n', 2).flatMap(() => Who())
    const spawning = Spawn(inner, isolated)
      .flatMap(task => Wait(task))
      .with(handler('inner').val(Who, 'inner'))
    go(function* () {
      yield* Do(function* () {
        yield* Put('n', 1)
        expect(yield WithHandler(passed as never, spawning as never)).toBe('inner')
        expect(yield* Get('n')).toBe(1)
      })().with(state())
    })
  })

  test('a return clause does not map the result of the task', () => {
    const wrapping = handler('wrapping')
      .val(Who, 'Ada')
      .returns(value => [value])
    go(function* () {
      const result = yield* Do(function* () {
        return yield* Wait(yield* Spawn(Who(), isolated))
      })()
        .with(wrapping)
        .with(state())
      expect(result).toEqual(['Ada'])
    })
  })
})

test('nothing is isolated where there is no store', () => {
  go(function* () {
    expect(yield* Wait(yield* Spawn(pure(1), isolated))).toBe(1)
  })
})

test('an isolated task of an isolated task has a copy of the copy', () => {
  go(function* () {
    yield* Do(function* () {
      yield* Put('n', 1)
      const inner = Do(function* () {
        yield* Put('n', ((yield* Get<number>('n')) ?? 0) + 10)
        return yield* Get('n')
      })
      const outer = Do(function* () {
        yield* Put('n', 2)
        const got = yield* Wait(yield* Spawn(inner(), isolated))
        return [got, yield* Get('n')]
      })
      expect(yield* Wait(yield* Spawn(outer(), isolated))).toEqual([12, 2])
      expect(yield* Get('n')).toBe(1)
    })().with(state())
  })
})

test('a VM’s own stores are isolated from as well', () => {
  const vm = newVm()
  vm.stdlib().installState().installReader().installWriter()
  vm.setEnv({ k: 'env' })
  const program = Do(function* () {
    yield* Put('n', 1)
    const task = yield* Spawn(
      Do(function* () {
        yield* Put('n', 2)
        yield* Tell('told')
        return [yield* Ask('k'), yield* Get('n')]
      })(),
      isolated,
    )
    return yield* Gather(task)
  })
  expect(vm.run(program().with(scheduled()))).toEqual([['env', 2]])
  expect(vm.stateItems()).toEqual({ n: 1 })
  expect(vm.logs()).toEqual(['told'])
})

test('a store outside of the scheduler counts too', () => {
  const program = Do(function* () {
    yield* Put('n', 1)
    yield* Wait(yield* Spawn(Put('n', 2), isolated))
    return yield* Get('n')
  })
  expect(run(program().with(scheduled()).with(state()))).toBe(1)
})

test('what was told is told again also where every gathered task has ended already, time after time', () => {
  go(function* () {
    const body = Do(function* () {
      const results: unknown[] = []
      for (let i = 0; i < 4; i++) {
        const task = yield* Spawn(
          Tell(`told ${i}`).map(() => i),
          isolated,
        )
        // It runs, and has ended by then.
        yield* Wait(task)
        results.push(...(yield* Gather(task)))
      }
      return results
    })
    expect(yield* Listen(body()).with(writer())).toEqual([
      [0, 1, 2, 3],
      ['told 0', 'told 1', 'told 2', 'told 3'],
    ])
  })
})
