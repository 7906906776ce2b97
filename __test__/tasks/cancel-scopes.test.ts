// Cancel scopes: boundaries at which a cancellation ends its unwinding. What is cancelled, how far it unwinds, what it answers.

import {
  All,
  Await,
  CancelScope,
  CreateExternalPromise,
  Do,
  effect,
  handler,
  Now,
  Resume,
  runAsync,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  Timeout,
  uncancelable,
  Wait,
  Yield,
  type CancelScopeControl,
  type Continuation,
  type ExternalPromise,
  type Program,
} from '../../index'
import { newVm, run } from '../support/leaks'

const simulate = <A>(program: Program<A, unknown>): A =>
  run(program.with(simulatedClock()).with(scheduled()) as Program<A>)

/** Runs the program, and notes how it ended and when. */
const timed = (events: unknown[], program: Program<unknown, unknown>) =>
  Do(function* () {
    try {
      events.push(yield program)
    } catch (error) {
      events.push((error as Error).message)
    }
    events.push(yield* Now())
  })()

describe('Timeout', () => {
  test.each([
    ['the inner one', 50, 10, 'Timeout: Sleep(100) took longer than 10 ms.'],
    ['the outer one', 10, 50, 'Timeout: Timeout(50, Sleep(100)) took longer than 10 ms.'],
  ])('of two, %s ends the program when its time is up first', (_which, outer, inner, message) => {
    const events: unknown[] = []
    simulate(timed(events, Timeout(outer, Timeout(inner, Sleep(100)))))
    expect(events).toEqual([message, 10])
  })

  test('unwinds to the outermost scope that was cancelled: inner ones are passed', () => {
    const events: unknown[] = []
    const inner = Do(function* () {
      try {
        yield* Timeout(10, Sleep(100))
      } catch {
        events.push('never here')
      } finally {
        events.push('unwound')
      }
    })
    simulate(timed(events, Timeout(10, inner())))
    expect(events).toEqual(['unwound', 'Timeout: program() took longer than 10 ms.', 10])
  })

  test('answers what has ended in the instant in which time is up', () => {
    const twice = Do(function* () {
      yield* Sleep(5)
      yield* Sleep(5)
      yield* Yield()
      return 'ended'
    })
    expect(simulate(Timeout(10, twice()))).toBe('ended')
  })

  test('of a program that never suspends sets no timer', () => {
    const quick = Do(function* () {
      return (yield* Now()) === 0
    })
    const vm = newVm()
    expect(vm.run(Timeout(10, quick()).with(simulatedClock()).with(scheduled()))).toBe(true)
  })

  test('needs a scheduler, and says so', () => {
    expect(() => newVm().run(Timeout(10, Yield()))).toThrow('no scheduler in scope: use scheduled()')
  })

  test('is heard when nothing else can happen', () => {
    const events: unknown[] = []
    simulate(timed(events, Timeout(10, Sleep(Infinity))))
    expect(events).toEqual(['Timeout: Sleep(Infinity) took longer than 10 ms.', 10])
  })

  test('ends the wait of a handler outside of it that works on behalf of the performer', () => {
    const Fetch = effect('Fetch')<[], string>()
    const events: unknown[] = []
    const online = handler('online').ctl(Fetch, function* (k: Continuation<string, string>) {
      try {
        yield* Sleep(100)
        return Resume(k, 'answer')
      } finally {
        events.push('clause closed')
      }
    })
    const fetching = Do(function* () {
      try {
        return yield* Fetch()
      } finally {
        events.push('performer closed')
      }
    })
    simulate(timed(events, Timeout(10, fetching())).with(online as never))
    expect(events).toEqual(['clause closed', 'performer closed', 'Timeout: program() took longer than 10 ms.', 10])
  })

  test('in a continuation goes on counting: where that is resumed and suspends, it unwinds', () => {
    const Pause = effect('Pause')()
    const pausing = handler('pausing').raw(Pause, function* (k) {
      return k
    })
    const inner = Do(function* () {
      yield* Sleep(1)
      yield* Pause()
      yield* Sleep(1)
      return 'not reached'
    })
    const events: unknown[] = []
    const program = Do(function* () {
      const k = (yield* Timeout(10, inner()).with(pausing)) as Continuation<void, unknown>
      yield* Sleep(20)
      return yield* Resume(k)
    })
    simulate(timed(events, program()))
    expect(events).toEqual(['Timeout: program() took longer than 10 ms.', 21])
  })

  test.each([-1, NaN, '10'])('refuses %p milliseconds', ms => {
    expect(() => Timeout(ms as number, Yield())).toThrow(RangeError)
  })
})

describe('uncancelable', () => {
  test('is carried through; the cancellation is seen at the first suspension after it', () => {
    const events: unknown[] = []
    const program = Do(function* () {
      yield* uncancelable(Sleep(20))
      events.push('carried through')
      yield* Sleep(1)
      events.push('not reached')
    })
    simulate(timed(events, Timeout(10, program())))
    expect(events).toEqual(['carried through', 'Timeout: program() took longer than 10 ms.', 20])
  })

  test('lets cancellation through inside of restore, to what is outside', () => {
    const events: unknown[] = []
    const guarded = uncancelable(restore =>
      Do(function* () {
        try {
          yield* restore(Sleep(100))
        } finally {
          yield* Sleep(20)
          events.push('cleaned up')
        }
      })(),
    )
    simulate(timed(events, Timeout(5, guarded)))
    expect(events.slice(0, 1)).toEqual(['cleaned up'])
    expect(events.at(-1)).toBe(25)
  })

  test('of the outer region, restore opens no hole in the inner one', () => {
    const events: unknown[] = []
    const nested = uncancelable(outer => uncancelable(outer(Sleep(20).map(() => events.push('carried through')))))
    simulate(timed(events, Timeout(5, nested)))
    expect(events).toEqual(['carried through', 1, 20])
  })

  test('hides scopes outside of it, not those inside', () => {
    const events: unknown[] = []
    simulate(timed(events, Timeout(5, uncancelable(timed(events, Timeout(10, Sleep(100)))))))
    expect(events).toEqual(['Timeout: Sleep(100) took longer than 10 ms.', 10, undefined, 10])
  })

  test('holds for who answers on behalf of what is in it', () => {
    const Fetch = effect('Fetch')<[], string>()
    const online = handler('online').ctl(Fetch, function* (k: Continuation<string, string>) {
      yield* Sleep(20)
      return Resume(k, 'answer')
    })
    expect(simulate(Timeout(10, uncancelable(Fetch())).with(online as never))).toBe('answer')
  })

  test.each([42, 'x', null])('refuses %p', x => {
    expect(() => uncancelable(x as never)).toThrow('uncancelable takes a program')
  })
})

describe('CancelScope', () => {
  test('answers what its program does', () => {
    expect(simulate(CancelScope(() => Sleep(5).map(() => 'done')))).toBe('done')
  })

  test('cancelled by another task, unwinds what is in it, and answers no value', () => {
    const program = Do(function* () {
      let own: CancelScopeControl | undefined
      yield* Spawn(Sleep(5).map(() => own?.cancel()))
      const answer = yield* CancelScope(scope => {
        own = scope
        return Sleep(100).map(() => 'not reached')
      })
      return [answer, own?.cancelled, yield* Now()]
    })
    expect(simulate(program())).toEqual([undefined, true, 5])
  })

  test('cancelled by what is in it, ends it at its next suspension', () => {
    const events: string[] = []
    const program = (scope: CancelScopeControl) =>
      Do(function* () {
        scope.cancel()
        events.push('goes on')
        yield* Yield()
        events.push('not reached')
      })()
    expect(simulate(CancelScope(program))).toBeUndefined()
    expect(events).toEqual(['goes on'])
  })

  test('is cancelled from a callback', async () => {
    const waiting = CancelScope(scope => {
      setImmediate(() => scope.cancel())
      return Await(new Promise<string>(() => {}))
    })
    await expect(runAsync(waiting.with(scheduled()))).resolves.toBeUndefined()
  })

  test('has a deadline, which can be moved', () => {
    const program = Do(function* () {
      const answer = yield* CancelScope(scope => {
        scope.deadline = 10
        return Do(function* () {
          yield* Sleep(5)
          scope.deadline = 30
          yield* Sleep(100)
        })()
      })
      return [answer, yield* Now()]
    })
    expect(simulate(program())).toEqual([undefined, 30])
  })

  test('that has ended is not cancelled any more', () => {
    const program = Do(function* () {
      let own: CancelScopeControl | undefined
      yield* CancelScope(scope => {
        own = scope
        return Yield()
      })
      own?.cancel()
      yield* Yield()
      return own?.cancelled
    })
    expect(simulate(program())).toBe(false)
  })

  test('ends the forms in it, and their tasks', () => {
    const events: string[] = []
    const child = Do(function* (name: string) {
      try {
        yield* Sleep(100)
      } finally {
        yield* Sleep(5)
        events.push(`${name} unwound`)
      }
    })
    const program = Do(function* () {
      yield* CancelScope(scope => {
        scope.deadline = 10
        return All([child('a'), child('b')])
      })
      return yield* Now()
    })
    expect(simulate(program())).toBe(15)
    expect(events).toEqual(['a unwound', 'b unwound'])
  })

  test.each([42, undefined])('refuses %p', x => {
    expect(() => CancelScope(x as never)).toThrow('CancelScope takes a function')
  })

  test('refuses a deadline that is no time', () => {
    const program = CancelScope(scope => {
      scope.deadline = -1
      return Yield()
    })
    expect(() => simulate(program)).toThrow('scope.deadline')
  })
})

test('a scope that is cancelled from outside wakes its run once: what is settled outside afterwards wakes it again', async () => {
  const events: string[] = []
  let scope!: CancelScopeControl
  const last: ExternalPromise<string>[] = []
  const program = Do(function* () {
    const first = yield* CreateExternalPromise<void>()
    yield* CancelScope(own => {
      scope = own
      return Wait(first.future)
    })
    const promise = yield* CreateExternalPromise<string>()
    last.push(promise)
    events.push('goes on in its own time')
    return yield* Wait(promise.future)
  })
  const ended = runAsync(program().with(scheduled()))
  await new Promise(resolve => setImmediate(resolve))
  scope.cancel()
  events.push('cancelled')
  while (last.length === 0) await new Promise(resolve => setImmediate(resolve))
  last[0]?.complete('done')
  expect(await ended).toBe('done')
  expect(events).toEqual(['cancelled', 'goes on in its own time'])
})
