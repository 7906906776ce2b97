// Await: one task waits for a promise, the others go on.

import {
  All,
  Ask,
  AsyncInSyncRunError,
  Await,
  awaitHandler,
  CreateExternalPromise,
  Do,
  Gather,
  Get,
  InvalidYieldError,
  type Program,
  pure,
  Put,
  reader,
  runAsync,
  scheduled,
  Spawn,
  state,
  Timeout,
  VM,
  Wait,
  Yield,
} from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'
import { go, goAsync, rejectionOf, turnOfTheEventLoop } from '../support/tasks'

/** Resolves to `value` after so many turns of the event loop. */
async function after<T>(turns: number, value: T): Promise<T> {
  for (let i = 0; i < turns; i++) await turnOfTheEventLoop()
  return value
}
const rejects = async (error: unknown) => {
  throw error
}

const under: [name: string, run: <A>(program: Program<A, unknown>) => Promise<A>][] = [
  ['scheduled()', program => newVm().runAsync(program.with(scheduled())) as never],
  ['awaitHandler()', program => newVm().runAsync(program.with(awaitHandler()) as never) as never],
]

describe.each(under)('under %s', (_name, runUnder) => {
  test('answers what a promise, or what a function gives, resolves to', async () => {
    const program = Do(function* () {
      return [
        yield* Await(after(1, 'a')),
        yield* Await(() => after(1, 'b')),
        yield* Await(() => 'not a promise'),
        yield* Await(Promise.resolve(undefined)),
      ]
    })
    expect(await runUnder(program())).toEqual(['a', 'b', 'not a promise', undefined])
  })

  test.each([new Error('rejected'), 'text', undefined, null, Symbol('s')])(
    'throws a rejection at the yield, as it is: %p',
    async thrown => {
      const program = Do(function* () {
        try {
          yield* Await(rejects(thrown))
        } catch (error) {
          return { caught: error, andOn: yield* Await(after(1, 'on')) }
        }
        return undefined
      })
      const result = (await runUnder(program())) as { caught: unknown; andOn: string }
      expect(result.caught).toBe(thrown)
      expect(result.andOn).toBe('on')
      expect(await rejectionOf(runUnder(Await(rejects(thrown))))).toBe(thrown)
    },
  )

  test('throws at the yield what the function throws', async () => {
    const throwing = Await(() => {
      throw new Error('sync')
    })
    expect(await rejectionOf(runUnder(throwing))).toEqual(new Error('sync'))
  })

  test('gives the function a signal that is not aborted', async () => {
    const signal = await runUnder(Await(given => Promise.resolve(given)))
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(signal.aborted).toBe(false)
  })

  test.each([42, 'text', undefined, null, true])('refuses %p at the yield, saying what it takes', async x => {
    const error = (await rejectionOf(runUnder(Await(x as never)))) as Error
    expect(error).toBeInstanceOf(InvalidYieldError)
    expect(error.message).toMatch(/^Await takes a promise, or a function that gives one, not/)
  })

  test('asks a thenable once, and the first settlement wins', async () => {
    let asked = 0
    const thenable = {
      then(resolve: (value: string) => void, reject: (error: unknown) => void) {
        asked++
        resolve('first')
        reject(new Error('second'))
        resolve('third')
      },
    }
    expect(await runUnder(Await(thenable as never))).toBe('first')
    expect(asked).toBe(1)
  })

  test('throws what a getter of `then` throws', async () => {
    const hostile = {
      get then() {
        throw new Error('getter')
      },
    }
    expect(await rejectionOf(runUnder(Await(hostile as never)))).toEqual(new Error('getter'))
  })

  test('an object that is not thenable is its own answer', async () => {
    const plain = {}
    expect(await runUnder(Await(plain as never))).toBe(plain)
  })

  test('1,000 times over', async () => {
    const program = Do(function* () {
      let sum = 0
      for (let i = 0; i < 1000; i++) sum += yield* Await(Promise.resolve(1))
      return sum
    })
    expect(await runUnder(program())).toBe(1000)
  })

  test('a program that never waits behaves as in a synchronous run', async () => {
    const program = Do(function* () {
      yield* Put('n', 1)
      return [yield* Get('n'), yield* Ask('k')]
    })
    const both = program()
      .with(state())
      .with(reader({ k: 'v' }))
    expect(await runUnder(both)).toEqual(run(both.with(scheduled())))
  })
})

test('other tasks go on meanwhile', async () => {
  const log: string[] = []
  await goAsync(function* () {
    const waiting = yield* Spawn(Await(after(3, 'answer')).map(value => log.push(value)))
    for (let i = 0; i < 3; i++) {
      log.push(`step ${i}`)
      yield* Yield()
    }
    yield* Wait(waiting)
  })
  expect(log).toEqual(['step 0', 'step 1', 'step 2', 'answer'])
})

test('many wait at once; each gets its own answer, in whatever order they come', async () => {
  const turns = [5, 1, 3, 2, 4]
  expect(
    await goAsync(function* () {
      return yield* All(turns.map(n => Await(after(n, n))))
    }),
  ).toEqual(turns)
})

test('tasks are woken in the order in which the promises settled', async () => {
  const log: number[] = []
  await goAsync(function* () {
    yield* All([3, 1, 2].map(n => Await(after(n, n)).map(value => log.push(value))))
  })
  expect(log).toEqual([1, 2, 3])
})

test('without a scheduler the whole program waits', async () => {
  const log: string[] = []
  const program = Do(function* () {
    log.push('before')
    yield* Await(after(1, 0).then(() => log.push('outside')))
    log.push('after')
  })
  await runAsync(program().with(awaitHandler()))
  expect(log).toEqual(['before', 'outside', 'after'])
})

describe('in a synchronous run', () => {
  test.each(under.map(([name]) => name))('under %s it is refused at the yield and names the effect', name => {
    const program = Do(function* () {
      try {
        yield* Await(Promise.resolve(1))
      } catch (error) {
        return error as Error
      }
      return undefined
    })
    const handled = name === 'scheduled()' ? program().with(scheduled()) : program().with(awaitHandler())
    const error = run(handled as Program<Error | undefined>) as Error
    expect(error).toBeInstanceOf(AsyncInSyncRunError)
    expect(error.message).toMatch(/Await|AsyncEscape/)
    expect(error.message).toMatch(/runAsync/)
  })

  test('a task that parks on something outside is told so in its root', () => {
    const error = thrownBy(() =>
      go(function* () {
        yield* Wait((yield* CreateExternalPromise()).future)
      }),
    ) as Error
    expect(error).toBeInstanceOf(AsyncInSyncRunError)
  })
})

test('a promise that rejects after its task was cancelled is no unhandled rejection', async () => {
  const rejections: unknown[] = []
  const listen = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', listen)
  try {
    await goAsync(function* () {
      const late = Await(async () => {
        await after(2, 0)
        throw new Error('late')
      })
      try {
        yield* Timeout(0, late)
      } catch {
        yield* Await(after(5, 0))
      }
    })
    await after(3, 0)
  } finally {
    process.off('unhandledRejection', listen)
  }
  expect(rejections).toEqual([])
})

test('values wait in handlers and in cleanup as well', async () => {
  const log: string[] = []
  await goAsync(function* () {
    const task = yield* Spawn(function* () {
      try {
        throw new Error('body')
      } finally {
        log.push(yield* Await(after(1, 'cleanup')))
      }
    })
    try {
      yield* Gather(task)
    } catch (error) {
      log.push(String(error))
    }
  })
  expect(log).toEqual(['cleanup', 'Error: body'])
})

test('two VMs wait side by side', async () => {
  const vms = [new VM(), new VM()]
  const results = await Promise.all(vms.map((vm, i) => vm.runAsync(Await(after(2 - i, i)).with(scheduled()))))
  expect(results).toEqual([0, 1])
  for (const vm of vms) vm.dispose()
})

test('what is pure is what it is awaited as', async () => {
  for (const value of [1, 'text', null, undefined, {}]) {
    expect(
      await goAsync(function* () {
        return yield* Await(Promise.resolve(value))
      }),
    ).toBe(value)
    expect(await newVm().runAsync(pure(value))).toBe(value)
  }
})
