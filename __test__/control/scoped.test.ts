// Scoped effects: what their clauses make of the program that they carry runs where they were performed.

import {
  All,
  Ask,
  attempt,
  bracket,
  catching,
  Do,
  effect,
  fail,
  Failure,
  Get,
  handler,
  Listen,
  Local,
  Put,
  pure,
  reader,
  Resume,
  retry,
  scheduled,
  scopedEffect,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  Tell,
  Timeout,
  Wait,
  writer,
  type Program,
} from '../../index'
import { failureOf, run, thrownBy } from '../support/leaks'

const Around = scopedEffect('Around')<[name: string]>()
const Plain = scopedEffect('Plain')()
const who = Do(function* () {
  return yield* Ask<string>('who')
})

const identity = handler('identity').scoped(Plain, program => program)

describe('the program of a scoped effect', () => {
  test('runs under the handlers between the performer and the handler, as the program in Local does', () => {
    const under = (program: Program<string, never>) => program.with(identity).with(reader({ who: 'outer' }))
    const inner = reader({ who: 'inner' })
    expect(run(under(Plain(who()).with(inner) as never))).toBe('inner')
    expect(
      run(
        Local({}, who())
          .with(inner)
          .with(reader({ who: 'outer' })),
      ),
    ).toBe('inner')
  })

  test('keeps its result, its errors and its log: under the identity, it is the program itself', () => {
    const programs: Program<unknown, never>[] = [
      pure(42),
      Tell('a').map(() => 1),
      Do(function* () {
        yield* Tell('b')
        throw new RangeError('no')
      })(),
      Put('n', 2).flatMap(() => Get('n')),
    ] as never
    for (const program of programs) {
      const outcome = (p: Program<unknown, never>) =>
        run(Listen(attempt(p)).with(state()).with(identity).with(writer()))
      expect(outcome(Plain(program) as never)).toEqual(outcome(program))
    }
  })

  test('may be run never, once, or again', () => {
    const times = (n: number) =>
      handler('times').scoped(Plain, function* (program) {
        let last: unknown
        for (let i = 0; i < n; i++) last = yield* program
        return last as never
      })
    const count = Do(function* () {
      const n = (yield* Get<number>('n')) ?? 0
      yield* Put('n', n + 1)
      return n
    })
    for (const n of [0, 1, 3]) {
      const both = Plain(count()).flatMap(last => Get('n').map(total => [last, total]))
      expect(run(both.with(times(n)).with(state({ n: 0 })))).toEqual([n === 0 ? undefined : n - 1, n])
    }
  })

  test('throws into the clause, which may catch, and past it to the performer', () => {
    const noting: string[] = []
    const rollback = handler('rollback').scoped(Around, function* (program, name) {
      try {
        return yield* program
      } catch (error) {
        noting.push(`${name}: ${(error as Error).message}`)
        throw error
      }
    })
    const fails = Do(function* (): Generator<never, number> {
      throw new RangeError('no')
    })
    const careful = Do(function* () {
      try {
        return yield* Around('work', fails())
      } catch {
        return -1
      }
    })
    expect(run(careful().with(rollback))).toBe(-1)
    expect(noting).toEqual(['work: no'])
  })

  test('may be nested, by name and in itself', () => {
    const seen: string[] = []
    const tracing = handler('tracing').scoped(Around, function* (program, name) {
      seen.push(`> ${name}`)
      const value = yield* program
      seen.push(`< ${name}`)
      return value
    })
    expect(run(Around('a', Around('b', pure(1))).with(tracing))).toBe(1)
    expect(seen).toEqual(['> a', '> b', '< b', '< a'])
  })
})

describe('a handler that a clause puts around the program', () => {
  test('is the innermost: it answers before the handlers of the performer', () => {
    const naming = handler('naming').scoped(Around, (program, name) => program.with(reader({ who: name })))
    expect(
      run(
        Around('clause', who())
          .with(reader({ who: 'performer' }))
          .with(naming)
          .with(reader({})),
      ),
    ).toBe('clause')
  })

  test('is gone after it', () => {
    const naming = handler('naming').scoped(Around, (program, name) => program.with(reader({ who: name })))
    const both = Do(function* () {
      return [yield* Around('clause', who()), yield* who()]
    })
    expect(
      run(
        both()
          .with(reader({ who: 'performer' }))
          .with(naming),
      ),
    ).toEqual(['clause', 'performer'])
  })

  test('may answer with control clauses, and end the program alone', () => {
    const Stop = effect('Stop')<[], never>()
    const fenced = handler('fenced').scoped(
      Plain,
      program =>
        attempt(program.with(handler('stopping').final(Stop, () => 'stopped'))).map(result =>
          result.ok ? result.value : undefined,
        ) as never,
    )
    expect(
      run(
        Plain(Stop())
          .map(x => [x])
          .with(fenced) as Program<unknown, never>,
      ),
    ).toEqual(['stopped'])
  })
})

test('a scoped operation is not cut by control clauses outside of it', () => {
  const Pick = effect('Pick')<[], number>()
  const events: string[] = []
  const noting = handler('noting').scoped(Plain, function* (program) {
    events.push('begin')
    try {
      return yield* program
    } finally {
      events.push('end')
    }
  })
  const picking = handler('picking').ctl(Pick, function* (k) {
    events.push('pick')
    return Resume(k, 42)
  })
  expect(run(Plain(Pick()).with(noting).with(picking))).toBe(42)
  expect(events).toEqual(['begin', 'pick', 'end'])
  const leaving = handler('leaving').final(Pick, () => 'left')
  expect(run(Plain(Pick()).with(noting).with(leaving))).toBe('left')
  expect(events.slice(3)).toEqual(['begin', 'end'])
})

test('cancellation unwinds the program and the clause', () => {
  const events: string[] = []
  const transaction = handler('transaction').scoped(Plain, program =>
    bracket(
      pure('tx'),
      () => program,
      () => pure(void events.push('closed')),
    ),
  )
  const slow = Do(function* () {
    try {
      yield* Sleep(100)
    } finally {
      events.push('unwound')
    }
  })
  const timed = Timeout(10, Plain(slow())).with(transaction).with(simulatedClock()).with(scheduled())
  expect(failureOf(timed)).toMatchObject({ code: 'ERR_TIMEOUT' })
  expect(events).toEqual(['unwound', 'closed'])
})

test('forms and tasks in a clause run the program there', () => {
  const doubled = handler('doubled').scoped(Plain, program => All([program, program]).map(([first]) => first))
  const both = Plain(
    Tell('x')
      .flatMap(() => Sleep(1))
      .map(() => 7),
  )
  expect(run(Listen(both).with(doubled).with(writer()).with(simulatedClock()).with(scheduled()))).toEqual([
    7,
    ['x', 'x'],
  ])
  const inTask = Do(function* () {
    return yield* Wait(yield* Spawn(Plain(who()).with(reader({ who: 'task' }))))
  })
  expect(run(inTask().with(identity).with(reader({})).with(scheduled()))).toBe('task')
})

test('retry, catching and failures work on the program', () => {
  class Busy extends Failure('Busy') {}
  let left = 2
  const flaky = Do(function* () {
    if (left-- > 0) yield* fail(new Busy())
    return 'done'
  })
  const patient = handler('patient').scoped(Plain, program => retry(program, { attempts: 3 }))
  const program = Plain(flaky())
    .with(patient)
    .with(catching(Busy, () => 'gave up'))
  expect(run(program.with(simulatedClock()).with(scheduled()))).toBe('done')
})

test('more than three values in the payload are all handed on', () => {
  const Wide = scopedEffect('Wide')<[a: number, b: number, c: number, d: number]>()
  const seen: number[][] = []
  const wide = handler('wide').scoped(Wide, (program, a, b, c, d) => {
    seen.push([a, b, c, d])
    return program
  })
  expect(run(Wide(1, 2, 3, 4, pure('x')).with(wide))).toBe('x')
  expect(seen).toEqual([[1, 2, 3, 4]])
  const steps = handler('steps').scoped(Wide, function* (program, a, b, c, d) {
    seen.push([d, c, b, a])
    return yield* program
  })
  expect(run(Wide(1, 2, 3, 4, pure('y')).with(steps))).toBe('y')
  expect(seen[1]).toEqual([4, 3, 2, 1])
})

describe('what is no use is refused', () => {
  const Ordinary = effect('Ordinary')<[n: number], number>()

  test('at the call: no program', () => {
    expect(thrownBy(() => Around('x', 7 as never))).toMatchObject({ message: 'Around takes a program, not 7.' })
    expect(thrownBy(() => (Plain as unknown as () => void)())).toMatchObject({
      message: 'Plain takes a program, not undefined.',
    })
  })

  test('where the handler is made: an effect without a program, no function, a second clause', () => {
    expect(thrownBy(() => handler('h').scoped(Ordinary as never, () => 1 as never))).toMatchObject({
      code: 'ERR_INVALID_HANDLER',
      message: "Ordinary carries no program: declare it with scopedEffect('Ordinary'), or answer it with .fun(…).",
    })
    expect(thrownBy(() => handler('h').scoped(Plain, 7 as never))).toMatchObject({ code: 'ERR_INVALID_HANDLER' })
    expect(thrownBy(() => handler('h').scoped(7 as never, () => 7 as never))).toMatchObject({
      code: 'ERR_INVALID_HANDLER',
    })
    expect(thrownBy(() => identity.scoped(Plain, program => program))).toMatchObject({
      message: 'identity has a clause for Plain already.',
    })
  })

  test('at the performer: a clause that gives no program', () => {
    const broken = handler('broken').scoped(Plain, () => 7 as never)
    expect(failureOf(Plain(pure(1)).with(broken))).toMatchObject({
      message: 'The scoped clause of broken for Plain gives the program that runs in its place, not 7.',
    })
  })
})

describe('a generator function as a fun clause', () => {
  const Size = effect('Size')<[text: string, times: number], number>()

  test('runs outside of its handler, and its result is the answer', () => {
    const asking = handler('asking').fun(Size, function* (text, times) {
      return text.length * times + (yield* Ask<number>('more'))
    })
    expect(
      run(
        Size('four', 2)
          .with(reader({ more: 100 }))
          .with(asking)
          .with(reader({ more: 1 })),
      ),
    ).toBe(9)
  })

  test('throws at the performer', () => {
    const broken = handler('broken').fun(Size, function* () {
      throw new RangeError('no')
    })
    expect(run(attempt(Size('a', 1)).with(broken))).toMatchObject({ ok: false })
  })

  test('may be for an effect that is an instance of a class', () => {
    class Twice {
      constructor(readonly n: number) {}
    }
    const doubling = handler('doubling')
      .on(Twice)
      .fun(function* ({ n }) {
        return n * (yield* Ask<number>('factor'))
      })
    const program = Do(function* () {
      return yield new Twice(21)
    })
    expect(
      run(
        program()
          .with(doubling)
          .with(reader({ factor: 2 })),
      ),
    ).toBe(42)
  })
})
