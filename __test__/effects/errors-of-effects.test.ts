// What answers an effect throws where the effect was performed: whatever stands around the effect there sees it, tasks and
// forms between the performer and the handler or not.

import {
  All,
  Any,
  attempt,
  Await,
  bracket,
  catching,
  CancelScope,
  Do,
  effect,
  ensure,
  fail,
  Failure,
  handler,
  observe,
  pure,
  Resume,
  ResumeThrow,
  retry,
  run,
  runAsync,
  scheduled,
  Scope,
  Sleep,
  simulatedClock,
  Spawn,
  Timeout,
  traverse,
  Try,
  tryHandler,
  uncancelable,
  Wait,
  type Program,
} from '../../index'
import { log } from '../support/workers'

type Any = Program<unknown, unknown>

class NotFound extends Failure('NotFound')<{ id: number }> {}
const Find = effect('Find')<[id: number], string>()

/** Handlers that cannot find anything, in each way in which a clause may say so. */
const unable: [how: string, handler: { readonly name: string }][] = [
  [
    'a function that throws',
    handler('h').fun(Find, id => {
      throw new NotFound({ id })
    }),
  ],
  ['a program that throws', handler('h').fun(Find, id => pure(0).flatMap(() => fail(new NotFound({ id }))))],
  ['a promise that is rejected', handler('h').fun(Find, id => Await(Promise.reject(new NotFound({ id }))))],
  [
    'a program that throws after a while',
    handler('h').fun(Find, id =>
      Do(function* () {
        yield* Sleep(5)
        yield* Await(Promise.resolve())
        throw new NotFound({ id })
      })(),
    ),
  ],
  [
    'a ctl clause that throws at the performer',
    handler('h').ctl(Find, function* (k, id) {
      yield* Sleep(5)
      return ResumeThrow(k, new NotFound({ id }))
    }),
  ],
]

/** What stands around the effect, and what it makes of the error. */
const around: [what: string, program: () => Any, result: unknown][] = [
  [
    'try',
    () =>
      Do(function* () {
        try {
          return yield* Find(1)
        } catch (error) {
          return (error as NotFound).id
        }
      })(),
    1,
  ],
  [
    'try in a helper of a helper',
    () => {
      const find = Do(function* (id: number) {
        return yield* Find(id)
      })
      return Do(function* () {
        try {
          return yield* find(2).map(name => name.length)
        } catch (error) {
          return (error as NotFound).id
        }
      })()
    },
    2,
  ],
  ['Try', () => Try(Find(3)).map(result => !result.ok && (result.error as NotFound).id), 3],
  ['attempt', () => attempt(Find(4)).map(result => !result.ok && (result.error as NotFound).id), 4],
  ['catching', () => Find(5).with(catching(NotFound, error => error.id)), 5],
  ['catching of a retry', () => retry(Find(6), { attempts: 3 }).with(catching(NotFound, error => error.id)), 6],
  [
    'ensure',
    () =>
      attempt(
        ensure(
          Find(7),
          pure(0).map(() => log.push('cleaned up')),
        ),
      ).map(() => log.splice(0)),
    ['cleaned up'],
  ],
  [
    'bracket',
    () =>
      attempt(
        bracket(
          pure(1),
          () => Find(8),
          () => pure(0).map(() => log.push('released')),
        ),
      ).map(() => log.splice(0)),
    ['released'],
  ],
  [
    'bracket, as what acquires',
    () =>
      attempt(
        bracket(
          Find(8),
          () => pure('used'),
          () => pure(0).map(() => log.push('released')),
        ),
      ).map(result => [result.ok, log.splice(0)]),
    [false, []],
  ],
]

/** What may be between the performer and the handler. */
const between: [what: string, wrap: (program: Any) => Any][] = [
  ['nothing', program => program],
  ['a Timeout', program => Timeout(1e6, program)],
  ['a Scope', program => Scope(program)],
  ['a CancelScope', program => CancelScope(() => program)],
  ['an uncancelable region', program => uncancelable(program)],
  ['a task', program => Spawn(program).flatMap(task => Wait(task))],
  ['All', program => All([pure(0), program, Sleep(1)]).map(results => results[1])],
  ['Any', program => Any([Sleep(1e6), program])],
  ['a concurrent traverse', program => traverse([program], each => each, { concurrency: 2 }).map(([only]) => only)],
  ['an observer', program => program.with(observe(() => {})) as Any],
  ['a handler of something else', program => program.with(handler('other').val(effect('Other')(), 1)) as Any],
]

describe.each(unable)('the error of %s', (_how, unable) => {
  describe.each(between)('through %s', (_what, wrap) => {
    test.each(around)('is caught by %s', async (_what, program, result) => {
      const handled = wrap(program())
        .with(unable as never)
        .with(tryHandler as never) as Any
      expect(await runAsync(handled.with(simulatedClock()).with(scheduled()) as Program<unknown>)).toEqual(result)
    })
  })
})

test('retry around the effect, inside of the handler, tries it again', async () => {
  let attempts = 0
  const flaky = handler('flaky').fun(Find, () =>
    Await(++attempts < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('found')),
  )
  expect(await runAsync(retry(Find(1), { attempts: 5 }).with(flaky).with(scheduled()))).toBe('found')
  expect(attempts).toBe(3)
})

test('what nobody catches there goes outward from there, through everything on the way', () => {
  const failing = handler('failing').fun(Find, id => {
    throw new NotFound({ id })
  })
  const program = Do(function* () {
    try {
      return yield* Find(1)
    } finally {
      log.push('performer')
    }
  })
  const outside = program()
    .with(failing)
    .with(catching(NotFound, error => error.id))
  expect(run(outside)).toBe(1)
  expect(log).toEqual(['performer'])
})

describe('clauses that hold the continuation throw at their own boundary', () => {
  const seen = Do(function* () {
    try {
      return yield* Find(1)
    } catch {
      return 'the performer has seen it'
    } finally {
      log.push('unwound')
    }
  })

  test.each([
    [
      'ctl',
      handler('h').ctl(Find, function* () {
        throw new Error('clause')
      }),
    ],
    [
      'ctl, after it has resumed',
      handler('h').ctl(Find, function* (k) {
        yield* Resume(k, 'found')
        throw new Error('clause')
      }),
    ],
    [
      'final',
      handler('h').final(Find, () => {
        throw new Error('clause')
      }),
    ],
    [
      'return',
      handler('h')
        .val(Find, 'found')
        .returns(() => {
          throw new Error('clause')
        }),
    ],
  ])('%s', (_kind, by) => {
    expect(() => run(seen().with(by as never) as Program<unknown>)).toThrow('clause')
    expect(log).toEqual(['unwound'])
  })
})
