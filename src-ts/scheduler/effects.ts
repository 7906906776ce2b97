// The scheduler's effects. Like all effects they say nothing about how they are answered; `scheduled()` answers them.

import { asConstructor, EffectType, type EffectConstructor } from '../effect'
import { InvalidProgramError, InvalidWaitableError, InvalidYieldError } from '../errors'
import { map } from '../intrinsics'
import { asProgram, Kind, Program, type ProgramGenerator } from '../program'
import { Effect as EffectNumber } from '../protocol'
import type { Async, Effect, GeneratorRow, RealTime, ResultOf } from '../row'
import { show } from '../show'
import { ExternalPromise } from './promises'
import { Semaphore } from './semaphore'
import { Waitable, type Task, type VmPromise } from './waitable'

/** The effect type of {@link Spawn}. */
export type SpawnEffect = Effect<'Spawn', [program: Program<unknown, unknown>, options?: SpawnOptions], Task>
/** The effect type of {@link Wait}. */
export type WaitEffect = Effect<'Wait', [waitable: Waitable], unknown>
/** The effect type of {@link Gather}. */
export type GatherEffect = Effect<'Gather', readonly Waitable[], unknown[]>
/** The effect type of {@link Race}. */
export type RaceEffect = Effect<'Race', readonly Waitable[], unknown>
/** The effect type of {@link Cancel}. */
export type CancelEffect = Effect<'Cancel', [task: Task], void>
/** The effect type of {@link Yield}. */
export type YieldEffect = Effect<'Yield', [], void>
/** The effect types of {@link CreatePromise}, {@link CompletePromise} and {@link FailPromise}. */
export type PromiseEffect =
  | Effect<'CreatePromise', [], VmPromise>
  | Effect<'CompletePromise', [promise: VmPromise, value: unknown], void>
  | Effect<'FailPromise', [promise: VmPromise, error: unknown], void>
/** The effect type of {@link CreateExternalPromise}. */
export type ExternalPromiseEffect = Effect<
  'CreateExternalPromise',
  [options?: ExternalPromiseOptions],
  ExternalPromise<unknown>
>
/** The effect types of {@link CreateSemaphore}, {@link Acquire} and {@link Release}. */
export type SemaphoreEffect =
  | Effect<'CreateSemaphore', [permits: number], Semaphore>
  | Effect<'Acquire', [semaphore: Semaphore], void>
  | Effect<'Release', [semaphore: Semaphore], void>
/** The effect type of {@link Sleep}. */
export type SleepEffect = Effect<'Sleep', [ms: number], void>
/** The effect type of {@link Now}. */
export type NowEffect = Effect<'Now', [], number>
/** The effect type of {@link Await}. */
export type AwaitEffect = Effect<'Await', [action: unknown], unknown>

/** What {@link scheduled} handles. */
export type SchedulerEffect =
  | SpawnEffect
  | WaitEffect
  | GatherEffect
  | RaceEffect
  | CancelEffect
  | YieldEffect
  | PromiseEffect
  | ExternalPromiseEffect
  | SemaphoreEffect
  | SleepEffect
  | NowEffect
  | AwaitEffect

/** How a task is to run. */
export interface SpawnOptions {
  /** Which ready tasks go first: `high` before `normal` before `idle`. */
  readonly priority?: 'idle' | 'normal' | 'high'
  /** For messages; by default the program's own name. */
  readonly name?: string
  /** Nobody is warned when it is left over at the end of the root program. */
  readonly daemon?: boolean
  /**
   * `isolated`: the task works on copies of the State, Reader and Writer stores in scope, its log begins empty. `Gather`
   * tells here what it told. Handlers that stand outside of the scheduler go on working on the originals.
   */
  readonly store?: 'shared' | 'isolated'
}

/** How an external promise is to be. */
export interface ExternalPromiseOptions {
  /** Whether the process stays alive while a task waits for it; `true` by default. */
  readonly ref?: boolean
}

const PRIORITIES = { idle: 0, normal: 1, high: 2 } as const
const DAEMON = 4
/** In the word of a task's options: it works on copies of the stores. @internal */
export const ISOLATED = 8
const USUAL = PRIORITIES.normal

function type(id: number, name: string): EffectType {
  return new EffectType(id, name)
}

const spawnType = type(EffectNumber.SPAWN, 'Spawn')

/**
 * Starts a task and answers it at once; the task runs when its turn comes, under the handlers in scope here. `Spawn(f,
 * ...args)` takes a generator function and its arguments.
 *
 * @throws InvalidProgramError when `program` is not a program; TooManyTasksError (at the yield) beyond the limit.
 * @example
 * const parent = Do(function* () {
 *   const a = yield* Spawn(pure(1))
 *   const b = yield* Spawn(pure(2), { name: 'b', priority: 'high' })
 *   return yield* Gather(a, b)
 * })
 * run(parent().with(scheduled())) // [1, 2]
 */
export const Spawn = asConstructor(function (x: unknown, ...rest: unknown[]) {
  if (typeof x === 'function') return spawn(call(x, rest), undefined)
  return spawn(asProgram(x, 'Spawn'), rest[0] as SpawnOptions | undefined)
}, spawnType) as unknown as {
  <A, E>(program: Program<A, E>, options?: SpawnOptions): Program<Task<A>, SpawnEffect | E>
  <Args extends unknown[], Yielded, R>(
    f: (...args: Args) => ProgramGenerator<Yielded, R>,
    ...args: Args
  ): Program<Task<ResultOf<R>>, SpawnEffect | GeneratorRow<Yielded, R>>
} & EffectConstructor<'Spawn', [program: Program<unknown, unknown>, options?: SpawnOptions], Task>

function spawn(program: Program<unknown, unknown>, options: SpawnOptions | undefined): Program {
  return new Program(Kind.PERFORM_ON, spawnType, program, options, optionsWord(options), options === undefined ? 1 : 2)
}

function call(f: Function, args: unknown[]): Program<unknown, unknown> {
  const checked = asProgram(f, 'Spawn') as { a: unknown }
  if (args.length > 2) return new Program(Kind.CALL, null, checked.a, args, undefined, args.length)
  return new Program(Kind.CALL, null, checked.a, args[0], args[1], args.length)
}

function optionsWord(options: SpawnOptions | undefined): number {
  if (options === undefined) return USUAL
  const priority = PRIORITIES[options.priority ?? 'normal'] as number | undefined
  if (priority === undefined) {
    throw new InvalidProgramError(`Spawn: the priority is 'idle', 'normal' or 'high', not ${show(options.priority)}.`)
  }
  if (options.store !== undefined && options.store !== 'shared' && options.store !== 'isolated') {
    throw new InvalidProgramError(`Spawn: the store is 'shared' or 'isolated', not ${show(options.store)}.`)
  }
  return priority | (options.daemon === true ? DAEMON : 0) | (options.store === 'isolated' ? ISOLATED : 0)
}

const waitType = type(EffectNumber.WAIT, 'Wait')

/**
 * Waits for a task or future and answers its result; its error is thrown.
 *
 * @throws TaskCancelledError when the task was cancelled; InvalidWaitableError when `waitable` is something else.
 * @example
 * run(Spawn(pure(42)).flatMap(task => Wait(task)).with(scheduled())) // 42
 */
export const Wait = asConstructor(function (waitable: unknown) {
  return new Program(Kind.PERFORM_ON, waitType, asWaitable(waitable, 'Wait'), undefined, undefined, 1)
}, waitType) as unknown as {
  <A>(waitable: Waitable<A>): Program<A, WaitEffect>
} & EffectConstructor<'Wait', [waitable: Waitable], unknown>

/** What each of several waitables gives. */
export type Results<W extends readonly Waitable[]> = {
  -readonly [K in keyof W]: W[K] extends Waitable<infer A> ? A : never
}

const gatherType = type(EffectNumber.GATHER, 'Gather')

/**
 * Waits for all of them and answers their results in the order of the arguments. The first failure is thrown at once; the
 * others go on.
 *
 * @throws as {@link Wait}.
 * @example
 * const both = Do(function* () {
 *   return yield* Gather(yield* Spawn(pure('a')), yield* Spawn(pure('b')))
 * })
 * run(both().with(scheduled())) // ['a', 'b']
 */
export const Gather = asConstructor(function (...waitables: unknown[]) {
  return new Program(Kind.PERFORM, gatherType, allWaitable(waitables, 'Gather'), undefined, undefined, 1)
}, gatherType) as unknown as {
  <W extends readonly Waitable[]>(...waitables: W): Program<Results<W>, GatherEffect>
} & EffectConstructor<'Gather', readonly Waitable[], unknown[]>

/** What {@link Race} answers: who was first, with what, and the others. */
export interface RaceResult<W extends Waitable> {
  readonly first: W
  readonly value: W extends Waitable<infer A> ? A : never
  readonly rest: readonly W[]
}

const raceType = type(EffectNumber.RACE, 'Race')

/**
 * Waits for the first of them to settle. Its error is thrown. The others go on.
 *
 * @throws as {@link Wait}; InvalidWaitableError without arguments, because nobody could win.
 * @example
 * const first = Do(function* () {
 *   const { value } = yield* Race(yield* Spawn(pure('a')), yield* Spawn(pure('b')))
 *   return value
 * })
 * run(first().with(scheduled())) // 'a'
 */
export const Race = asConstructor(function (...waitables: unknown[]) {
  if (waitables.length === 0) throw new InvalidWaitableError('Race needs at least one task or future.')
  return new Program(Kind.PERFORM, raceType, allWaitable(waitables, 'Race'), undefined, undefined, 1)
}, raceType) as unknown as {
  <W extends readonly [Waitable, ...Waitable[]]>(...waitables: W): Program<RaceResult<W[number]>, RaceEffect>
  <W extends Waitable>(...waitables: W[]): Program<RaceResult<W>, RaceEffect>
} & EffectConstructor<'Race', readonly Waitable[], unknown>

const cancelType = type(EffectNumber.CANCEL, 'Cancel')

/**
 * Asks a task to end: it unwinds when its turn comes, its `finally` blocks run. A task that has ended is left alone.
 *
 * @throws InvalidWaitableError when `task` is not a task.
 * @example
 * const parent = Do(function* () {
 *   const task = yield* Spawn(Sleep(60_000))
 *   yield* Cancel(task)
 *   return 'not waiting'
 * })
 * await runAsync(parent().with(scheduled())) // 'not waiting'
 */
export const Cancel = asConstructor(function (task: unknown) {
  if (!(task instanceof Waitable) || task.kind !== 'Task') {
    throw new InvalidWaitableError(`Cancel takes a task, not ${show(task)}.`)
  }
  return new Program(Kind.PERFORM_ON, cancelType, task, undefined, undefined, 1)
}, cancelType) as unknown as EffectConstructor<'Cancel', [task: Task], void>

/**
 * Lets the tasks that are ready go first.
 *
 * @example
 * run(Yield().map(() => 42).with(scheduled())) // 42
 */
export const Yield = nullary(type(EffectNumber.YIELD, 'Yield'), Kind.PERFORM_ON) as EffectConstructor<'Yield', [], void>

/**
 * A promise that a task settles.
 *
 * @example
 * const exchange = Do(function* () {
 *   const promise = yield* CreatePromise<number>()
 *   yield* Spawn(CompletePromise(promise, 42))
 *   return yield* Wait(promise.future)
 * })
 * run(exchange().with(scheduled())) // 42
 */
export const CreatePromise = nullary(type(EffectNumber.CREATE_PROMISE, 'CreatePromise')) as unknown as {
  <A = unknown>(): Program<VmPromise<A>, PromiseEffect>
} & EffectConstructor<'CreatePromise', [], VmPromise>

/**
 * Settles a promise with a value. Who waits is queued; the caller goes on.
 *
 * @throws AlreadySettledError (at the yield) when the promise was settled before.
 * @example
 * const twice = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* CompletePromise(promise, 1)
 *   yield* CompletePromise(promise, 2)
 * })
 * run(twice().with(scheduled())) // throws AlreadySettledError
 */
export const CompletePromise = settling(type(EffectNumber.COMPLETE_PROMISE, 'CompletePromise')) as unknown as {
  <A>(promise: VmPromise<A>, value: A): Program<void, PromiseEffect>
} & EffectConstructor<'CompletePromise', [promise: VmPromise, value: unknown], void>

/**
 * Settles a promise with an error, which is thrown where somebody waits.
 *
 * @throws AlreadySettledError (at the yield) when the promise was settled before.
 * @example
 * const failed = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* FailPromise(promise, new RangeError('no'))
 *   return yield* Wait(promise.future)
 * })
 * run(failed().with(scheduled())) // throws RangeError
 */
export const FailPromise = settling(type(EffectNumber.FAIL_PROMISE, 'FailPromise')) as unknown as {
  (promise: VmPromise, error: unknown): Program<void, PromiseEffect>
} & EffectConstructor<'FailPromise', [promise: VmPromise, error: unknown], void>

const externalType = type(EffectNumber.CREATE_EXTERNAL_PROMISE, 'CreateExternalPromise')
const usualExternal = new Program(Kind.PERFORM, externalType, undefined, undefined, undefined, 0)

/**
 * A promise that is settled from outside: hand `complete` and `fail` to a callback. While a task waits for it, the run
 * is not deadlocked and the process stays alive (unless `ref: false`).
 *
 * @example
 * const later = Do(function* () {
 *   const promise = yield* CreateExternalPromise<number>()
 *   setTimeout(() => promise.complete(42), 1)
 *   return yield* Wait(promise.future)
 * })
 * await runAsync(later().with(scheduled())) // 42
 */
export const CreateExternalPromise = asConstructor(function (options?: unknown) {
  if (options === undefined) return usualExternal
  return new Program(Kind.PERFORM, externalType, options, undefined, undefined, 1)
}, externalType) as unknown as {
  <A = unknown>(options?: ExternalPromiseOptions): Program<ExternalPromise<A>, ExternalPromiseEffect>
} & EffectConstructor<'CreateExternalPromise', [options?: ExternalPromiseOptions], ExternalPromise<unknown>>

const semaphoreType = type(EffectNumber.CREATE_SEMAPHORE, 'CreateSemaphore')

/**
 * A semaphore with `permits` permits, a positive integer.
 *
 * @throws RangeError when `permits` is none.
 * @example
 * const guarded = Do(function* () {
 *   const one = yield* CreateSemaphore(1)
 *   yield* Acquire(one)
 *   try { return 'alone' } finally { yield* Release(one) }
 * })
 * run(guarded().with(scheduled())) // 'alone'
 */
export const CreateSemaphore = asConstructor(function (permits: unknown) {
  if (!Number.isInteger(permits) || (permits as number) < 1 || (permits as number) > 0x7fff_ffff) {
    throw new RangeError(`CreateSemaphore takes a positive integer, not ${show(permits)}.`)
  }
  return new Program(Kind.PERFORM, semaphoreType, permits, undefined, undefined, 1)
}, semaphoreType) as unknown as EffectConstructor<'CreateSemaphore', [permits: number], Semaphore>

/**
 * Takes a permit; waits for one if none is free. Permits are given in the order in which they were asked for. A task that
 * is cancelled gives its permits back.
 *
 * @throws InvalidWaitableError when `semaphore` is something else.
 * @example
 * run(CreateSemaphore(1).flatMap(one => Acquire(one)).map(() => 'mine').with(scheduled())) // 'mine'
 */
export const Acquire = onSemaphore(type(EffectNumber.ACQUIRE, 'Acquire')) as unknown as EffectConstructor<
  'Acquire',
  [semaphore: Semaphore],
  void
>

/**
 * Gives a permit back.
 *
 * @throws TooManyPermitsError (at the yield) when no permit is out.
 * @example
 * run(CreateSemaphore(1).flatMap(one => Release(one)).with(scheduled())) // throws TooManyPermitsError
 */
export const Release = onSemaphore(type(EffectNumber.RELEASE, 'Release')) as unknown as EffectConstructor<
  'Release',
  [semaphore: Semaphore],
  void
>

const sleepType = type(EffectNumber.SLEEP, 'Sleep')

/**
 * Lets `ms` milliseconds pass. `Sleep(Infinity)` lasts until it is cancelled, and keeps the process alive; under a
 * simulated clock it is a deadlock when nobody else can go on.
 *
 * @throws RangeError when `ms` is negative or not a number.
 * @example
 * await runAsync(Sleep(1).map(() => 'awake').with(scheduled())) // 'awake'
 * run(Sleep(3_600_000).map(() => 'awake').with(simulatedClock()).with(scheduled())) // 'awake'
 */
export const Sleep = asConstructor(function (ms: unknown) {
  if (typeof ms !== 'number' || !(ms >= 0)) throw new RangeError(`Sleep takes milliseconds, not ${show(ms)}.`)
  return new Program(Kind.PERFORM, sleepType, ms, undefined, undefined, 1)
}, sleepType) as unknown as {
  (ms: number): Program<void, SleepEffect | RealTime>
} & EffectConstructor<'Sleep', [ms: number], void>

/**
 * The time of the clock in scope, in milliseconds since the epoch.
 *
 * @example
 * run(Now().with(simulatedClock()).with(scheduled())) // 0
 */
export const Now = nullary(type(EffectNumber.NOW, 'Now')) as EffectConstructor<'Now', [], number>

const awaitType = type(EffectNumber.AWAIT, 'Await')

/**
 * Waits for a promise, or for what a function gives: it is called with a signal that is aborted when the task is
 * cancelled. Only this task waits; without a scheduler, under `awaitHandler()`, the whole program does. A rejection is
 * thrown at the yield, as it is.
 *
 * @throws AsyncInSyncRunError (at the yield) in a synchronous run.
 * @example
 * await runAsync(Await(Promise.resolve(42)).with(scheduled())) // 42
 * await runAsync(Await(signal => Promise.resolve(signal.aborted)).with(awaitHandler())) // false
 */
export const Await = asConstructor(function (action: unknown) {
  return new Program(Kind.PERFORM, awaitType, action, undefined, undefined, 1)
}, awaitType) as unknown as {
  <A>(action: PromiseLike<A> | ((signal: AbortSignal) => PromiseLike<A> | A)): Program<A, AwaitEffect | Async>
} & EffectConstructor<'Await', [action: unknown], unknown>

/** An effect without a payload is the same program every time. */
function nullary(own: EffectType, kind = Kind.PERFORM): unknown {
  const program = new Program(kind, own, undefined, undefined, undefined, 0)
  return asConstructor(() => program, own)
}

function settling(own: EffectType): unknown {
  return asConstructor(function (promise: unknown, value: unknown) {
    const { future } = (promise ?? {}) as Partial<VmPromise>
    if (!(future instanceof Waitable) || future.kind !== 'Promise') {
      const hint = promise instanceof ExternalPromise ? '; call its own complete(value) or fail(error)' : ''
      throw new InvalidWaitableError(`${own.name} takes what CreatePromise answered, not ${show(promise)}${hint}.`)
    }
    return new Program(Kind.PERFORM_ON, own, promise, value, undefined, 2)
  }, own)
}

function onSemaphore(own: EffectType): unknown {
  return asConstructor(function (semaphore: unknown) {
    if (semaphore instanceof Semaphore) return new Program(Kind.PERFORM_ON, own, semaphore, undefined, undefined, 1)
    throw new InvalidWaitableError(`${own.name} takes what CreateSemaphore answered, not ${show(semaphore)}.`)
  }, own)
}

function asWaitable(x: unknown, asked: string): Waitable {
  if (x instanceof Waitable) return x
  const hint = (x as Partial<VmPromise> | null)?.future instanceof Waitable ? '; wait for its future' : ''
  throw new InvalidWaitableError(`${asked} takes a task or the future of a promise, not ${show(x)}${hint}.`)
}

function allWaitable(items: unknown[], asked: string): readonly Waitable[] {
  // One array of them is accepted as well as several arguments.
  const waitables = items.length === 1 && Array.isArray(items[0]) ? (items[0] as unknown[]) : items
  return map(waitables, item => asWaitable(item, asked))
}

/** Refuses what cannot be awaited. @throws InvalidYieldError saying so. @internal */
export function checkThenable(x: unknown): void {
  if ((typeof x === 'object' && x !== null) || typeof x === 'function') return
  throw new InvalidYieldError(`Await takes a promise, or a function that gives one, not ${show(x)}.`)
}
