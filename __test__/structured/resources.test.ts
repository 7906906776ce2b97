// Resources: released however their use ends, once, in the reverse order of acquiring.

import {
  All,
  bracket,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  Do,
  effect,
  ensure,
  handler,
  InvalidProgramError,
  type Program,
  pure,
  Put,
  Get,
  runAsync,
  Spawn,
  state,
  Timeout,
  scheduled,
  simulatedClock,
  Wait,
  Yield,
} from '../../index'
import { run, thrownBy } from '../support/leaks'
import { go } from '../support/tasks'

const log: string[] = []
beforeEach(() => log.splice(0))

const note = (text: string) => pure(0).map(() => void log.push(text))
const failing = (message: string) =>
  pure(0).map((): never => {
    throw new Error(message)
  })
const open = (name: string) => note(`open ${name}`).map(() => name)
const close = (name: string) => note(`close ${name}`)
const using = <A>(name: string, use: Program<A, never>) => bracket(open(name), () => use, close)
const forever = CreatePromise().flatMap(promise => Wait(promise.future)) as Program<never, never>

describe('bracket', () => {
  test('releases after the use has returned, and answers its result', () => {
    expect(run(bracket(open('a'), name => note(`use ${name}`).map(() => 42), close))).toBe(42)
    expect(log).toEqual(['open a', 'use a', 'close a'])
  })

  test('releases when the use fails, and throws its error', () => {
    expect(thrownBy(() => run(using('a', failing('use'))))).toEqual(new Error('use'))
    expect(log).toEqual(['open a', 'close a'])
  })

  test('releases when a handler ends the body', () => {
    const Stop = effect('Stop')()
    const stopping = handler('stopping').final(Stop, () => 'stopped')
    expect(run(using('a', Stop() as never).with(stopping as never))).toBe('stopped')
    expect(log).toEqual(['open a', 'close a'])
  })

  test('releases when the task is cancelled, or its time is up', () => {
    go(function* () {
      const task = yield* Spawn(using('a', forever))
      yield* Yield()
      yield* Cancel(task)
      yield* Yield()
    })
    thrownBy(() => run(Timeout(1, using('b', forever)).with(simulatedClock()).with(scheduled())))
    expect(log).toEqual(['open a', 'close a', 'open b', 'close b'])
  })

  describe('releases what came before the task was cancelled', () => {
    const releasing = (acquire: Program<string, never>) =>
      bracket(acquire, () => forever, close) as Program<void, never>

    test('by another task', () => {
      go(function* () {
        const promise = yield* CreatePromise<string>()
        const task = yield* Spawn(releasing(Wait(promise.future) as never))
        yield* Yield()
        yield* CompletePromise(promise, 'what came')
        yield* Cancel(task)
      })
      expect(log).toEqual(['close what came'])
    })

    test('because the program had ended', () => {
      go(function* () {
        const promise = yield* CreatePromise<string>()
        yield* Spawn(releasing(Wait(promise.future) as never), { daemon: true })
        yield* Yield()
        yield* CompletePromise(promise, 'at the end')
      })
      expect(log).toEqual(['close at the end'])
    })

    test('from outside', async () => {
      const program = Do(function* () {
        const opened = yield* CreateExternalPromise<string>()
        const task = yield* Spawn(releasing(Wait(opened.future) as never))
        yield* Yield()
        opened.complete('a file')
        yield* Cancel(task)
      })
      await runAsync(program().with(scheduled()))
      expect(log).toEqual(['close a file'])
    })
  })

  test('does not release what was not acquired', () => {
    const acquiring = bracket(
      failing('acquire'),
      () => note('use'),
      () => note('release'),
    )
    expect(thrownBy(() => run(acquiring))).toEqual(new Error('acquire'))
    go(function* () {
      const task = yield* Spawn(
        bracket(
          forever,
          () => note('use'),
          () => note('release'),
        ),
      )
      yield* Yield()
      yield* Cancel(task)
      yield* Yield()
    })
    expect(log).toEqual([])
  })

  test('the error of the release replaces that of the use, as in plain JavaScript', () => {
    expect(
      thrownBy(() =>
        run(
          bracket(
            open('a'),
            () => failing('use'),
            () => failing('release'),
          ),
        ),
      ),
    ).toEqual(new Error('release'))
  })

  test('when use itself throws before it gives a program, releases too', () => {
    const throwing = bracket(
      open('a'),
      (): Program<never, never> => {
        throw new Error('use')
      },
      close,
    )
    expect(thrownBy(() => run(throwing))).toEqual(new Error('use'))
    expect(log).toEqual(['open a', 'close a'])
  })

  test('nests: released in the reverse order', () => {
    run(using('a', using('b', using('c', note('use')))))
    expect(log).toEqual(['open a', 'open b', 'open c', 'use', 'close c', 'close b', 'close a'])
  })

  test('side by side: each releases its own when one fails', () => {
    const program = All([using('a', forever), using('b', failing('b'))])
    expect(thrownBy(() => run(program.with(scheduled())))).toEqual(new Error('b'))
    expect(log).toEqual(['open a', 'open b', 'close b', 'close a'])
  })

  test('release may perform effects and wait', () => {
    go(function* () {
      yield* Do(function* () {
        const releasing = Do(function* (name: string) {
          yield* Yield()
          yield* Put('released', name)
        })
        const task = yield* Spawn(bracket(open('a'), () => forever, releasing))
        yield* Yield()
        yield* Cancel(task)
        for (let i = 0; i < 3; i++) yield* Yield()
        expect(yield* Get('released')).toBe('a')
      })().with(state())
    })
  })

  test('can be run twice', () => {
    const program = using('a', note('use'))
    run(program.flatMap(() => program))
    expect(log).toEqual(['open a', 'use', 'close a', 'open a', 'use', 'close a'])
  })

  test('refuses what is not a program', () => {
    expect(thrownBy(() => bracket(42 as never, () => pure(1), close))).toBeInstanceOf(InvalidProgramError)
  })
})

describe('ensure', () => {
  test.each<[string, Program<unknown, never>, unknown]>([
    ['returns', note('body').map(() => 42), 42],
    ['throws', note('body').flatMap(() => failing('body')), new Error('body')],
  ])('runs the cleanup once when the program %s', (_how, program, expected) => {
    let outcome: unknown
    try {
      outcome = run(ensure(program, note('cleanup')))
    } catch (error) {
      outcome = error
    }
    expect(outcome).toEqual(expected)
    expect(log).toEqual(['body', 'cleanup'])
  })

  test('runs it when the program is cancelled, also when it had not come far', () => {
    go(function* () {
      const tasks = [yield* Spawn(ensure(forever, note('started'))), yield* Spawn(ensure(forever, note('not started')))]
      yield* Cancel(tasks[1]!)
      yield* Yield()
      yield* Cancel(tasks[0]!)
      yield* Yield()
    })
    expect(log).toEqual(['started'])
  })

  test('the error of the cleanup replaces the result', () => {
    expect(thrownBy(() => run(ensure(pure(1), failing('cleanup'))))).toEqual(new Error('cleanup'))
  })

  test('refuses what is not a program', () => {
    for (const make of [() => ensure(42 as never, pure(1)), () => ensure(pure(1), 42 as never)]) {
      expect(thrownBy(make)).toBeInstanceOf(InvalidProgramError)
    }
  })
})
