/**
 * doeff-vm/events: what happens in the runs of a process, as events.
 */
export { watch, type WatchedEffect, type WatchOptions } from './src-ts/door/watch'
export type { EffectEvent, HowEnded, RunEvent, TaskEvent, WatchedRun, WatchEvent } from './src-ts/machine/events'
