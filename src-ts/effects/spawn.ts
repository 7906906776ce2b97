// `Spawn` and how a task is to run: its options become one word, which the machine reads.

import type { AsyncResource } from 'node:async_hooks'

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { InvalidProgramError } from '../messages/errors'
import { asProgram, Kind, Program, type ProgramGenerator } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy, FailuresIn, GeneratorRow, ResultOf, WithoutFailures } from '../language/effect-row'
import { show } from '../messages/show'
import type { AnyTask, Task } from '../language/waitable'

/** The effect type of {@link Spawn}. */
export interface SpawnEffect
  extends
    Effect<'Spawn', [program: Program<unknown, unknown>, options?: SpawnOptions], AnyTask>,
    HandledBy<'scheduled()'> {}

/** How a task is to run. */
export interface SpawnOptions {
  /** Which ready tasks go first: `high` before `normal` before `idle`; by default as the task that spawns it. */
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

const PRIORITIES = { idle: 0, normal: 1, high: 2 } as const
const DAEMON = 4
/** In the word of a task's options: it works on copies of the stores. @internal */
export const ISOLATED = 8
/** In the place of a priority: that of the task that spawns it. */
const INHERITED = 3
const USUAL = INHERITED

const spawnType = new EffectType(EffectNumber.SPAWN, 'Spawn')

/**
 * Starts a task and answers it at once; the task runs when its turn comes, under the handlers in scope here. `Spawn(f,
 * ...args)` takes a generator function and its arguments. The failures of its program are in the type of the task: they are
 * thrown where it is waited for.
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
  return spawn(asProgram(x, 'Spawn'), (rest.length > 0 ? rest[0] : undefined) as SpawnOptions | undefined)
}, spawnType) as unknown as {
  <A, E>(
    program: Program<A, E>,
    options?: SpawnOptions,
  ): Program<Task<A, FailuresIn<E>>, SpawnEffect | WithoutFailures<E>>
  <Args extends unknown[], Yielded, R>(
    f: (...args: Args) => ProgramGenerator<Yielded, R>,
    ...args: Args
  ): Program<
    Task<ResultOf<R>, FailuresIn<GeneratorRow<Yielded, R>>>,
    SpawnEffect | WithoutFailures<GeneratorRow<Yielded, R>>
  >
} & ConstructorOf<SpawnEffect>

/** In the options of a task of ours: the asynchronous context in which it begins, in place of that of its spawn site. @internal */
export const CONTEXT = Symbol('context')

/** Options of a task of ours. @internal */
export interface OwnSpawnOptions extends SpawnOptions {
  readonly [CONTEXT]?: AsyncResource
}

/** Spawns a task that begins in another asynchronous context; nobody is warned when it is left over. @internal */
export function spawnIn(context: AsyncResource, program: Program<unknown, unknown>, name: string): Program {
  const options: OwnSpawnOptions = { name, daemon: true, [CONTEXT]: context }
  return spawn(program, options)
}

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
  const priority = options.priority === undefined ? INHERITED : (PRIORITIES[options.priority] as number | undefined)
  if (priority === undefined) {
    throw new InvalidProgramError(`Spawn: the priority is 'idle', 'normal' or 'high', not ${show(options.priority)}.`)
  }
  if (options.store !== undefined && options.store !== 'shared' && options.store !== 'isolated') {
    throw new InvalidProgramError(`Spawn: the store is 'shared' or 'isolated', not ${show(options.store)}.`)
  }
  return priority | (options.daemon === true ? DAEMON : 0) | (options.store === 'isolated' ? ISOLATED : 0)
}
