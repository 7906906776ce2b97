// What nobody looked at: failures nobody waited for, tasks that the root program left behind. Told once, as a warning or
// to a hook; never a crash.

import {
  Cancel,
  CompletePromise,
  CreatePromise,
  Do,
  FailPromise,
  Gather,
  type Program,
  pure,
  Race,
  runAsync,
  scheduled,
  Spawn,
  type Task,
  Wait,
  Yield,
} from '../../index'
import { newVm } from '../support/leaks'
import { go, goAsync, rejectionOf, warningsDuring } from '../support/tasks'

const failing = (message: string) =>
  Do(function* failing(): Generator<never, never> {
    throw new Error(message)
  })()
const forever = CreatePromise().flatMap(promise => Wait(promise.future))
const codesDuring = async (action: () => unknown) => (await warningsDuring(action)).map(({ code }) => code)

describe('a failure that nobody waits for', () => {
  test('is one process warning with the error and its trace; the run goes on', async () => {
    const warnings = await warningsDuring(() => {
      const value = go(function* () {
        yield* Spawn(failing('lost'), { name: 'worker' })
        yield* Yield()
        return 'value'
      })
      expect(value).toBe('value')
    })
    expect(warnings).toEqual([
      {
        code: 'DOEFF_UNOBSERVED_FAILURE',
        message: 'The task worker failed, and nobody waited for it: Error: lost\n    in program failing',
      },
    ])
  })

  test('is told to the hook instead, with the very error and the task', async () => {
    const told: unknown[] = []
    const error = new Error('lost')
    const codes = await codesDuring(() =>
      goAsync(
        function* () {
          yield* Spawn(
            pure(0).map(() => {
              throw error
            }),
            { name: 'worker' },
          )
          yield* Yield()
        },
        { onUnobservedFailure: (thrown, task) => told.push(thrown, task.name) },
      ),
    )
    expect(told).toEqual([error, 'worker'])
    expect(told[0]).toBe(error)
    expect(codes).toEqual([])
  })

  test.each<[string, (task: Task) => Program<unknown, never>]>([
    ['Wait', task => Wait(task) as never],
    ['Gather', task => Gather(task) as never],
    ['Race', task => Race(task) as never],
  ])('is not told when %s comes later in the same run', async (_name, look) => {
    const codes = await codesDuring(() =>
      go(function* () {
        const task = yield* Spawn(failing('seen'))
        for (let i = 0; i < 5; i++) yield* Yield()
        expect(task.status).toBe('failed')
        try {
          yield* look(task)
        } catch {
          // It was looked at.
        }
      }),
    )
    expect(codes).toEqual([])
  })

  test('in a gather that has failed before is not told: somebody waited', async () => {
    const codes = await codesDuring(() =>
      go(function* () {
        const tasks = [yield* Spawn(failing('first')), yield* Spawn(Yield().flatMap(() => failing('second')))] as const
        try {
          yield* Gather(...tasks)
        } catch {
          for (let i = 0; i < 3; i++) yield* Yield()
        }
      }),
    )
    expect(codes).toEqual([])
  })

  test('of a loser of a race is not told', async () => {
    const codes = await codesDuring(() =>
      go(function* () {
        yield* Race(yield* Spawn(pure(1)), yield* Spawn(Yield().flatMap(() => failing('loser'))))
        for (let i = 0; i < 3; i++) yield* Yield()
      }),
    )
    expect(codes).toEqual([])
  })

  test('of the root task is the run’s own, not a lost one', async () => {
    const codes = await codesDuring(async () => {
      await expect(
        goAsync(function* () {
          yield* failing('root')
        }),
      ).rejects.toThrow('root')
    })
    expect(codes).toEqual([])
  })

  test('of a promise that was failed is nobody’s business', async () => {
    const codes = await codesDuring(() =>
      go(function* () {
        yield* FailPromise(yield* CreatePromise(), new Error('x'))
      }),
    )
    expect(codes).toEqual([])
  })

  test('is told when the run fails as well', async () => {
    const codes = await codesDuring(async () => {
      const error = await rejectionOf(
        goAsync(function* () {
          yield* Spawn(failing('lost'))
          yield* Yield()
          throw new Error('root')
        }),
      )
      expect(error).toEqual(new Error('root'))
    })
    expect(codes).toEqual(['DOEFF_UNOBSERVED_FAILURE'])
  })

  test('1,500 times: each is told once, the oldest ones before the run is over', async () => {
    const told: string[] = []
    await goAsync(
      function* () {
        for (let i = 0; i < 1500; i++) {
          yield* Spawn(failing(String(i)))
          yield* Yield()
        }
      },
      { onUnobservedFailure: error => told.push((error as Error).message) },
    )
    await new Promise(resolve => setImmediate(resolve))
    expect(told).toHaveLength(1500)
    expect(new Set(told).size).toBe(1500)
  })

  test('thrown values of every kind can be told', async () => {
    const fails = () => {
      throw new Error('hostile')
    }
    const hostile = new Proxy({}, { get: fails, has: fails })
    for (const thrown of [undefined, null, 'text', Symbol('s'), hostile, { toString: 5 }]) {
      const codes = await codesDuring(() =>
        go(function* () {
          yield* Spawn(
            pure(0).map(() => {
              throw thrown
            }),
          )
          yield* Yield()
        }),
      )
      expect(codes).toEqual(['DOEFF_UNOBSERVED_FAILURE'])
    }
  })
})

describe('the hook', () => {
  test('may use the VM that called it: the run is over', async () => {
    const vm = newVm()
    const told: unknown[] = []
    const program = Spawn(failing('lost')).flatMap(() => Yield())
    await vm.runAsync(program.with(scheduled()), { onUnobservedFailure: () => told.push(vm.run(pure('used'))) })
    expect(told).toEqual(['used'])
  })

  test('may run other machines in the middle of a run', async () => {
    const told: unknown[] = []
    const program = Do(function* () {
      let sum = 0
      for (let i = 0; i < 1200; i++) {
        yield* Spawn(failing('lost'))
        yield* Yield()
        sum += yield* pure(1)
      }
      return sum
    })
    const result = runAsync(program().with(scheduled()), {
      onUnobservedFailure: () => told.push(newVm().run(pure(1).with(scheduled()))),
    })
    expect(await result).toBe(1200)
    await new Promise(resolve => setImmediate(resolve))
    expect(told).toHaveLength(1200)
  })
})

describe('when the root program ends', () => {
  test('tasks that are left are cancelled and unwound, with one warning that names them', async () => {
    const log: string[] = []
    const leaving = Do(function* (name: string) {
      try {
        yield* forever
      } finally {
        log.push(name)
      }
    })
    const warnings = await warningsDuring(() => {
      const value = go(function* () {
        yield* Spawn(leaving('a'), { name: 'first' })
        yield* Spawn(leaving('b'), { name: 'second' })
        yield* Yield()
        return 'value'
      })
      log.push(value)
    })
    expect(log).toEqual(['a', 'b', 'value'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatchObject({ code: 'DOEFF_LEFTOVER_TASKS' })
    expect(warnings[0]!.message).toMatch(/^The program ended before its tasks, which were cancelled: first, second\. /)
  })

  test('daemons are cancelled and unwound silently', async () => {
    const log: string[] = []
    const codes = await codesDuring(() =>
      go(function* () {
        yield* Spawn(
          Do(function* () {
            try {
              yield* forever
            } finally {
              log.push('unwound')
            }
          })(),
          { daemon: true },
        )
        yield* Yield()
      }),
    )
    expect(log).toEqual(['unwound'])
    expect(codes).toEqual([])
  })

  test('tasks that were cancelled already are not named', async () => {
    const codes = await codesDuring(() =>
      go(function* () {
        const task = yield* Spawn(forever)
        yield* Yield()
        yield* Cancel(task)
      }),
    )
    expect(codes).toEqual([])
  })

  test('by an error, too', async () => {
    const log: string[] = []
    const codes = await codesDuring(() => {
      expect(() =>
        go(function* () {
          yield* Spawn(function* () {
            try {
              yield* forever
            } finally {
              log.push('unwound')
            }
          })
          yield* Yield()
          throw new Error('root')
        }),
      ).toThrow('root')
    })
    expect(log).toEqual(['unwound'])
    expect(codes).toEqual(['DOEFF_LEFTOVER_TASKS'])
  })

  test('the failure of a cleanup of what was left is told', async () => {
    const codes = await codesDuring(() =>
      go(function* () {
        yield* Spawn(
          Do(function* () {
            try {
              yield* forever
            } finally {
              throw new Error('cleanup')
            }
          })(),
          { daemon: true },
        )
        yield* Yield()
      }),
    )
    expect(codes).toEqual(['DOEFF_UNOBSERVED_FAILURE'])
  })

  test('their cleanup may wait for one another, and perform effects', async () => {
    const log: string[] = []
    await codesDuring(() =>
      go(function* () {
        const done = yield* CreatePromise()
        yield* Spawn(function* () {
          try {
            yield* forever
          } finally {
            yield* Wait(done.future)
            log.push('second')
          }
        })
        yield* Spawn(function* () {
          try {
            yield* forever
          } finally {
            log.push('first')
            yield* CompletePromise(done, 0)
          }
        })
        yield* Yield()
      }),
    )
    expect(log).toEqual(['first', 'second'])
  })

  test('what their cleanup spawns does not start any more', async () => {
    const log: string[] = []
    await codesDuring(() =>
      go(function* () {
        yield* Spawn(function* () {
          try {
            yield* forever
          } finally {
            yield* Spawn(pure(0).map(() => log.push('started')))
            log.push('spawned')
          }
        })
        yield* Yield()
      }),
    )
    expect(log).toEqual(['spawned'])
  })

  test('300 of them are named in one warning', async () => {
    const warnings = await warningsDuring(() =>
      go(function* () {
        for (let i = 0; i < 300; i++) yield* Spawn(forever, { name: `t${i}` })
      }),
    )
    expect(warnings).toHaveLength(1)
    expect(warnings[0]!.message).toContain('t99')
  })
})
