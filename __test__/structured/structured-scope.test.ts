// Scope: no task that was spawned in it outlives it.

import {
  All,
  Any,
  Cancel,
  CreatePromise,
  Delegate,
  Do,
  type Program,
  scheduled,
  Scope,
  Spawn,
  state,
  Wait,
  WithHandler,
  Yield,
} from '../../index'
import { run, thrownBy } from '../support/leaks'
import { go, warningsDuring } from '../support/tasks'
import { failing, forever, log, slowlyUnwinding, worker } from '../support/workers'

type Any_ = Program<unknown, never>

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

  test('a task whose cleanup can never end is told of the deadlock, and the form ends', async () => {
    const stuck = Do(function* () {
      try {
        yield* Wait((yield* CreatePromise()).future)
      } finally {
        yield* Wait((yield* CreatePromise()).future)
      }
    })
    const warnings = await warningsDuring(() => {
      expect(run(Scope(Spawn(stuck()).flatMap(() => Yield())).with(scheduled()))).toBeUndefined()
      expect(thrownBy(() => run(All([stuck(), failing('bad', 1)]).with(scheduled()) as Any_))).toEqual(new Error('bad'))
      expect(run(Any([stuck(), worker('a', 1)]).with(scheduled()))).toBe('a')
    })
    expect(warnings).toHaveLength(3)
    for (const { message } of warnings) expect(message).toContain('DeadlockError')
  })
})
