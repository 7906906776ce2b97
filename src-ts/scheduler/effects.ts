// The scheduler's effects. Like all effects they say nothing about how they are answered; `scheduled()` answers them.

import type { AwaitEffect } from './effects/await'
import type { CancelEffect } from './effects/cancel'
import type { ExternalPromiseEffect, PromiseEffect } from './effects/promises'
import type { SemaphoreEffect } from './effects/semaphores'
import type { SpawnEffect } from './effects/spawn'
import type { NowEffect, SleepEffect } from './effects/time'
import type { GatherEffect, RaceEffect, WaitEffect } from './effects/wait'
import type { YieldEffect } from './effects/yield'

export { Await, type AwaitEffect } from './effects/await'
export { Cancel, type CancelEffect } from './effects/cancel'
export {
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  FailPromise,
  type ExternalPromiseEffect,
  type ExternalPromiseOptions,
  type PromiseEffect,
} from './effects/promises'
export { Acquire, CreateSemaphore, Release, type SemaphoreEffect } from './effects/semaphores'
export { Spawn, type SpawnEffect, type SpawnOptions } from './effects/spawn'
export { Now, Sleep, type NowEffect, type SleepEffect } from './effects/time'
export {
  Gather,
  Race,
  Wait,
  type FailsOf,
  type GatherEffect,
  type RaceEffect,
  type RaceResult,
  type Results,
  type WaitEffect,
} from './effects/wait'
export { Yield, type YieldEffect } from './effects/yield'

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
