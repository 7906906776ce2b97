// Laws of the machine, on random programs: nothing is left, runs repeat, all ways to run agree, and the work is linear.

import * as fc from 'fast-check'

import {
  Acquire,
  AsyncEscape,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  effect,
  Gather,
  handler,
  type Program,
  pure,
  Release,
  Resume,
  scheduled,
  Spawn,
  type Task,
  VM,
  Wait,
  Yield,
} from '../../index'
import * as arbitrary from '../oracle/arbitrary'
import { interpret } from '../oracle/reference'
import { observe, observeAsync, observeOn, observeSteps } from '../oracle/run-on-vm'

/** Programs that do not take too long. */
const programs = (depth: number) => arbitrary.programs(depth).filter(program => interpret(program) !== undefined)

/** How often the machine was called. */
const mockTurns = { count: 0 }

jest.mock('../../src-ts/wire/backend', () => {
  const backend = jest.requireActual<{ turn: () => void }>('../../src-ts/wire/backend')
  return {
    ...backend,
    turn() {
      mockTurns.count++
      backend.turn()
    },
  }
})

test('X1: every continuation, frame, store and value is given up in the end', () => {
  // `observe` looks at what the VM holds after each program.
  fc.assert(
    fc.property(programs(4), program => void observe(of => of(program))),
    { numRuns: 500 },
  )
})

test('X2: the same program does the same, each time, on a VM of its own and on one that is used again', () => {
  using used = new VM()
  fc.assert(
    fc.property(programs(3), program => {
      const first = observe(of => of(program))
      const again = [observe(of => of(program)), observeOn(used, of => of(program)), observeOn(used, of => of(program))]
      for (const other of again) expect(JSON.stringify(other)).toBe(JSON.stringify(first))
    }),
    { numRuns: 300 },
  )
})

test('X4: a synchronous, an asynchronous and a stepped run agree', async () => {
  await fc.assert(
    fc.asyncProperty(programs(3), async program => {
      const expected = observe(of => of(program))
      expect(observeSteps(of => of(program))).toEqual(expected)
      expect(await observeAsync(of => of(program))).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('X4: a run that was ended at any of its waits leaves the VM as new for the next one', async () => {
  using used = new VM()
  const Wait = effect('Wait')<[], unknown>()
  const waiting = Do(function* (wait: Program<unknown, unknown>) {
    for (;;) yield wait
  })
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 5 }), programs(3), async (waits, next) => {
      await endAtWait(used, waits, wait => waiting(Wait()).with(handler('waiting').fun(Wait, () => wait)) as never)
      expect(observeOn(used, of => of(next))).toEqual(observe(of => of(next)))
    }),
    { numRuns: 200 },
  )
})

/** Begins an asynchronous run of a program, and aborts it at one of its waits. */
async function endAtWait(vm: VM, waits: number, body: (wait: Program<unknown, unknown>) => Program): Promise<void> {
  const controller = new AbortController()
  let left = waits
  const wait = AsyncEscape(() => (left-- === 0 ? controller.abort() : undefined))
  await expect(vm.runAsync(body(wait), { signal: controller.signal })).rejects.toThrow(/abort/)
}

describe('X3: the calls of the native side are linear in what a program does:', () => {
  const Count = effect('Count')<[], number>()
  const Other = effect('Other')<[], number>()
  const counting = Do(function* (n: number) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += yield* Count()
    return sum
  })
  const nested = Do(function* (n: number): Generator<unknown, unknown, unknown> {
    return n === 0 ? 0 : yield nested(n - 1)
  })
  const passing = (n: number, program: Program<unknown, unknown>) =>
    Array.from({ length: n }).reduce<ReturnType<typeof counting>>(
      inner => inner.with(handler('unrelated').val(Other, 0)) as never,
      program as never,
    )
  const unrelated = (n: number) => passing(n, counting(10))
  const scheduledTimes = (n: number, each: Program<unknown, unknown>) =>
    Do(function* () {
      for (let i = 0; i < n; i++) yield each
    })().with(scheduled()) as Program<unknown, unknown>
  const twoTasks = (n: number) => {
    const turns = Do(function* () {
      for (let i = 0; i < n; i++) yield* Yield()
    })
    return Spawn(turns()).flatMap(turns).with(scheduled()) as Program<unknown, unknown>
  }
  const gathered = (n: number) =>
    Do(function* () {
      const tasks: Task[] = []
      for (let i = 0; i < n; i++) tasks.push(yield* Spawn(Yield()))
      yield* Gather(...tasks)
    })().with(scheduled()) as Program<unknown, unknown>
  const permits = (n: number) =>
    Do(function* () {
      const one = yield* CreateSemaphore(1)
      const holding = Do(function* () {
        yield* Acquire(one)
        yield* Yield()
        yield* Release(one)
      })
      const tasks: Task[] = []
      for (let i = 0; i < n; i++) tasks.push(yield* Spawn(holding()))
      yield* Gather(...tasks)
    })().with(scheduled()) as Program<unknown, unknown>

  const byFun = handler('fun').fun(Count, () => 1)
  const byCtl = handler('ctl').ctl(Count, function* (k) {
    return Resume(k, 1)
  })
  const pending = handler('pending').ctl(Count, function* (k) {
    return yield Resume(k, 1)
  })
  const ending = handler('ending').final(Count, () => 0)

  const workloads: [what: string, make: (n: number) => Program<unknown, unknown>, most: number][] = [
    ['an effect answered in place', n => counting(n).with(byFun), 2],
    ['an effect resumed in tail position', n => counting(n).with(byCtl), 2],
    ['a resume that is pending', n => counting(n).with(pending), 4],
    ['a nested program', n => nested(n), 2],
    [
      'a handled program',
      n =>
        Do(function* () {
          for (let i = 0; i < n; i++) yield Count().with(byFun)
        })(),
      5,
    ],
    [
      'a body that is ended',
      n =>
        Do(function* () {
          for (let i = 0; i < n; i++) yield Count().with(ending)
        })(),
      8,
    ],
    ['a handler in between', n => unrelated(n).with(byCtl), 4],
    ['an effect that passes a thousand handlers', n => passing(1000, counting(n)).with(byCtl), 2],
    [
      'a task that is waited for',
      n =>
        scheduledTimes(
          n,
          Spawn(pure(1)).flatMap(task => Wait(task)),
        ),
      8,
    ],
    ['a turn of two tasks', n => twoTasks(n), 2],
    [
      'a promise',
      n =>
        scheduledTimes(
          n,
          CreatePromise().flatMap(promise => CompletePromise(promise, 1).flatMap(() => Wait(promise.future))),
        ),
      8,
    ],
    ['a permit that is handed on', n => permits(n), 16],
    ['a task of a gather', n => gathered(n), 8],
  ]

  test.each(workloads)('%s', (_what, make, most) => {
    const calls = (n: number) => {
      using vm = new VM()
      const before = mockTurns.count
      vm.run(make(n))
      return mockTurns.count - before
    }
    const [one, two, four] = [calls(250), calls(500), calls(1000)]
    expect((two - one) / 250).toBeLessThanOrEqual(most)
    expect((four - two) / 500).toBeLessThanOrEqual(most)
    expect(one).toBeGreaterThan(0)
  })
})
