// Reading who takes an effect instead of asking changes nothing: with every cell emptied at every k-th effect, with
// another machine at work in between, and with nothing read at all, random programs give the same.

import fc from 'fast-check'

import {
  Do,
  effect,
  Get,
  handler,
  Listen,
  type Program,
  type ProgramGenerator,
  Put,
  Resume,
  run,
  state,
  Tell,
  VM,
  writer,
} from '../../index'
import { settings } from '../../src-ts/machine/run'
import { emptyRows } from '../../src-ts/machine/dispatch-cache'
import { programs } from '../oracle/arbitrary'
import type { Node } from '../oracle/ast'
import { interpret } from '../oracle/reference'
import { runOnVm, runStepping } from '../oracle/run-on-vm'
import { expectNothingHeld } from '../support/leaks'

function runEagerly(program: Node): unknown {
  settings.eager = true
  try {
    return runOnVm(program)
  } finally {
    settings.eager = false
  }
}

/** Calls `act` at every k-th step. */
function every(k: number, act: () => void): () => void {
  let step = 0
  return () => {
    if (++step % k === 0) act()
  }
}

const Ping = effect('Ping')<[n: number], number>()
const busy = Do(function* () {
  yield* Put('x', 1)
  const n = yield* Ping(1)
  return n + ((yield* Get<number>('x')) ?? 0)
})
const other = busy()
  .with(handler('pinging').fun(Ping, n => n))
  .with(state())

function agree([program, k]: [Node, number]): void {
  // A program that takes the reference interpreter too long is passed over.
  if (interpret(program) === undefined) return
  const asked = runEagerly(program)
  expect(runStepping(program, every(k, emptyRows))).toEqual(asked)
  expect(
    runStepping(
      program,
      every(k, () => run(other)),
    ),
  ).toEqual(asked)
}

test.each([2, 3, 4])(
  'random programs %d deep give the same whatever is read and whatever must be asked for',
  depth => {
    fc.assert(fc.property(fc.tuple(programs(depth), fc.integer({ min: 1, max: 7 })), agree), { numRuns: 300 })
  },
  120_000,
)

const Stop = effect('Stop')<[why: string], never>()

/** Calls itself `n` times, then stops; what the cleanup of each frame does is noted. */
function stopDeep(cleanup: (n: number, notes: unknown[]) => Program<unknown, unknown> | undefined): unknown[] {
  const notes: unknown[] = []
  const deep = Do(function* (n: number): ProgramGenerator<unknown, unknown> {
    try {
      return n === 0 ? yield Stop('enough') : yield deep(n - 1)
    } finally {
      notes.push(n)
      const program = cleanup(n, notes)
      if (program !== undefined) notes.push(yield program)
    }
  })
  const pinging = handler('pinging').fun(Ping, n => n)
  const stopping = handler('stopping').final(Stop, why => {
    notes.push('stopped')
    return why
  })
  using vm = new VM()
  try {
    notes.push(vm.run(deep(60).with(stopping).with(pinging)))
  } catch (error) {
    notes.push('threw', error)
  }
  expectNothingHeld(vm)
  return notes
}

test.each<[string, Parameters<typeof stopDeep>[0]]>([
  ['does nothing', () => undefined],
  ['performs an effect', n => (n % 20 === 5 ? Ping(n) : undefined)],
  ['performs an effect first', n => (n === 0 ? Ping(n) : undefined)],
  ['calls a program that performs effects', n => (n === 30 ? busy().with(state()) : undefined)],
  ['stops again', n => (n === 30 ? Stop('again') : undefined)],
  ['runs another machine', n => void (n % 20 === 5 && run(other))],
  [
    'throws',
    n => {
      if (n % 20 === 5) throw `error ${n}`
      return undefined
    },
  ],
  [
    'throws first',
    n => {
      if (n === 0) throw 'error 0'
      return undefined
    },
  ],
])('frames that the machine has not heard of are closed as it would have them closed: cleanup %s', (_, cleanup) => {
  settings.eager = true
  const asked = stopDeep(cleanup)
  settings.eager = false
  expect(asked).toContain(60)
  expect(stopDeep(cleanup)).toEqual(asked)
})

test('an effect counts, whether the machine was asked or not', () => {
  using vm = new VM()
  vm.stdlib().installState()
  const counts: number[] = []
  const counting = Do(function* () {
    for (let i = 0; i < 5; i++) {
      yield* Put('n', i)
      counts.push(vm.stats().effects)
      yield* Ping(i)
    }
  })
  vm.run(counting().with(handler('pinging').fun(Ping, n => n)))
  expect(counts).toEqual([1, 3, 5, 7, 9])
  expect(vm.stats().effects).toBe(10)
})

test('what another machine reads in between is not mistaken for the own', () => {
  const asking = (inner: () => number) =>
    Do(function* () {
      let sum = 0
      for (let i = 0; i < 3; i++) sum += (yield* Ping(i)) + inner()
      return sum
    })()
  const plus = (n: number) => handler(`plus ${n}`).fun(Ping, i => i + n)
  const nested = () => run(asking(() => 0).with(plus(100)))
  expect(run(asking(nested).with(plus(10)))).toBe(3 + 30 + 3 * 303)
})

test('a clause that uses another machine goes on where it was', () => {
  const within = handler('within').ctl(Ping, function* (k, n) {
    const m = run(other)
    return yield* Resume(k, n + m)
  })
  const twice = Do(function* () {
    return (yield* Ping(1)) + (yield* Ping(2))
  })
  expect(run(twice().with(within))).toBe(3 + 4)
})

test('stepping another machine inside of a program leaves both alone', () => {
  using vm = new VM()
  vm.stdlib().installState()
  vm.startProgram(
    Do(function* () {
      for (let i = 0; i < 20; i++) yield* Put('i', i)
      return yield* Get('i')
    })(),
  )
  const stepping = Do(function* () {
    const tags: string[] = []
    for (let i = 0; i < 25; i++) {
      const n = yield* Ping(i)
      expect(n).toBe(i)
      if (tags.at(-1) !== 'done') tags.push(vm.stepOnce().tag)
    }
    return tags
  })
  const tags = run(
    Do(function* () {
      return yield* stepping()
    })().with(handler('pinging').fun(Ping, n => n)),
  )
  expect(tags).toHaveLength(22)
  expect(vm.stateItems()).toEqual({ i: 19 })
})

test('an entry of an environment that was replaced is not read any more', () => {
  using vm = new VM()
  const { state } = vm.stdlib().installState()
  const reading = Do(function* () {
    yield* Put('n', 1)
    const before = [yield* Get('n'), yield* Get('n')]
    state.clear()
    return [...before, yield* Get('n')]
  })
  expect(vm.run(reading())).toEqual([1, 1, undefined])
})

test('messages told one after another arrive in order, before whatever looks at them', () => {
  const telling = Do(function* () {
    const inner: unknown[] = []
    for (let i = 0; i < 200; i++) {
      yield* Tell(i)
      if (i % 50 === 49) inner.push((yield* Listen(Tell('x')))[1])
    }
    return inner
  })
  const [inner, messages] = run(Listen(telling()).with(writer()))
  expect(inner).toEqual([['x'], ['x'], ['x'], ['x']])
  expect(messages).toEqual(
    Array.from({ length: 4 }, (_, i) => [...Array.from({ length: 50 }, (_, j) => i * 50 + j), 'x']).flat(),
  )
})

test('handlers that come and go leave nothing behind', () => {
  using vm = new VM()
  const looping = Do(function* () {
    for (let i = 0; i < 1e5; i++) yield* Ping(i).with(handler('fresh').fun(Ping, n => n))
  })
  vm.run(looping())
  expectNothingHeld(vm)
})
