// What watchers are told: events of runs, of tasks and of effects. One object for all watchers and for the channels.

import type { AnyTask, Waitable } from '../language/waitable'

/** A run, as events name it. */
export interface WatchedRun {
  /** Its number in this process. */
  readonly id: number
  /** The `name` of its options. */
  readonly name: string | undefined
}

/** How a run, a task or an effect has ended; an effect whose performer was closed without an answer was dropped. */
export type HowEnded = 'returned' | 'threw' | 'cancelled' | 'dropped'

/** A run begins or has ended. */
export interface RunEvent {
  readonly type: 'run-begin' | 'run-end'
  readonly run: WatchedRun
  /** Milliseconds, as of `performance.now()`. */
  readonly time: number
  /** At the end: how, and with what error. */
  readonly how: HowEnded | undefined
  readonly error: unknown
}

/**
 * A task was spawned, starts, waits, has what it waits for, goes on, or has ended. The root task is not spawned: it starts with
 * its scheduler.
 */
export interface TaskEvent {
  readonly type: 'task-spawn' | 'task-start' | 'task-wait' | 'task-wake' | 'task-resume' | 'task-end'
  readonly run: WatchedRun
  readonly task: AnyTask
  /** Milliseconds, as of `performance.now()`. A `task-wake` is told with the `task-resume` after it, and has the time at which
   * what was waited for had come. */
  readonly time: number
  /** At `task-spawn`, the task that spawned it; at `task-wake`, the task that settled what was waited for, if it was one. */
  readonly by: AnyTask | undefined
  /** At `task-wait`, what it waits for: the effect that it performed, or what is awaited. At `task-wake`, what was settled. */
  readonly on: unknown
  /** At the end: how, and with what error. */
  readonly how: HowEnded | undefined
  readonly error: unknown
}

/** An effect is performed, or has its answer. */
export interface EffectEvent {
  readonly type: 'effect-perform' | 'effect-answer'
  readonly run: WatchedRun
  /** The task that performs it; `undefined` without a scheduler. */
  readonly task: AnyTask | undefined
  /** Milliseconds, as of `performance.now()`. */
  readonly time: number
  /** The effect itself: `Query.is(effect)`, `Query.payload(effect)`. */
  readonly effect: unknown
  /** The effect's name. */
  readonly name: string
  /** At the answer: how long it took, in milliseconds, and how it was answered. */
  readonly ms: number
  readonly how: HowEnded | undefined
  /** The answer, or the error that was thrown. */
  readonly value: unknown
}

/** What a watcher is told. */
export type WatchEvent = RunEvent | TaskEvent | EffectEvent

/** A task event that is made in one shape. */
export class OfTask implements TaskEvent {
  constructor(
    readonly type: TaskEvent['type'],
    readonly run: WatchedRun,
    readonly task: AnyTask,
    readonly time: number,
    readonly by: AnyTask | undefined,
    readonly on: unknown,
    readonly how: HowEnded | undefined,
    readonly error: unknown,
  ) {}
}

/** When something was settled, and by which task: kept in its place while a run is watched. */
export class SettledAt {
  constructor(
    readonly time: number,
    readonly by: Waitable | undefined,
  ) {}
}
