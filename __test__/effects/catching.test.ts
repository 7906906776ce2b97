// catching, catchingAll and attempt: boundaries that turn what was thrown into a result.

import {
  Ask,
  attempt,
  catching,
  catchingAll,
  compose,
  CreateContinuation,
  Do,
  effect,
  effectTrace,
  fail,
  Failure,
  Get,
  handler,
  InvalidHandlerError,
  Pure,
  Put,
  reader,
  Resume,
  ResumeContinuation,
  state,
  Tell,
  Try,
  tryHandler,
  WithHandler,
  writer,
  type AnyHandler,
  type Handler,
  type Program,
} from '../../index'
import { failureOf, run, thrownBy } from '../support/leaks'

class NotFound extends Failure('NotFound')<{ id: number }> {}
class Gone extends Failure('Gone') {}
class Archived extends Gone {}

const Name = effect('Name')<[], string>()
const Stop = effect('Stop')<[], never>()
const named = (name: string) => handler(name).val(Name, name)

const find = Do(function* find(id: number) {
  if (id === 2) yield* fail(new NotFound({ id }))
  if (id === 3) return fail(new Gone())
  return 'Ada'
})
const throwing = (error: unknown) =>
  Do(function* throwing() {
    throw error
  })()

describe('catching', () => {
  const nobody = catching(NotFound, ({ id }) => `nobody at ${id}`)

  test('answers with what its clause gives, when its failure is thrown', () => {
    expect(run(find(2).with(nobody))).toBe('nobody at 2')
  })

  test('leaves the result of a program that does not fail as it is', () => {
    expect(run(find(1).with(nobody))).toBe('Ada')
  })

  test('lets every other error through, as it is', () => {
    const bug = new TypeError('bug')
    for (const error of [bug, new Gone(), 'text', undefined]) {
      expect(failureOf(throwing(error).with(nobody))).toBe(error)
    }
  })

  test('catches subclasses, as instanceof tells', () => {
    expect(run(throwing(new Archived()).with(catching(Gone, error => error)))).toBeInstanceOf(Archived)
    expect(failureOf(throwing(new Gone()).with(catching(Archived, () => 1)))).toBeInstanceOf(Gone)
  })

  test('catches several, the clause is told which one', () => {
    const both = catching(NotFound, Gone, error => error.name)
    expect([2, 3].map(id => run(find(id).with(both)))).toEqual(['NotFound', 'Gone'])
  })

  test('catches what native code throws, when it is of the class', () => {
    const native = Do(function* () {
      JSON.parse('1', () => {
        throw new NotFound({ id: 9 })
      })
    })
    expect(run(native().with(nobody))).toBe('nobody at 9')
  })

  test('of an inner program wins over one of an outer program', () => {
    const inner = catching(NotFound, () => 'inner')
    expect(run(find(2).with(inner).with(nobody))).toBe('inner')
    expect(
      run(
        find(2)
          .with(catching(Gone, () => 'inner'))
          .with(nobody),
      ),
    ).toBe('nobody at 2')
  })

  test('may fail otherwise, or throw: what its clause throws it does not catch', () => {
    const translating = catching(NotFound, () => fail(new Gone()))
    expect(failureOf(find(2).with(translating).with(nobody))).toBeInstanceOf(Gone)
    const again = catching(NotFound, error => fail(error))
    expect(run(find(2).with(again).with(nobody))).toBe('nobody at 2')
    const throws = catching(NotFound, () => {
      throw new RangeError('in the clause')
    })
    expect(failureOf(find(2).with(throws))).toBeInstanceOf(RangeError)
  })

  test.each<[string, Handler<never, unknown, unknown>]>([
    ['a program', catching(NotFound, ({ id }) => Name().map(name => `${name} ${id}`))],
    ['an effect', catching(NotFound, () => Name().map(name => `${name} 2`))],
    ['a generator function', catching(NotFound, function* ({ id }) { return `${yield* Name()} ${id}` })], // prettier-ignore
    ['a control primitive', catching(NotFound, () => Pure('outer 2'))],
    [
      'a program under handlers',
      catching(NotFound, () =>
        Name()
          .with(named('outer'))
          .map(name => `${name} 2`),
      ),
    ],
  ])('runs %s as its answer, outside of what was handled', (_what, handling) => {
    const program = find(2).with(named('inner')).with(handling as Handler).with(named('outer')) // prettier-ignore
    expect(run(program as Program)).toBe('outer 2')
  })

  test('runs its clause when all that is inside has been left', () => {
    const steps: string[] = []
    const body = Do(function* () {
      try {
        yield* find(2)
      } finally {
        yield* Name()
        steps.push('unwound')
      }
    })
    const clause = catching(NotFound, () => {
      steps.push('clause')
    })
    run(body().with(named('inner')).with(clause))
    expect(steps).toEqual(['unwound', 'clause'])
  })

  test('is left by what is not an error: nothing is caught', () => {
    const stopping = handler('stopping').final(Stop, () => 'stopped')
    expect(run(Stop().with(nobody).with(stopping))).toBe('stopped')
  })

  test('stands around its program again when that is resumed', () => {
    const resuming = handler('resuming').ctl(Name, function* (k) {
      return `${String(yield* Resume(k, 'x'))}, resumed`
    })
    const program = Name().flatMap(() => find(2)).with(nobody) // prettier-ignore
    expect(run(program.with(resuming))).toBe('nobody at 2, resumed')
  })

  test('does not catch what a clause of an outer handler throws at its own boundary', () => {
    const outer = handler('outer').ctl(Name, function* () {
      return yield* fail(new NotFound({ id: 5 }))
    })
    expect(failureOf(Name().with(nobody).with(outer))).toMatchObject({ id: 5 })
    expect(run(Name().with(outer).with(nobody))).toBe('nobody at 5')
  })

  test('works in WithHandler, over programs and generator functions, in tail position too', () => {
    expect(run(WithHandler(nobody, find(2)))).toBe('nobody at 2')
    const body = function* () {
      return yield* find(2)
    }
    expect(run(Do(function* () { return WithHandler(nobody, body) })())).toBe('nobody at 2') // prettier-ignore
  })

  test('may be among the handlers of an unstarted continuation', () => {
    const program = Do(function* () {
      const k = yield* CreateContinuation(find(2), [nobody as AnyHandler])
      return yield* ResumeContinuation(k)
    })
    expect(run(program())).toBe('nobody at 2')
  })

  test('keeps what has happened: state is not rolled back', () => {
    const body = Put('n', 1).flatMap(() => find(2))
    const program = body.with(nobody).flatMap(text => Get('n').map(n => [text, n]))
    expect(run(program.with(state({ n: 0 })))).toEqual(['nobody at 2', 1])
  })

  test('is named in the trace of what its clause throws', () => {
    const throws = catching(NotFound, Gone, () => {
      throw new Error('no')
    })
    expect(effectTrace(failureOf(find(2).with(throws)))).toContainEqual({
      kind: 'program',
      name: 'catching(NotFound, Gone)',
    })
  })

  test('may be where a loop goes on', () => {
    const countdown: (n: number) => Program<string> = Do(function* (n: number) {
      if (n === 0) return 'done'
      return yield* fail(new NotFound({ id: n })).with(catching(NotFound, ({ id }) => countdown(id - 1)))
    })
    expect(run(countdown(2_000))).toBe('done')
  })
})

describe('in a composition', () => {
  const nobody = catching(NotFound, () => Ask<string>('fallback'))

  test('handlers of failures stand where they are written, the first as the outermost', () => {
    const inner = compose(reader({ fallback: 'outside' }), nobody, reader({ fallback: 'inside' }))
    expect(run(find(2).with(inner))).toBe('outside')
    const catchingOutside = compose(nobody, reader({ fallback: 'inside' }))
    expect(
      run(
        find(2)
          .with(catchingOutside)
          .with(reader({ fallback: 'far' })),
      ),
    ).toBe('far')
  })

  test('compositions of them compose, and are installed in WithHandler too', () => {
    const composed = compose(compose(catchingAll, nobody), compose(reader({ fallback: 'inside' }), writer()))
    expect(run(Tell('x').flatMap(() => find(3)).with(composed).with(reader({})))).toMatchObject({ ok: false }) // prettier-ignore
    expect(run(WithHandler(composed, find(2)).with(reader({ fallback: 'far' })))).toEqual({ ok: true, value: 'far' })
  })

  test('of one handler is that handler', () => {
    expect(compose(catchingAll)).toBe(catchingAll)
  })
})

describe('catchingAll', () => {
  test('answers Ok of a result, and Err of a failure', () => {
    expect(run(find(1).with(catchingAll))).toEqual({ ok: true, value: 'Ada' })
    const error = new NotFound({ id: 1 })
    expect(run(fail(error).with(catchingAll))).toStrictEqual({ ok: false, error })
  })

  test('lets bugs through', () => {
    for (const error of [new TypeError('bug'), 'text', null]) {
      expect(failureOf(throwing(error).with(catchingAll))).toBe(error)
    }
    expect(failureOf(Name().with(catchingAll))).toMatchObject({ code: 'ERR_UNHANDLED_EFFECT' })
  })

  test('is as Try for failures', () => {
    for (const id of [1, 2, 3]) {
      expect(run(find(id).with(catchingAll))).toEqual(run(Try(find(id)).with(tryHandler)))
    }
  })
})

describe('attempt', () => {
  test('answers Ok of a result, and Err of whatever was thrown, without a handler', () => {
    const error = new NotFound({ id: 1 })
    expect(run(attempt(find(1)))).toEqual({ ok: true, value: 'Ada' })
    expect(run(attempt(fail(error)))).toStrictEqual({ ok: false, error })
    for (const thrown of [new TypeError('bug'), 'text', undefined]) {
      expect(run(attempt(throwing(thrown)))).toStrictEqual({ ok: false, error: thrown })
    }
  })

  test('does not catch what ends it from outside', () => {
    const stopping = handler('stopping').final(Stop, () => 'stopped')
    expect(run(attempt(Stop()).with(stopping))).toBe('stopped')
  })

  test('takes a program', () => {
    expect(thrownBy(() => attempt(42 as never))).toMatchObject({ code: 'ERR_INVALID_PROGRAM' })
  })
})

describe('what makes no sense is refused by name, where it is given', () => {
  const clause = () => 1
  test.each<[string, unknown[], RegExp]>([
    ['nothing', [], /catching takes classes that extend Failure\('Name'\), then a function\.$/],
    ['a clause without a class', [clause], /then a function\.$/],
    ['a class without a clause', [NotFound], /then a function\.$/],
    ['classes without a clause', [NotFound, Gone], /a function of the failure last, not function Gone/],
    ['another class', [TypeError, clause], /not function TypeError/],
    ['a failure', [new Gone(), clause], /not .*Gone/],
    ['what makes classes', [Failure, NotFound, clause], /not function Failure/],
    ['a name', ['NotFound', clause], /not 'NotFound'/],
    ['no class', [undefined, clause], /not undefined/],
    ['a value as the clause', [NotFound, 42], /a function of the failure last, not 42/],
    ['an async clause', [NotFound, async () => 1], /a function of the failure last/],
  ])('catching with %s', (_what, given, message) => {
    const error = thrownBy(() => (catching as (...given: unknown[]) => unknown)(...given))
    expect(error).toBeInstanceOf(InvalidHandlerError)
    expect((error as Error).message).toMatch(message)
  })

  test('a clause added to a handler of failures', () => {
    for (const made of [catchingAll, catching(Gone, clause)]) {
      expect(thrownBy(() => (made as unknown as Handler).val(Name, 'x'))).toMatchObject({
        code: 'ERR_INVALID_HANDLER',
        message: expect.stringMatching(/^catching.* is complete and takes no clauses\.$/),
      })
    }
  })
})
