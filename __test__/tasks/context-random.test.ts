// Asynchronous contexts, at random: whatever handlers, schedulers, captures and tasks are between two steps of a task, the
// second one finds the store that the first one left. The model is a store for each task, threaded.

import { AsyncLocalStorage } from 'node:async_hooks'

import fc from 'fast-check'

import {
  All,
  Await,
  Cancel,
  Delegate,
  Do,
  effect,
  handler,
  type Handler,
  observe,
  type Program,
  type ProgramGenerator,
  Resume,
  runAsync,
  scheduled,
  Sleep,
  Spawn,
  state,
  type Task,
  Wait,
  WithHandler,
  Yield,
} from '../../index'

const storage = new AsyncLocalStorage<number>()

/** The store that a task has, as the model knows it. */
interface Own {
  store: number
}

/** Which task some frames belong to. They are another one's when their continuation is resumed there. */
interface Place {
  own: Own
  /** They are nobody's: a continuation that is put aside. The end of the run closes it, if nobody has resumed it. */
  adrift?: boolean
}

const Ping = effect('Ping')<[at: Place], void>()
const Leave = effect('Leave')<[], never>()
const Keep = effect('Keep')<[], void>()

type Layer =
  'observe' | 'delegate' | 'again' | 'fun' | 'fun program' | 'ctl' | 'ctl that waits' | 'raw' | 'not tail' | 'state'

/** What a program does. */
type Step =
  | { readonly do: 'enter' | 'yield' | 'sleep' | 'await' | 'await a tick' | 'await the loop' | 'ping' | 'leave' }
  | {
      readonly do: 'spawn'
      readonly how: 'wait' | 'cancel' | 'daemon' | 'isolated' | 'left over'
      readonly steps: Steps
    }
  | { readonly do: 'under'; readonly layer: Layer; readonly steps: Steps }
  | { readonly do: 'inside' | 'cleanup' | 'until left'; readonly steps: Steps; readonly after: Steps }
  | { readonly do: 'all'; readonly of: readonly Steps[] }
  | { readonly do: 'keep'; readonly steps: Steps; readonly after: Steps; readonly elsewhere: boolean }
type Steps = readonly Step[]

const programs: fc.Arbitrary<Steps> = fc.letrec<{ steps: Steps; step: Step }>(tie => {
  const just = <T extends string>(...names: T[]) => fc.constantFrom(...names)
  const simple = fc.record({
    do: just('enter', 'enter', 'yield', 'sleep', 'await', 'await a tick', 'await the loop', 'ping', 'leave'),
  })
  const how = just('wait', 'cancel', 'daemon', 'isolated', 'left over')
  const layer = just<Layer>(
    'observe',
    'delegate',
    'again',
    'fun',
    'fun program',
    'ctl',
    'ctl that waits',
    'raw',
    'not tail',
    'state',
  )
  const steps = tie('steps')
  return {
    steps: fc.array(tie('step'), { maxLength: 5 }),
    step: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      simple,
      simple,
      fc.record({ do: fc.constant('spawn' as const), how, steps }),
      fc.record({ do: fc.constant('under' as const), layer, steps }),
      fc.record({ do: just('inside', 'cleanup', 'until left'), steps, after: steps }),
      fc.record({ do: fc.constant('all' as const), of: fc.array(steps, { maxLength: 3 }) }),
      fc.record({ do: fc.constant('keep' as const), steps, after: steps, elsewhere: fc.boolean() }),
    ),
  }
}).steps

/** One run of a program: what it has found wrong. */
class Play {
  readonly wrong: string[] = []
  #entered = 0
  #checks = 0

  constructor(readonly onCheck: (checks: number) => void) {}

  check(at: Place, where: string): void {
    const seen = storage.getStore()
    if (at.adrift !== true && seen !== at.own.store) this.wrong.push(`${where}: ${seen}, not ${at.own.store}`)
    this.onCheck(++this.#checks)
  }

  enter(at: Place): void {
    at.own.store = ++this.#entered
    storage.enterWith(at.own.store)
  }

  /** A program of the task at `place`. `depth` counts the schedulers around it. */
  readonly program = Do(function* (this: void, play: Play, at: Place, steps: Steps): ProgramGenerator<unknown, void> {
    try {
      play.check(at, 'begin')
      for (const step of steps) {
        yield* play.perform(at, step)
        play.check(at, step.do)
      }
    } finally {
      play.check(at, 'end')
    }
  })

  do(at: Place, steps: Steps): Program<void> {
    return this.program(this, at, steps) as Program<void>
  }

  *perform(at: Place, step: Step): ProgramGenerator<unknown, void> {
    switch (step.do) {
      case 'enter':
        return this.enter(at)
      case 'yield':
        return void (yield Yield())
      case 'sleep':
        return void (yield Sleep(0))
      case 'await':
        return void (yield Await(Promise.resolve()))
      case 'await a tick':
        return void (yield Await(new Promise<void>(resolve => process.nextTick(resolve))))
      case 'await the loop':
        return void (yield Await(new Promise<void>(resolve => setImmediate(resolve))))
      case 'ping':
        return void (yield Ping(at))
      case 'leave':
        return void (yield Leave())
      case 'spawn':
        return yield* this.spawn(at, step.how, step.steps)
      case 'under':
        return void (yield WithHandler(layerOf(this, step.layer) as Handler, this.do(at, step.steps)))
      case 'inside':
        yield this.do(at, step.steps).with(scheduled())
        return void (yield this.do(at, step.after))
      case 'until left':
        yield this.do(at, step.steps).with(handler('left').final(Leave, () => {}))
        return void (yield this.do(at, step.after))
      case 'cleanup':
        try {
          yield this.do(at, step.steps)
        } finally {
          this.check(at, 'cleanup')
          yield this.do(at, step.after)
        }
        return undefined
      case 'all':
        // A child is a task from its first suspension on.
        yield All(step.of.map(steps => Yield().flatMap(() => this.do({ own: { ...at.own } }, steps))))
        return undefined
      case 'keep':
        return yield* keep(this, at, step)
    }
  }

  *spawn(at: Place, how: string, steps: Steps): ProgramGenerator<unknown, void> {
    const child = this.do({ own: { ...at.own } }, steps)
    const task = (yield Spawn(child, {
      daemon: how === 'daemon' || how === 'left over' || how === 'cancel',
      store: how === 'isolated' ? 'isolated' : 'shared',
    })) as Task
    if (how === 'cancel') {
      yield Yield()
      yield Cancel(task)
    } else if (how !== 'daemon' && how !== 'left over') {
      yield Wait(task)
    }
  }
}

/** A handler that is between a task and its scheduler. */
function layerOf(play: Play, layer: Layer): unknown {
  switch (layer) {
    case 'observe':
      return observe(() => {})
    case 'delegate':
      return function* (): Generator<unknown, unknown> {
        return yield Delegate()
      }
    case 'again':
      return function* (performed: never, k: never) {
        return Resume(k, (yield performed) as never) as unknown
      }
    case 'fun':
      return handler(layer).fun(Ping, at => {
        play.check(at, layer)
        play.enter(at)
      })
    case 'fun program':
      return handler(layer).fun(Ping, at => play.do(at, [{ do: 'await' }, { do: 'enter' }, { do: 'yield' }]) as never)
    case 'ctl':
      return handler(layer).ctl(Ping, function* (k, at) {
        play.check(at, layer)
        play.enter(at)
        return Resume(k, undefined)
      })
    case 'ctl that waits':
      return handler(layer).ctl(Ping, function* (k, at) {
        yield play.do(at, [{ do: 'enter' }, { do: 'yield' }, { do: 'await' }])
        play.check(at, layer)
        return Resume(k, undefined)
      })
    case 'raw':
      return handler(layer).raw(Ping, function* (k, at) {
        play.check(at, layer)
        return Resume(k, undefined)
      })
    case 'not tail':
      return handler(layer).ctl(Ping, function* (k, at) {
        play.check(at, layer)
        return (yield Resume(k, undefined)) as never
      })
    case 'state':
      return state()
  }
}

/** Frames whose continuation is put aside, and resumed by the same task or by another one, whose they are then. */
function* keep(
  play: Play,
  at: Place,
  { steps, after, elsewhere }: Step & { do: 'keep' },
): ProgramGenerator<unknown, void> {
  const frames: Place = { own: at.own }
  let kept: unknown
  const keeping = handler('keeping').raw(Keep, function* (k) {
    kept = k
    frames.adrift = true
  })
  const body = Do(function* () {
    yield play.do(frames, steps)
    yield Keep()
    play.check(frames, 'resumed')
    yield play.do(frames, after)
  })
  yield body().with(keeping)
  if (kept === undefined) return
  play.enter(at)
  yield Yield()
  const resume = Do(function* (): ProgramGenerator<unknown, unknown> {
    frames.adrift = false
    return yield Resume(kept as never, undefined as never)
  })
  if (!elsewhere) return void (yield resume())
  frames.own = { ...at.own }
  const resuming = Do(function* (): ProgramGenerator<unknown, unknown> {
    frames.adrift = true
    play.enter(frames)
    yield Yield()
    return yield resume()
  })
  yield Wait((yield Spawn(resuming() as never)) as Task)
}
const ignored = handler('ignored').fun(Ping, () => {})

/** Plays a program, aborted at a check if so many come. @returns what was wrong. */
async function played(steps: Steps, abortAt: number): Promise<string[]> {
  const controller = new AbortController()
  const play = new Play(checks => {
    if (checks === abortAt) controller.abort()
  })
  const root: Place = { own: { store: 0 } }
  const left = handler('left').final(Leave, () => {})
  const program = play.do(root, steps).with(left).with(ignored).with(scheduled())
  const whole = Do(function* () {
    yield program
    play.check(root, 'around')
  })
  const running = storage.run(0, () =>
    runAsync(whole() as Program<void>, { signal: controller.signal, onUnobservedFailure: () => {} }),
  )
  await storage.run(-1, () => running.catch((error: Error) => error))
  return play.wrong
}

jest.setTimeout(60_000)

beforeAll(() => jest.spyOn(process, 'emitWarning').mockImplementation(() => {}))

test('every step of a task finds the store that its last one left', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async steps => expect(await played(steps, -1)).toEqual([])),
    { numRuns: Number(process.env.DOEFF_CONTEXTS ?? 300) },
  )
})

test('also while the run is aborted', async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.integer({ min: 1, max: 20 }), async (steps, abortAt) =>
      expect(await played(steps, abortAt)).toEqual([]),
    ),
    { numRuns: Number(process.env.DOEFF_CONTEXTS ?? 300) },
  )
})
