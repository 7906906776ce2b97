// Responsiveness: while a program computes, the event loop has its turns; while the event loop has its turn, no task runs.
// By counts, never by the clock.

import fc from 'fast-check'

import {
  All,
  Any,
  AsyncEscape,
  Await,
  Cancel,
  CreateExternalPromise,
  Do,
  ensure,
  Gather,
  Get,
  Now,
  type Program,
  pure,
  Put,
  retry,
  runAsync,
  runMain,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  Timeout,
  Wait,
  Yield,
} from '../../index'
import { afterTurn, stopwatch } from '../../src-ts/builtins/intrinsics'
import { newVm } from '../support/leaks'

/** Computes until `done` says so, performing effects only. */
const computing = (done: () => boolean) =>
  Do(function* () {
    let effects = 0
    while (!done()) {
      yield* Put('n', effects++)
      yield* Get('n')
    }
    return effects
  })()

test.each([
  ['timers', (fire: () => void) => setInterval(fire, 0)],
  ['immediates', (fire: () => void) => void setImmediate(fire)],
  ['I/O', (fire: () => void) => void import('node:fs').then(fs => fs.stat('.', fire))],
])('%s go on while a task computes', async (_what, start) => {
  const fired = { times: 0 }
  const handle = start(() => fired.times++)
  const effects = await runAsync(computing(() => fired.times > 0).with(state()) as Program<number>)
  clearInterval(handle as NodeJS.Timeout | undefined)
  expect(fired.times).toBeGreaterThan(0)
  expect(effects).toBeGreaterThan(0)
})

test('between two turns of the event loop it computes for yieldEveryMs, and at most a few thousand effects longer', async () => {
  // A clock that goes on by a millisecond whenever somebody looks.
  const time = { now: 1000 }
  const clock = jest.spyOn(stopwatch, 'read').mockImplementation(() => time.now++)
  const slices: number[] = []
  const looks: number[] = []
  let effects = 0
  let since = { effects: 0, now: time.now }
  const again = (): void => {
    slices.push(effects - since.effects)
    looks.push(time.now - since.now)
    since = { effects, now: time.now }
    immediate = setImmediate(again)
  }
  let immediate = setImmediate(again)
  const counting = Do(function* () {
    while (slices.length < 20) {
      yield* Put('n', effects++)
      yield* pure(0)
    }
  })
  try {
    for (const yieldEveryMs of [undefined, 10, 1]) {
      slices.length = looks.length = 0
      await runAsync(counting().with(state()) as Program<void>, yieldEveryMs === undefined ? {} : { yieldEveryMs })
      const most = yieldEveryMs ?? 5
      // The first ones began before the run did.
      expect(Math.max(...looks.slice(2))).toBeLessThanOrEqual(most + 1)
      expect(Math.max(...slices.slice(2))).toBeLessThanOrEqual((most + 1) * 1024)
      expect(Math.min(...slices.slice(2))).toBeGreaterThan(0)
    }
  } finally {
    clock.mockRestore()
    clearImmediate(immediate)
  }
})

test('many times over in a long computation', async () => {
  const fired = { times: 0 }
  const again = (): void => {
    fired.times++
    immediate = setImmediate(again)
  }
  let immediate = setImmediate(again)
  await runAsync(computing(() => fired.times >= 20).with(state()) as Program<number>, { yieldEveryMs: 1 })
  clearImmediate(immediate)
  expect(fired.times).toBeGreaterThanOrEqual(20)
})

test('meanwhile no other task runs: the whole program pauses', async () => {
  const fired = { times: 0 }
  const log: string[] = []
  const handle = setInterval(() => fired.times++, 0)
  const program = Do(function* () {
    const first = yield* Spawn(
      computing(() => fired.times >= 3).map(() => log.push('computed')),
      { name: 'computing' },
    )
    const second = yield* Spawn(pure(0).map(() => log.push('other')))
    yield* Gather(first, second)
  })
  await runAsync(program().with(state()).with(scheduled()), { yieldEveryMs: 1 })
  clearInterval(handle)
  expect(log).toEqual(['computed', 'other'])
})

test('tasks that only yield to one another let the event loop in as well', async () => {
  const fired = { times: 0 }
  const handle = setInterval(() => fired.times++, 0)
  const yielding = Do(function* () {
    while (fired.times < 3) yield* Yield()
  })
  const program = Do(function* () {
    yield* Gather(yield* Spawn(yielding()), yield* Spawn(yielding()))
  })
  await newVm().runAsync(program().with(scheduled()), { yieldEveryMs: 1 })
  clearInterval(handle)
})

test('sub-programs that perform nothing let it in, too', async () => {
  const fired = { times: 0 }
  const handle = setInterval(() => fired.times++, 0)
  const nothing = Do(function* () {
    return yield* pure(1)
  })
  const program = Do(function* () {
    while (fired.times < 2) yield* nothing()
  })
  await newVm().runAsync(program(), { yieldEveryMs: 1 })
  clearInterval(handle)
})

test('what a task awaits is heard while another one computes, and waits for its turn', async () => {
  const log: string[] = []
  const settled = { yes: false }
  const program = Do(function* () {
    const waiting = yield* Spawn(
      Await(
        new Promise<void>(resolve => {
          setImmediate(() => {
            settled.yes = true
            resolve()
          })
        }),
      ).map(() => log.push('answered')),
    )
    yield* Yield()
    yield* computing(() => settled.yes).with(state())
    log.push('computed')
    yield* Wait(waiting)
  })
  await newVm().runAsync(program().with(scheduled()), { yieldEveryMs: 1 })
  expect(log).toEqual(['computed', 'answered'])
})

test('two asynchronous runs compute side by side', async () => {
  const order: string[] = []
  const share = { a: 0, b: 0 }
  const alternating = (own: 'a' | 'b', other: 'a' | 'b') =>
    computing(() => {
      if (order.at(-1) !== own) order.push(own)
      share[own]++
      return share[other] > 0 && order.length > 4
    }).with(state()) as Program<number>
  await Promise.all([
    runAsync(alternating('a', 'b'), { yieldEveryMs: 0 }),
    runAsync(alternating('b', 'a'), { yieldEveryMs: 0 }),
  ])
  expect(order.slice(0, 4)).toEqual(['a', 'b', 'a', 'b'])
})

describe('whatever a loop does, the event loop is let in', () => {
  const fails = Do(function* () {
    throw new Error('fails')
  })
  const caught = Do(function* (program: Program<unknown, unknown>) {
    try {
      yield program
    } catch {
      return
    }
  })
  const external = Do(function* () {
    const promise = yield* CreateExternalPromise<void>()
    queueMicrotask(promise.complete as () => void)
    yield* Wait(promise.future)
  })
  const cancelled = Do(function* () {
    const task = yield* Spawn(ensure(Sleep(1e6), pure(0)))
    yield* Yield()
    yield* Cancel(task)
  })
  const parts: Record<string, Program<unknown, unknown>> = {
    'a promise that is resolved': Await(Promise.resolve()),
    'one that settles in microtasks': Await(() => Promise.resolve().then(() => {})),
    'one that is rejected': caught(Await(() => Promise.reject(new Error('rejected')))),
    'an external promise': external(),
    'a task': Spawn(pure(1)).flatMap(task => Wait(task)),
    'a task that fails': Spawn(fails()).flatMap(task => caught(Wait(task))),
    'a task that is cancelled': cancelled(),
    'a timeout': Timeout(1000, pure(1)),
    'two timeouts': Timeout(1000, Timeout(1000, Yield())),
    'a timeout around a promise': Timeout(1000, Await(Promise.resolve())),
    'a failure': caught(fails()),
    attempts: caught(retry(fails(), { attempts: 3 })),
    children: All([pure(1), Yield(), Await(Promise.resolve())]),
    'the first success': Any([fails(), pure(1), Yield()]),
    'simulated time': Sleep(1000).with(simulatedClock()),
    'an escape': AsyncEscape(() => Promise.resolve()),
    'a yield': Yield(),
    nothing: pure(1),
  }

  /** The most rounds of a loop between two turns of the event loop, on a clock that goes on whenever somebody looks. */
  async function mostBetweenTurns(loop: readonly Program<unknown, unknown>[]): Promise<number> {
    let now = 1000
    const clock = jest.spyOn(stopwatch, 'read').mockImplementation(() => now++)
    const rounds = [0]
    const turn = (): void => {
      rounds.push(0)
      immediate = setImmediate(turn)
    }
    let immediate = setImmediate(turn)
    const looping = Do(function* () {
      while (rounds.length < 8) {
        if (++rounds[rounds.length - 1]! > 50_000) throw new Error('the event loop has no turn')
        for (const part of loop) yield part
      }
    })
    try {
      await runAsync(looping().with(scheduled()) as Program<void>)
      return Math.max(...rounds)
    } finally {
      clearImmediate(immediate)
      clock.mockRestore()
    }
  }

  test.each(Object.keys(parts))('%s', async name => {
    expect(await mostBetweenTurns([parts[name]!])).toBeLessThan(10_000)
  })

  test('in any combination', async () => {
    const loops = fc.array(fc.constantFrom(...Object.keys(parts)), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(loops, async names => {
        expect(await mostBetweenTurns(names.map(name => parts[name]!))).toBeLessThan(10_000)
      }),
      { numRuns: 30 },
    )
  })

  test('an abort and a signal of the process are heard', async () => {
    const controller = new AbortController()
    setImmediate(() => controller.abort(new Error('enough')))
    const looping = Do(function* () {
      for (;;) yield* Await(Promise.resolve())
    })
    await expect(runAsync(looping().with(scheduled()), { signal: controller.signal })).rejects.toThrow('enough')
    const codes: number[] = []
    setImmediate(() => process.emit('SIGTERM', 'SIGTERM'))
    await runMain(looping().with(scheduled()), { exit: code => codes.push(code) })
    expect(codes).toEqual([143])
  })

  test('while thousands of tasks unwind', async () => {
    let turns = 0
    const turn = (): void => {
      turns++
      immediate = setImmediate(turn)
    }
    let immediate = setImmediate(turn)
    const seen: number[] = []
    const hanging = Do(function* () {
      try {
        yield* Wait(yield* Spawn(Sleep(1e6), { daemon: true }))
      } finally {
        seen.push(turns)
      }
    })
    const main = Do(function* () {
      for (let i = 0; i < 3000; i++) yield* Spawn(hanging(), { daemon: true })
      yield* Yield()
      yield* Yield()
    })
    await runAsync(main().with(scheduled()), { yieldEveryMs: 0 })
    clearImmediate(immediate)
    expect(seen.length).toBe(3000)
    expect(new Set(seen).size).toBeGreaterThan(10)
  })

  test('timers of Sleep that are called off are let go of', async () => {
    const cleared = jest.spyOn(globalThis, 'clearTimeout')
    const set = jest.spyOn(globalThis, 'setTimeout')
    const looping = Do(function* () {
      for (let i = 0; i < 2000; i++) {
        yield* caught(Timeout(1_000_000, Yield()))
        most = Math.max(most, set.mock.calls.length - cleared.mock.calls.length)
      }
    })
    let most = 0
    try {
      await runAsync(looping().with(scheduled()) as Program<void>)
    } finally {
      cleared.mockRestore()
      set.mockRestore()
    }
    expect(most).toBeLessThan(100)
  })
})

const realTurn = (): Promise<void> => new Promise(afterTurn)

test('fake timers reach Sleep and Now, and nothing else of a run', async () => {
  jest.useFakeTimers({ now: 1000 })
  try {
    const computing = Do(function* () {
      for (let n = 0; n < 300_000; n++) yield* pure(0)
      const began = yield* Now()
      yield* Sleep(60_000)
      return (yield* Now()) - began
    })
    // The conductor lets the event loop have its turns, whatever the fake clock says.
    const running = runAsync(computing().with(scheduled()), { yieldEveryMs: 0 })
    while (jest.getTimerCount() === 0) await realTurn()
    await jest.advanceTimersByTimeAsync(60_000)
    expect(await running).toBe(60_000)
  } finally {
    jest.useRealTimers()
  }
})
