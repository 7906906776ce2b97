// Failures: errors that the type of a program knows. `fail` throws them, as `throw` would.

import {
  All,
  Any,
  bracket,
  catching,
  catchingAll,
  Do,
  effect,
  effectTrace,
  ensure,
  fail,
  Failure,
  Gather,
  handler,
  pure,
  Race,
  Resume,
  retry,
  run as runPooled,
  scheduled,
  Scope,
  simulatedClock,
  Sleep,
  Spawn,
  Tail,
  Timeout,
  traverse,
  Try,
  tryHandler,
  Wait,
  Yield,
  type Program,
} from '../../index'
import { failureOf, newVm, run, thrownBy } from '../support/leaks'

class NotFound extends Failure('NotFound')<{ id: number }> {}
class Gone extends Failure('Gone') {}
class Unreachable extends Failure('Unreachable')<{ url: string; cause: unknown }> {}
class Refused extends Failure('Refused')<{ message: string }> {}

const Ping = effect('Ping')<[], string>()

const find = Do(function* find(id: number) {
  return id === 1 ? 'Ada' : yield* fail(new NotFound({ id }))
})

describe('a failure', () => {
  test('is an Error of its class, with its fields', () => {
    const error = new NotFound({ id: 42 })
    for (const type of [NotFound, Failure, Error]) expect(error).toBeInstanceOf(type)
    expect(error).not.toBeInstanceOf(Gone)
    expect([error.id, error.name, error.message]).toEqual([42, 'NotFound', 'NotFound { id: 42 }'])
    expect(Object.keys(error)).toEqual(['id'])
    expect(new Error('other')).not.toBeInstanceOf(Failure)
  })

  test('needs no fields', () => {
    expect([new Gone().name, new Gone().message, String(new Gone())]).toEqual(['Gone', 'Gone', 'Gone: Gone'])
  })

  test('shows its fields in the message, briefly', () => {
    class Rejected extends Failure('Rejected')<{ to: string; items: object }> {}
    expect(new Rejected({ to: 'a@b', items: { deep: { er: 1 } } }).message).toBe(
      "Rejected { to: 'a@b', items: { deep: [Object] } }",
    )
    expect(new Rejected({ to: 'x'.repeat(10_000), items: [] }).message.length).toBeLessThan(100)
  })

  test('has the message and the cause that it is given', () => {
    const cause = new Error('network')
    expect(new Refused({ message: 'not today' }).message).toBe('not today')
    expect(new Unreachable({ url: 'a', cause })).toMatchObject({ cause, message: "Unreachable { url: 'a' }" })
    expect(new NotFound({ id: 1, message: 'nobody', cause })).toMatchObject({ id: 1, message: 'nobody', cause })
    expect('cause' in new NotFound({ id: 1 })).toBe(false)
  })

  test('has a stack that begins where it was made', () => {
    const makeHere = () => new NotFound({ id: 1 })
    const [first, second] = (makeHere().stack as string).split('\n')
    expect(first).toBe('NotFound: NotFound { id: 1 }')
    expect(second).toMatch(/^ +at makeHere .*typed-failures\.test\.ts/)
  })

  test('may have methods, a constructor of its own and a subclass', () => {
    class Http extends Failure('Http')<{ status: number }> {
      constructor(status: number) {
        super({ status })
      }

      get isServerError(): boolean {
        return this.status >= 500
      }
    }
    class Teapot extends Http {}
    expect([new Http(503).isServerError, new Teapot(418).isServerError]).toEqual([true, false])
    expect(new Teapot(418)).toMatchObject({ name: 'Http', message: 'Http { status: 418 }' })
  })
})

describe('fail', () => {
  test('throws the very failure, out of run', () => {
    const error = new Gone()
    expect(failureOf(fail(error))).toBe(error)
    expect(failureOf(Do(function* () { yield* fail(error) })())).toBe(error) // prettier-ignore
    expect(thrownBy(() => runPooled(fail(error) as unknown as Program))).toBe(error)
  })

  test.each<[string, (error: Gone) => Program<unknown, unknown>]>([
    ['yield*', error => Do(function* () { return yield* fail(error) })()], // prettier-ignore
    ['yield', error => Do(function* () { return yield fail(error) })()], // prettier-ignore
    ['return', error => Do(function* () { return fail(error) })()], // prettier-ignore
    ['return Tail', error => Do(function* () { return Tail(fail(error)) })()], // prettier-ignore
    ['flatMap', error => pure(1).flatMap(() => fail(error))],
    ['map', error => fail(error).map(() => 1)],
    ['nothing around', error => fail(error)],
    ['a handler around', error => fail(error).with(handler('h'))],
    ['a fun clause', error => Ping().with(handler('h').fun(Ping, () => fail(error)))],
    ['a ctl clause', error => Ping().with(handler('h').ctl(Ping, function* () { return fail(error) }))], // prettier-ignore
    [
      'a sub-program of a resumed one',
      error => {
        const resuming = handler('h').ctl(Ping, function* (k) { return Resume(k, 'pong') }) // prettier-ignore
        return Ping().flatMap(() => fail(error)).with(resuming) // prettier-ignore
      },
    ],
  ])('by %s is caught by the try of whoever runs the program', (_how, make) => {
    const error = new Gone()
    const catcher = Do(function* () {
      const before = yield* pure(1)
      try {
        yield make(error)
        return 'not caught'
      } catch (caught) {
        return [before, caught, yield* pure('still running')]
      }
    })
    expect(run(catcher())).toEqual([1, error, 'still running'])
    expect(run(Try(make(error)).with(tryHandler))).toEqual({ ok: false, error })
  })

  test('is seen by try, catch and finally around the yield itself', () => {
    const steps: string[] = []
    const careful = Do(function* () {
      try {
        yield* fail(new NotFound({ id: 7 }))
      } catch (error) {
        steps.push(error instanceof NotFound ? `caught ${error.id}` : 'other')
      } finally {
        steps.push('finally')
      }
      return steps
    })
    expect(run(careful())).toEqual(['caught 7', 'finally'])
  })

  test('runs the finally blocks of every program that it leaves, innermost first', () => {
    const steps: string[] = []
    const layer = Do(function* (name: string, inner: Program<unknown, unknown>) {
      try {
        yield inner
      } finally {
        steps.push(name)
      }
    })
    expect(failureOf(layer('outer', layer('inner', find(2))))).toBeInstanceOf(NotFound)
    expect(steps).toEqual(['inner', 'outer'])
  })

  test('can fail again when its program is run again', () => {
    const failing = find(2)
    expect([failureOf(failing), failureOf(failing)]).toMatchObject([{ id: 2 }, { id: 2 }])
  })

  test('leaves the programs that it passed in the trace, as any error does', () => {
    const outer = Do(function* outer() {
      return yield* find(2)
    })
    expect(effectTrace(failureOf(outer()))).toEqual([
      { kind: 'program', name: 'find' },
      { kind: 'program', name: 'outer', site: expect.stringContaining('typed-failures.test.ts') },
    ])
    const returning = Do(function* returning() {
      return fail(new Gone())
    })
    expect(effectTrace(failureOf(returning()))).toEqual([{ kind: 'program', name: 'returning' }])
  })

  test('takes no step of its own in the step protocol', () => {
    const vm = newVm()
    vm.startProgram(find(2))
    expect(thrownBy(() => vm.stepOnce())).toBeInstanceOf(NotFound)
    expect(vm.run(pure('usable'))).toBe('usable')
  })

  test('in a hundred thousand places in a row overflows nothing', () => {
    const many = Do(function* () {
      let caught = 0
      for (let i = 0; i < 100_000; i++) {
        try {
          yield* fail(gone)
        } catch {
          caught++
        }
      }
      return caught
    })
    const gone = new Gone()
    expect(run(many())).toBe(100_000)
  })
})

describe('what makes no sense is refused by name, where it is given', () => {
  const invalid = { code: 'ERR_INVALID_FAILURE' }

  test.each([
    [42, /fail takes a failure, not 42: make one of a class that extends Failure/],
    ['x', /not 'x'/],
    [undefined, /not undefined/],
    [null, /not null/],
    [{ id: 1 }, /not { id: 1 }/],
    [new TypeError('no'), /: throw it, or make it of a class that extends Failure/],
    [NotFound, /function NotFound: make one with new\./],
  ])('fail(%p)', (what, message) => {
    const error = thrownBy(() => fail(what as never))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ ...invalid, message: expect.stringMatching(message) })
  })

  test.each([[''], [42], [undefined], [Symbol('s')], [{}]])('Failure(%p)', name => {
    const error = thrownBy(() => Failure(name as string))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ ...invalid, message: expect.stringMatching(/^Failure takes the name/) })
  })

  test.each([[42], ['a message'], [null], [() => 1]])('new NotFound(%p)', fields => {
    const error = thrownBy(() => new NotFound(fields as never))
    expect(error).toMatchObject({
      ...invalid,
      message: expect.stringMatching(/^NotFound takes its fields as one object/),
    })
  })

  test.each([['name'], ['stack']])('a field called %s', field => {
    const error = thrownBy(() => new NotFound({ [field]: 1 } as never))
    expect(error).toMatchObject({ ...invalid, message: expect.stringContaining(`can be called ${field}`) })
  })

  test('a failure that is yielded and not thrown', () => {
    const error = failureOf(Do(function* () { yield new Gone() })()) // prettier-ignore
    expect(error).toMatchObject({ code: 'ERR_INVALID_YIELD', message: expect.stringContaining('yield* fail(failure)') })
  })

  test('a failure of a name that other classes share is told by its class', () => {
    class OtherGone extends Failure('Gone') {}
    expect(new OtherGone()).not.toBeInstanceOf(Gone)
  })
})

describe('in tasks, a failure', () => {
  const nobody = catching(NotFound, ({ id }) => `nobody at ${id}`)
  const late = (id: number) => Yield().flatMap(() => find(id))

  test('is thrown to who waits, not where its task was spawned', () => {
    const parent = Do(function* () {
      const task = yield* Spawn(late(2)).with(catching(NotFound, () => null))
      return task === null ? 'caught at the spawn' : yield* Wait(task).with(nobody)
    })
    expect(run(parent().with(scheduled()))).toBe('nobody at 2')
  })

  test('of a child is caught around Gather, Race and every structured form', () => {
    const gathering = Do(function* () {
      return yield* Gather(yield* Spawn(late(1)), yield* Spawn(late(2)))
    })
    const racing = Do(function* () {
      return (yield* Race(yield* Spawn(late(2)), yield* Spawn(Sleep(5), { daemon: true }))).value
    })
    const forms: [string, Program<unknown, unknown>][] = [
      ['Gather', gathering()],
      ['Race', racing()],
      ['All', All([late(1), late(2)])],
      ['Timeout', Timeout(10, late(2))],
      ['Scope', Scope(late(2))],
      ['traverse', traverse([1, 2], late)],
      ['traverse, side by side', traverse([1, 2], late, { concurrency: 2 })],
      ['retry', retry(late(2), { attempts: 2 })],
      ['bracket', bracket(pure(2), late, () => pure(0))],
      ['ensure', ensure(late(2), pure(0))],
    ]
    for (const [form, program] of forms) {
      const handled = program.with(nobody).with(simulatedClock()).with(scheduled()) // prettier-ignore
      expect([form, run(handled as Program)]).toEqual([form, 'nobody at 2'])
    }
  })

  test('of each child of Any is in the AggregateError', () => {
    const any = Any([late(2), late(3)])
      .with(catchingAll)
      .with(scheduled())
    expect(failureOf(any)).toMatchObject({ errors: [{ name: 'NotFound' }, { name: 'NotFound' }] })
  })
})
