// `Wait`, `Gather` and `Race`: what may be waited for is checked here, before anything is yielded.

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { InvalidWaitableError } from '../messages/errors'
import type { Failure } from '../language/failure'
import { append } from '../builtins/intrinsics'
import { Kind, Program } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy, Fails } from '../language/effect-row'
import { show } from '../messages/show'
import { Waitable, type AnyWaitable, type VmPromise } from '../language/waitable'

/** The effect type of {@link Wait}. */
export interface WaitEffect extends Effect<'Wait', [waitable: AnyWaitable], unknown>, HandledBy<'scheduled()'> {}
/** The effect type of {@link Gather}. */
export interface GatherEffect
  extends Effect<'Gather', [waitables: readonly AnyWaitable[]], unknown[]>, HandledBy<'scheduled()'> {}
/** The effect type of {@link Race}. */
export interface RaceEffect
  extends Effect<'Race', [waitables: readonly AnyWaitable[]], unknown>, HandledBy<'scheduled()'> {}

const waitType = new EffectType(EffectNumber.WAIT, 'Wait')

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
  <A, F extends Failure = never>(waitable: Waitable<A, F>): Program<A, WaitEffect | Fails<F>>
} & ConstructorOf<WaitEffect>

/** What each of several waitables gives. */
export type Results<W extends readonly AnyWaitable[]> = {
  -readonly [K in keyof W]: W[K] extends Waitable<infer A, Failure> ? A : never
}

/** The row of waiting for `W`: its failures are thrown there. */
export type FailsOf<W> = W extends Waitable<unknown, infer F> ? Fails<F> : never

const gatherType = new EffectType(EffectNumber.GATHER, 'Gather')

/**
 * Waits for all of them and answers their results in the order of the arguments. The first failure is thrown at once; the
 * others go on. Many of them are given as one array: the engine takes no call with hundreds of thousands of arguments.
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
  <W extends readonly AnyWaitable[]>(...waitables: W): Program<Results<W>, GatherEffect | FailsOf<W[number]>>
  <const W extends readonly AnyWaitable[]>(waitables: W): Program<Results<W>, GatherEffect | FailsOf<W[number]>>
} & ConstructorOf<GatherEffect>

/** What {@link Race} answers: who was first, with what, and the others. */
export interface RaceResult<W extends AnyWaitable> {
  readonly first: W
  readonly value: W extends Waitable<infer A, Failure> ? A : never
  readonly rest: readonly W[]
}

const raceType = new EffectType(EffectNumber.RACE, 'Race')

/**
 * Waits for the first of them to settle. Its error is thrown. The others go on. Many of them are given as one array.
 *
 * @throws as {@link Wait}; InvalidWaitableError when there are none, because nobody could win.
 * @example
 * const first = Do(function* () {
 *   const { value } = yield* Race(yield* Spawn(pure('a')), yield* Spawn(pure('b')))
 *   return value
 * })
 * run(first().with(scheduled())) // 'a'
 */
export const Race = asConstructor(function (...waitables: unknown[]) {
  const all = allWaitable(waitables, 'Race')
  if (all.length === 0) throw new InvalidWaitableError('Race needs at least one task or future.')
  return new Program(Kind.PERFORM, raceType, all, undefined, undefined, 1)
}, raceType) as unknown as {
  <W extends readonly [AnyWaitable, ...AnyWaitable[]]>(
    ...waitables: W
  ): Program<RaceResult<W[number]>, RaceEffect | FailsOf<W[number]>>
  <W extends AnyWaitable>(...waitables: W[]): Program<RaceResult<W>, RaceEffect | FailsOf<W>>
  <W extends AnyWaitable>(waitables: readonly W[]): Program<RaceResult<W>, RaceEffect | FailsOf<W>>
} & ConstructorOf<RaceEffect>

function asWaitable(x: unknown, asked: string): Waitable {
  if (x instanceof Waitable) {
    if (x.extra?.isRoot !== true) return x as Waitable
    throw new InvalidWaitableError(`${asked}: the root task ends after every other task, so nobody can wait for it.`)
  }
  const hint = (x as Partial<VmPromise> | null)?.future instanceof Waitable ? '; wait for its future' : ''
  throw new InvalidWaitableError(`${asked} takes a task or the future of a promise, not ${show(x)}${hint}.`)
}

function allWaitable(items: unknown[], asked: string): readonly Waitable[] {
  // One array of them is accepted as well as several arguments.
  const given = items.length === 1 && Array.isArray(items[0]) ? (items[0] as unknown[]) : items
  const waitables: Waitable[] = []
  // A loop, because \`map\` would pass over holes.
  for (let at = 0; at < given.length; at++) append(waitables, asWaitable(given[at], asked))
  return waitables
}
