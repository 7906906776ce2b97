// Families of effects, and handlers around a resource or with a state of their own.

import {
  All,
  Ask,
  attempt,
  Await,
  compose,
  Do,
  effect,
  effects,
  handler,
  Listen,
  op,
  pure,
  reader,
  run as runPooled,
  runAsync,
  scheduled,
  simulatedClock,
  Sleep,
  start,
  state,
  Tell,
  Timeout,
  writer,
  Yield,
  type Program,
} from '../../index'
import { failureOf, run, thrownBy } from '../support/leaks'

interface Item {
  readonly id: number
  readonly name: string
}

const Repo = effects('Repo', { find: op<[id: number], Item | null>(), save: op<[item: Item]>() })

const tea: Item = { id: 1, name: 'tea' }

function inMemory(items = new Map<number, Item>()) {
  return handler('in memory', Repo, {
    find: id => items.get(id) ?? null,
    save: item => void items.set(item.id, item),
  })
}

describe('a family of effects', () => {
  test('is answered by one handler', () => {
    const program = Do(function* () {
      const before = yield* Repo.find(1)
      yield* Repo.save(tea)
      return [before, yield* Repo.find(1)]
    })
    expect(run(program().with(inMemory()))).toEqual([null, tea])
  })

  test('is named by itself and its operations', () => {
    expect([Repo.find.effectName, String(Repo.save(tea))]).toEqual(['Repo.find', "Repo.save({ id: 1, name: 'tea' })"])
    expect(failureOf(Repo.find(1))).toMatchObject({ message: expect.stringMatching(/Repo\.find\(1\)/) })
    expect(Object.keys(Repo)).toEqual([])
    expect(thrownBy(() => Object.assign(Repo, { find: 1 }))).toBeInstanceOf(TypeError)
  })

  test('may be answered in part, clause by clause', () => {
    const nothing = handler('nothing').fun(Repo.find, () => null)
    expect(run(Repo.find(1).with(nothing))).toBeNull()
  })

  test('may have generator functions and programs as clauses', () => {
    const logged = handler('logged', Repo, {
      find: function* (id) {
        yield* Tell(`find ${id}`)
        return yield* Repo.find(id)
      },
      save: item => Repo.save(item),
    })
    const program = Repo.save(tea).flatMap(() => Repo.find(1))
    expect(run(Listen(program.with(logged)).with(inMemory()).with(writer()))).toEqual([tea, ['find 1']])
  })

  test('is one of its own, whatever another one is called', () => {
    const Other = effects('Repo', { find: op<[id: number], Item | null>() })
    expect(failureOf(Other.find(1).with(inMemory()))).toMatchObject({ code: 'ERR_UNHANDLED_EFFECT' })
  })

  const incomplete: [unknown, string][] = [
    [{ find: () => null }, 'h has no clause for Repo.save.'],
    [{}, 'h has no clause for Repo.find, Repo.save.'],
    [
      { find: () => null, save: () => undefined, sav: () => undefined },
      'h has a clause for Repo.sav, which Repo does not have; it has find, save.',
    ],
    [{ find: () => null, save: 7 }, 'A fun clause of h is a function, not 7.'],
    [7, 'h has an object of clauses for Repo, not 7.'],
  ]

  test.each(incomplete)('that is not answered as a whole is refused by name: %#', (clauses, message) => {
    expect(thrownBy(() => handler('h', Repo, clauses as never))).toMatchObject({ code: 'ERR_INVALID_HANDLER', message })
  })

  test.each([
    [() => effects('Repo', 7 as never), "effects('Repo', …) takes an object of operations, not 7."],
    [() => effects('Repo', { find: 7 as never }), 'Repo.find is declared with op<[…payload], Answer>(), not with 7.'],
    [() => effects('Repo', { find: {} as never }), 'Repo.find is declared with op<[…payload], Answer>(), not with {}.'],
    [() => handler('h', {}, {}), "handler('h', family, clauses) takes what effects('Name', { … }) gave, not {}."],
    [
      () => handler('h', undefined as never, {} as never),
      "handler('h', family, clauses) takes what effects('Name', { … }) gave, not undefined.",
    ],
  ])('that is none is refused: %#', (action, message) => {
    expect(thrownBy(action)).toMatchObject({ message })
  })
})

const Query = effect('Query')<[sql: string], string>()

/** A database that notes what happens to it. */
function database(events: string[], acquire = Do(function* () {})) {
  const open = Do(function* () {
    yield* acquire()
    events.push('open')
    return { query: (sql: string) => `rows of ${sql}` }
  })
  const close = Do(function* () {
    events.push('close')
  })
  return handler.resource('database', open(), close, connection =>
    handler('queries').fun(Query, sql => {
      events.push(sql)
      return connection.query(sql)
    }),
  )
}

describe('a handler around a resource', () => {
  test('opens it where it is installed, once, and closes it when the program ends', () => {
    const events: string[] = []
    const both = Do(function* () {
      return [yield* Query('a'), yield* Query('b')]
    })
    const handled = both().with(database(events))
    expect(run(handled)).toEqual(['rows of a', 'rows of b'])
    expect(events.splice(0)).toEqual(['open', 'a', 'b', 'close'])
    run(handled)
    expect(events).toEqual(['open', 'a', 'b', 'close'])
  })

  test('closes it when the program fails, is left or is cancelled', () => {
    const Stop = effect('Stop')<[], never>()
    const events: string[] = []
    const fails = Do(function* (): Generator<never, number> {
      throw new RangeError('no')
    })
    expect(run(attempt(fails().with(database(events))))).toMatchObject({ ok: false })
    expect(events.splice(0)).toEqual(['open', 'close'])
    expect(
      run(
        Stop()
          .with(database(events))
          .with(handler('s').final(Stop, () => 1)),
      ),
    ).toBe(1)
    expect(events.splice(0)).toEqual(['open', 'close'])
    const late = Timeout(5, Sleep(10).with(database(events)))
      .with(simulatedClock())
      .with(scheduled())
    expect(failureOf(late)).toMatchObject({ code: 'ERR_TIMEOUT' })
    expect(events.splice(0)).toEqual(['open', 'close'])
  })

  test('is not lost while it opens: a cancellation waits for it, then it is closed', () => {
    const events: string[] = []
    const slowly = database(
      events,
      Do(function* () {
        yield* Sleep(10)
      }) as never,
    )
    const late = Timeout(
      5,
      Query('a')
        .flatMap(() => Sleep(1))
        .with(slowly) as Program<void, never>,
    )
      .with(simulatedClock())
      .with(scheduled())
    expect(failureOf(late)).toMatchObject({ code: 'ERR_TIMEOUT' })
    expect(events).toEqual(['open', 'a', 'close'])
  })

  test('performs outward what acquiring and releasing perform', () => {
    const opened = handler.resource(
      'opened',
      Ask<string>('url'),
      url => Tell(`close ${url}`),
      url => handler('queries').fun(Query, sql => `${url}: ${sql}`),
    )
    const handled = Listen(
      Query('a')
        .with(reader({ url: 'inner' }))
        .with(opened),
    ).with(writer())
    expect(run(handled.with(reader({ url: 'outer' })))).toEqual(['outer: a', ['close outer']])
  })

  test('composes, in the order of handlers', () => {
    const events: string[] = []
    const one = (name: string) =>
      handler.resource(
        name,
        pure(name).map(n => void events.push(`open ${n}`)),
        () => pure(undefined).map(() => void events.push(`close ${name}`)),
        () => handler(name),
      )
    run(pure(1).with(compose(one('outer'), state(), one('inner'))))
    expect(events).toEqual(['open outer', 'open inner', 'close inner', 'close outer'])
  })

  test('is that of an application: opened at its start, closed at its end', async () => {
    const events: string[] = []
    const app = start(database(events))
    expect(await Promise.all([app.run(Query('a')), app.run(Query('b'))])).toEqual(['rows of a', 'rows of b'])
    const waiting = app.run(Query('c').flatMap(() => Await(new Promise(() => {}))))
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ERR_APPLICATION_CLOSED' })
    await app.run(Yield())
    expect(events).toEqual(['open', 'a', 'b', 'c'])
    await app.close()
    await refused
    expect(events).toEqual(['open', 'a', 'b', 'c', 'close'])
  })

  test('that cannot be opened or closed ends the application with that', async () => {
    const broken = (message: string) =>
      Do(function* (): Generator<never, void> {
        throw new RangeError(message)
      })()
    const unopened = start(
      handler.resource(
        'db',
        broken('opening'),
        () => pure(1),
        () => handler('none'),
      ),
    )
    await expect(unopened.run(pure(1))).rejects.toMatchObject({ cause: { message: 'opening' } })
    await expect(unopened.close()).rejects.toThrow('opening')
    const unclosed = start(
      handler.resource(
        'db',
        pure(1),
        () => broken('closing'),
        () => handler('none'),
      ),
    )
    expect(await unclosed.run(pure(1))).toBe(1)
    await expect(unclosed.close()).rejects.toThrow('closing')
  })

  test.each([
    [
      () =>
        handler.resource(
          'db',
          7 as never,
          () => pure(1),
          () => handler('h'),
        ),
      "handler.resource('db', …) takes a program, not 7.",
    ],
    [
      () => handler.resource('db', pure(1), 7 as never, () => handler('h')),
      'A release clause of db is a function, not 7.',
    ],
    [() => handler.resource('db', pure(1), () => pure(1), 7 as never), 'A resource clause of db is a function, not 7.'],
  ])('refuses what is no use at the call: %#', (action, message) => {
    expect(thrownBy(action)).toMatchObject({ message })
  })

  test('refuses what is no handler where it is installed, and closes all the same', () => {
    const events: string[] = []
    const wrong = handler.resource(
      'db',
      pure(1),
      () => pure(void events.push('closed')),
      () => 7 as never,
    )
    expect(failureOf(pure(1).with(wrong as never))).toMatchObject({ code: 'ERR_INVALID_HANDLER' })
  })
})

describe('a handler with a state of its own', () => {
  const Log = effect('Log')<[line: string]>()
  const collecting = handler.local(
    () => [] as string[],
    lines =>
      handler('collecting')
        .fun(Log, line => void lines.push(line))
        .returns(value => ({ value, lines })),
  )
  const two = Do(function* (name: string) {
    yield* Log(`${name}1`)
    yield* Log(`${name}2`)
    return name
  })

  test('has a new one for each run and each installation', () => {
    const handled = two('a').with(collecting)
    expect(runPooled(handled)).toEqual({ value: 'a', lines: ['a1', 'a2'] })
    expect(runPooled(handled)).toEqual({ value: 'a', lines: ['a1', 'a2'] })
    const both = All([two('x').with(collecting), two('y').with(collecting)])
    expect(run(both.with(scheduled()))).toEqual([
      { value: 'x', lines: ['x1', 'x2'] },
      { value: 'y', lines: ['y1', 'y2'] },
    ])
  })

  test('composes', async () => {
    const handled = two('a').with(compose(state(), collecting, reader({})))
    expect(await runAsync(handled)).toEqual({ value: 'a', lines: ['a1', 'a2'] })
  })

  test('throws what making its state throws, where it is installed', () => {
    const broken = handler.local(
      (): never => {
        throw new RangeError('no state')
      },
      () => handler('none'),
    )
    expect(run(attempt(pure(1).with(broken)))).toMatchObject({ ok: false, error: { message: 'no state' } })
  })

  test.each([[() => handler.local(7 as never, () => handler('h'))], [() => handler.local(() => 7, 7 as never)]])(
    'refuses what is no function: %#',
    action => {
      expect(thrownBy(action)).toMatchObject({ message: 'A state clause of handler.local is a function, not 7.' })
    },
  )
})
