// Laws of tasks, on random programs: CC, C, CS, CAN, AW and X4; and locks on what is not a law.

import fc from 'fast-check'

import {
  Acquire,
  Await,
  Cancel,
  CreatePromise,
  CreateSemaphore,
  Do,
  Gather,
  Get,
  handler,
  Listen,
  Modify,
  type Program,
  pure,
  Put,
  Race,
  Release,
  scheduled,
  type SchedulerOptions,
  Spawn,
  state,
  type Task,
  TaskCancelledError,
  Tell,
  Tail,
  Wait,
  writer,
  Yield,
} from '../../index'
import { newVm } from '../support/leaks'
import { turnOfTheEventLoop } from '../support/tasks'

type Any = Program<unknown, never>

/** One step of a random program; it touches only what belongs to `who`. */
type Step = 'put' | 'modify' | 'tell' | 'yield' | 'throw' | 'caught' | 'spawn'

const step = fc.constantFrom<Step>('put', 'modify', 'tell', 'yield', 'caught', 'spawn')
const steps = fc.array(step, { maxLength: 6 })
const mayFail = fc.array(
  fc.oneof({ weight: 6, arbitrary: step }, { weight: 1, arbitrary: fc.constant<Step>('throw') }),
  {
    maxLength: 6,
  },
)

const program = Do(function* (who: string, plan: readonly Step[]): Generator<Any, unknown> {
  let last: unknown
  for (const [at, what] of plan.entries()) {
    if (what === 'put') yield Put(who, at) as Any
    else if (what === 'modify') yield Modify<number>(who, n => (n ?? 0) * 2 + 1) as Any
    else if (what === 'tell') yield Tell(`${who}${at}`) as Any
    else if (what === 'yield') yield Yield() as Any
    else if (what === 'throw') throw new Error(`${who}${at}`)
    else if (what === 'caught') {
      try {
        yield program(who, ['throw']) as Any
      } catch (error) {
        last = String(error)
      }
    } else last = yield Wait((yield Spawn(program(`${who}.`, ['modify', 'yield', 'tell'])) as Any) as Task) as Any
  }
  return [who, yield Get(who) as Any, last]
}) as (who: string, plan: readonly Step[]) => Any

/** Everything that can be told of a run: how it ended, what was told, and the State in the end. */
function outcome(body: Any, options?: SchedulerOptions, around: (body: Any) => Any = x => x): unknown {
  const vm = newVm()
  vm.stdlib().installState().installWriter()
  let result: unknown
  try {
    result = { value: vm.run(around(body).with(scheduled(options)) as Program<unknown>) }
  } catch (error) {
    result = { thrown: String(error) }
  }
  const seen = { result, logs: vm.logs(), state: vm.stateItems() }
  vm.dispose()
  return seen
}

const spawnAll = Do(function* (programs: readonly Any[]) {
  const tasks: Task[] = []
  for (const each of programs) tasks.push(yield* Spawn(each))
  return tasks
})
const settled = Do(function* (task: Task) {
  try {
    return { value: yield* Wait(task) }
  } catch (error) {
    return { thrown: error }
  }
})
const check = <T>(arbitrary: fc.Arbitrary<T>, law: (x: T) => void, numRuns = 200) =>
  fc.assert(fc.property(arbitrary, law), { numRuns })

test('CC1, C12: waiting for a spawned program is running it', () => {
  check(mayFail, plan => {
    const spawned = Spawn(program('p', plan)).flatMap(task => Wait(task)) as Any
    expect(outcome(spawned)).toEqual(outcome(program('p', plan)))
  })
})

test('CC2: Gather is waiting for each in order, where all succeed', () => {
  check(fc.array(steps, { maxLength: 5 }), plans => {
    const programs = plans.map((plan, at) => program(`p${at}`, plan))
    const gathered = spawnAll(programs).flatMap(tasks => Gather(...tasks)) as Any
    const waited = Do(function* () {
      const results: unknown[] = []
      for (const task of yield* spawnAll(programs)) results.push(yield* Wait(task))
      return results
    })() as Any
    expect(outcome(gathered)).toEqual(outcome(waited))
  })
})

test('CC5, X2: scheduling is a function of the program', () => {
  check(fc.array(mayFail, { maxLength: 5 }), plans => {
    const make = () => spawnAll(plans.map((plan, at) => program(`p${at}`, plan))).flatMap(t => Gather(...t)) as Any
    expect(outcome(make())).toEqual(outcome(make()))
  })
})

test('C1: Gather of two lists is both results, one after the other', () => {
  check(fc.tuple(fc.array(steps, { maxLength: 3 }), fc.array(steps, { maxLength: 3 })), ([a, b]) => {
    const split = (both: boolean) =>
      Do(function* () {
        const [left, right] = [
          yield* spawnAll(a.map((plan, at) => program(`a${at}`, plan))),
          yield* spawnAll(b.map((plan, at) => program(`b${at}`, plan))),
        ]
        if (both) return yield* Gather(...left, ...right)
        return [...(yield* Gather(...left)), ...(yield* Gather(...right))]
      })() as Any
    expect(outcome(split(true))).toEqual(outcome(split(false)))
  })
})

test('C2: Gather of a permutation is the permutation of the results', () => {
  const shuffled = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
  check(fc.tuple(fc.array(steps, { minLength: 4, maxLength: 4 }), shuffled), ([plans, order]) => {
    const programs = plans.map((plan, at) => program(`p${at}`, plan))
    const gather = (pick: (tasks: Task[]) => Task[]) => spawnAll(programs).flatMap(t => Gather(...pick(t))) as Any
    const plain = outcome(gather(tasks => tasks)) as { result: { value: unknown[] } }
    const permuted = outcome(gather(tasks => order.map(at => tasks[at]!))) as typeof plain
    expect(permuted.result.value).toEqual(order.map(at => plain.result.value[at]))
  })
})

test('C3: waiting twice is waiting once, identity of errors included', () => {
  check(mayFail, plan => {
    const twice = Do(function* () {
      const task = yield* Spawn(program('p', plan))
      const [first, second] = [yield* settled(task), yield* settled(task)]
      expect(second).toEqual(first)
      if ('thrown' in first && 'thrown' in second) expect(second.thrown).toBe(first.thrown)
    })
    outcome(twice() as Any)
  })
})

test('C4: a race of one is waiting; a race with what never ends, too; the winner is one of them', () => {
  check(
    fc.array(mayFail, { minLength: 1, maxLength: 4 }),
    plans => {
      const [plan] = plans as [Step[]]
      const waited = outcome(Spawn(program('p', plan)).flatMap(task => Wait(task)) as Any)
      const alone = Spawn(program('p', plan)).flatMap(task => Race(task).map(({ value }) => value))
      const withNever = Do(function* () {
        const never = (yield* CreatePromise()).future
        return (yield* Race(yield* Spawn(program('p', plan)), never)).value
      })
      expect(outcome(alone as Any)).toEqual(waited)
      expect(outcome(withNever() as Any)).toEqual(waited)
      const member = Do(function* () {
        const tasks = yield* spawnAll(plans.map((each, at) => program(`p${at}`, each)))
        const race = yield* settled((yield* Spawn(Race(...(tasks as [Task])))) as Task)
        const all: unknown[] = []
        for (const task of tasks) all.push(yield* settled(task))
        const won = 'value' in race ? { value: (race.value as { value: unknown }).value } : race
        expect(all).toContainEqual(won)
      })
      outcome(member() as Any)
    },
    100,
  )
})

test('C5: a task that is cancelled before its first step does nothing', () => {
  check(mayFail, plan => {
    const cancelled = Do(function* () {
      const task = yield* Spawn(program('p', plan))
      yield* Cancel(task)
      for (let i = 0; i < 5; i++) yield* Yield()
    })
    expect(outcome(cancelled() as Any)).toEqual({ result: { value: undefined }, logs: [], state: {} })
  })
})

test('C6, CAN4: cancelling twice is cancelling once, cancelling what has ended is nothing', () => {
  check(fc.tuple(mayFail, fc.nat(6), fc.integer({ min: 2, max: 3 })), ([plan, turns, times]) => {
    const cancelling = (count: number) =>
      Do(function* () {
        const task = yield* Spawn(program('p', plan))
        for (let i = 0; i < turns; i++) yield* Yield()
        for (let i = 0; i < count; i++) yield* Cancel(task)
        return Object.keys(yield* settled(task))
      })() as Any
    expect(outcome(cancelling(times))).toEqual(outcome(cancelling(1)))
  })
})

test('CAN1: waiting for a cancelled task throws TaskCancelledError, unless it had ended', () => {
  check(fc.tuple(steps, fc.nat(8)), ([plan, turns]) => {
    const cancelling = Do(function* () {
      const task = yield* Spawn(program('p', plan))
      for (let i = 0; i < turns; i++) yield* Yield()
      const ended = task.status !== 'pending'
      yield* Cancel(task)
      const how = yield* settled(task)
      if (ended) expect(how).toHaveProperty('value')
      else expect((how as { thrown: unknown }).thrown).toBeInstanceOf(TaskCancelledError)
    })
    outcome(cancelling() as Any)
  })
})

test('C7, C8: permits are kept within their number and served in order', () => {
  check(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.nat(3), { maxLength: 8 })), ([permits, holds]) => {
    const served: number[] = []
    let out = 0
    const holding = Do(function* () {
      const semaphore = yield* CreateSemaphore(permits)
      const one = Do(function* (at: number, turns: number) {
        yield* Acquire(semaphore)
        served.push(at)
        expect(++out).toBeLessThanOrEqual(permits)
        for (let i = 0; i < turns; i++) yield* Yield()
        expect(out--).toBeGreaterThan(0)
        yield* Release(semaphore)
      })
      yield* Gather(...(yield* spawnAll(holds.map((turns, at) => one(at, turns) as Any))))
    })
    expect(outcome(holding() as Any)).toMatchObject({ result: { value: undefined } })
    expect(served).toEqual(holds.map((_, at) => at))
    expect(out).toBe(0)
  })
})

test('C9: Yield changes nothing for a program that is alone', () => {
  const solo = fc.array(fc.constantFrom<Step>('put', 'modify', 'tell', 'caught', 'throw', 'yield'), { maxLength: 8 })
  check(solo, plan => {
    const withState = (seen: unknown) => ({ ...(seen as object), logs: undefined })
    const without = plan.filter(what => what !== 'yield')
    // Positions name what is put and told, so they are kept.
    const still = (each: readonly Step[]) => each.filter(what => what !== 'put' && what !== 'tell' && what !== 'throw')
    expect(withState(outcome(program('p', still(plan))))).toEqual(withState(outcome(program('p', still(without)))))
  })
})

describe('C10: tasks that touch different keys give the same under every scheduler', () => {
  /** Before each Spawn of the program and each State effect: so many turns for the others, as the seed says. */
  function randomising(seed: number): (body: Any) => Any {
    let state = seed || 1
    const turns = () => (state = (state * 48_271) % 0x7fff_ffff) % 3
    const priorities = ['idle', 'normal', 'high'] as const
    const spawning = handler('random').fun(Spawn, given => Spawn(given as Any, { priority: priorities[turns()]! }))
    const yielding = Do(function* (effect: Any) {
      for (let i = turns(); i > 0; i--) yield* Yield()
      return Tail(effect)
    })
    const putting = handler('random turns')
      .fun(Put, (key, value) => yielding(Put(key, value) as Any) as never)
      .fun(Get, key => yielding(Get(key) as Any) as never)
    // What a clause spawns has the handlers outside of it.
    return body => body.with(spawning).with(putting) as Any
  }
  const plans = fc.array(steps, { minLength: 1, maxLength: 5 })
  const make = (each: Step[][]) => spawnAll(each.map((plan, at) => program(`p${at}`, plan))).flatMap(t => Gather(...t))
  const disjoint = (seen: unknown) => {
    const { result, state } = seen as { result: unknown; state: unknown }
    return { result, state }
  }

  test('with random priorities and turns', () => {
    check(fc.tuple(plans, fc.integer({ min: 1, max: 1e9 })), ([each, seed]) => {
      const plain = disjoint(outcome(make(each) as Any))
      expect(disjoint(outcome(make(each) as Any, {}, randomising(seed)))).toEqual(plain)
    })
  })

  test('with every quantum', () => {
    check(fc.tuple(plans, fc.integer({ min: 1, max: 9 })), ([each, preemptEvery]) => {
      const plain = disjoint(outcome(make(each) as Any))
      expect(disjoint(outcome(make(each) as Any, { preemptEvery }))).toEqual(plain)
    })
  })

  test('lock: tasks that share a key do not', () => {
    const increment = Get<number>('n').flatMap(n => Put('n', (n ?? 0) + 1)) as Any
    const both = spawnAll([increment, increment]).flatMap(t => Gather(...t)) as Any
    const results = new Set<unknown>()
    for (let seed = 1; seed < 40; seed++) {
      results.add((outcome(both, {}, randomising(seed)) as { state: { n: number } }).state.n)
    }
    expect(results).toEqual(new Set([1, 2]))
  })
})

describe('AW', () => {
  const after = async <T>(value: T) => {
    await turnOfTheEventLoop()
    return value
  }
  const runAsync = (body: Any) => newVm().runAsync(body.with(scheduled()) as Program<unknown>)

  test('AW1: awaiting what is there is the value', async () => {
    for (const value of [1, 'a', null, undefined]) {
      expect(await runAsync(Await(Promise.resolve(value)) as Any)).toBe(value)
    }
  })

  test('AW2: two awaits are one, where nobody interferes', async () => {
    const two = Await(after(1)).flatMap(n => Await(after(n + 1)))
    const one = Await(after(1).then(n => after(n + 1)))
    expect(await runAsync(two as Any)).toBe(await runAsync(one as Any))
  })

  test('lock: they are not where another task comes between', async () => {
    const seen = (awaits: Any) =>
      runAsync(
        Do(function* () {
          const task = yield* Spawn(awaits.flatMap(() => Get('n')))
          for (let i = 0; i < 2; i++) {
            yield* Await(Promise.resolve())
            yield* Put('n', i)
          }
          return yield* Wait(task)
        })().with(state()) as Any,
      )
    const settledAtOnce = Await(Promise.resolve())
    expect(await seen(settledAtOnce as Any)).not.toEqual(
      await seen(settledAtOnce.flatMap(() => Await(after(0))) as Any),
    )
  })
})

test('X4: a program that never waits for the outside does the same in an asynchronous run', async () => {
  const plans = fc.array(mayFail, { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(plans, async each => {
      const make = () =>
        Listen(spawnAll(each.map((plan, at) => program(`p${at}`, plan))).flatMap(t => Gather(...t)) as Any)
          .with(writer())
          .with(state())
          .with(scheduled()) as Program<unknown>
      const attempt = async (run: () => unknown) => {
        try {
          return { value: await run() }
        } catch (error) {
          return { thrown: String(error) }
        }
      }
      const sync = await attempt(() => newVm().run(make()))
      expect(await attempt(() => newVm().runAsync(make()))).toEqual(sync)
    }),
    { numRuns: 100 },
  )
})

describe('locks on what is not a law', () => {
  test('tells of different tasks do not commute with Yield', () => {
    const telling = (yields: boolean) =>
      spawnAll([
        Tell('a')
          .flatMap(() => (yields ? Yield() : pure(undefined)))
          .flatMap(() => Tell('c')) as Any,
        Tell('b') as Any,
      ]).flatMap(t => Gather(...t)) as Any
    expect(outcome(telling(false))).not.toEqual(outcome(telling(true)))
  })

  test('a Put and a Spawn do, a Put and a Wait do not', () => {
    const reading = Get('n') as Any
    const order = (first: 'put' | 'wait') =>
      Do(function* () {
        const task = yield* Spawn(reading)
        if (first === 'put') yield* Put('n', 1)
        const seen = yield* Wait(task)
        if (first === 'wait') yield* Put('n', 1)
        return seen
      })() as Any
    expect(outcome(order('put'))).not.toEqual(outcome(order('wait')))
  })
})
