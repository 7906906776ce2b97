// The scheduler's effects. Like all effects they say nothing about how they are answered; `scheduled()` answers them.

import type { AwaitEffect } from './await'
import type { CancelEffect } from './cancel'
import type { CurrentTaskEffect } from './current-task'
import type { ExternalPromiseEffect, PromiseEffect } from './promises'
import type { SemaphoreEffect } from './semaphores'
import type { SpawnEffect } from './spawn'
import type { NowEffect, SleepEffect } from './time'
import type { GatherEffect, RaceEffect, WaitEffect } from './wait'
import type { YieldEffect } from './yield'

export { Await, type AwaitEffect } from './await'
export { Cancel, type CancelEffect } from './cancel'
export { CurrentTask, type CurrentTaskEffect } from './current-task'
export {
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  FailPromise,
  type CompletePromiseEffect,
  type CreatePromiseEffect,
  type ExternalPromiseEffect,
  type ExternalPromiseOptions,
  type FailPromiseEffect,
  type PromiseEffect,
} from './promises'
export {
  Acquire,
  CreateSemaphore,
  Release,
  type AcquireEffect,
  type CreateSemaphoreEffect,
  type ReleaseEffect,
  type SemaphoreEffect,
} from './semaphores'
export { Spawn, type SpawnEffect, type SpawnOptions } from './spawn'
export { Now, Sleep, type NowEffect, type SleepEffect } from './time'
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
} from './wait'
export { Yield, type YieldEffect } from './yield'

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
  | CurrentTaskEffect
