// Time: `Sleep` lets it pass, `Now` reads it. Which clock is asked is the handlers' affair (`clock.ts`).

import { asConstructor, EffectType, type ConstructorOf } from '../language/effect'
import { Kind, Program } from '../language/program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { Effect, HandledBy, RealTime } from '../language/effect-row'
import { show } from '../messages/show'
import { nullary } from './nullary'

/** The effect type of {@link Sleep}. */
export interface SleepEffect extends Effect<'Sleep', [ms: number], void>, HandledBy<'scheduled()'> {}
/** The effect type of {@link Now}. */
export interface NowEffect extends Effect<'Now', [], number>, HandledBy<'scheduled()'> {}

const sleepType = new EffectType(EffectNumber.SLEEP, 'Sleep')

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
} & ConstructorOf<SleepEffect>

/**
 * The time of the clock in scope, in milliseconds since the epoch.
 *
 * @example
 * run(Now().with(simulatedClock()).with(scheduled())) // 0
 */
export const Now = nullary(new EffectType(EffectNumber.NOW, 'Now')) as ConstructorOf<NowEffect>
