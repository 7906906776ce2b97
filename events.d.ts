// Generated from index.ts and src-ts by "npm run generate". Do not edit.

import { AnyTask, EffectKey, AnyEffect } from './index.js';

/** A run, as events name it. */
interface WatchedRun {
    /** Its number in this process. */
    readonly id: number;
    /** The `name` of its options. */
    readonly name: string | undefined;
}
/** How a run, a task or an effect has ended; an effect whose performer was closed without an answer was dropped. */
type HowEnded = 'returned' | 'threw' | 'cancelled' | 'dropped';
/** A run begins or has ended. */
interface RunEvent {
    readonly type: 'run-begin' | 'run-end';
    readonly run: WatchedRun;
    /** Milliseconds, as of `performance.now()`. */
    readonly time: number;
    /** At the end: how, and with what error. */
    readonly how: HowEnded | undefined;
    readonly error: unknown;
}
/**
 * A task was spawned, starts, waits, has what it waits for, goes on, or has ended. The root task is not spawned: it starts with
 * its scheduler.
 */
interface TaskEvent {
    readonly type: 'task-spawn' | 'task-start' | 'task-wait' | 'task-wake' | 'task-resume' | 'task-end';
    readonly run: WatchedRun;
    readonly task: AnyTask;
    /** Milliseconds, as of `performance.now()`. A `task-wake` is told with the `task-resume` after it, and has the time at which
     * what was waited for had come. */
    readonly time: number;
    /** At `task-spawn`, the task that spawned it; at `task-wake`, the task that settled what was waited for, if it was one. */
    readonly by: AnyTask | undefined;
    /** At `task-wait`, what it waits for: the effect that it performed, or what is awaited. At `task-wake`, what was settled. */
    readonly on: unknown;
    /** At the end: how, and with what error. */
    readonly how: HowEnded | undefined;
    readonly error: unknown;
}
/** An effect is performed, or has its answer. */
interface EffectEvent {
    readonly type: 'effect-perform' | 'effect-answer';
    readonly run: WatchedRun;
    /** The task that performs it; `undefined` without a scheduler. */
    readonly task: AnyTask | undefined;
    /** Milliseconds, as of `performance.now()`. */
    readonly time: number;
    /** The effect itself: `Query.is(effect)`, `Query.payload(effect)`. */
    readonly effect: unknown;
    /** The effect's name. */
    readonly name: string;
    /** At the answer: how long it took, in milliseconds, and how it was answered. */
    readonly ms: number;
    readonly how: HowEnded | undefined;
    /** The answer, or the error that was thrown. */
    readonly value: unknown;
}
/** What a watcher is told. */
type WatchEvent = RunEvent | TaskEvent | EffectEvent;

/** What names an effect to watch: its constructor, or the class of its instances. */
type WatchedEffect = EffectKey<AnyEffect> | (abstract new (...args: never[]) => object);
/** What a watcher is to be told. */
interface WatchOptions {
    /** `tasks`: runs and tasks, the default. `effects`: effects as well, which costs each one a frame of its own. */
    readonly level?: 'tasks' | 'effects';
    /** The effects to be told of; others cost nothing. All by default. */
    readonly effects?: readonly WatchedEffect[];
}
/**
 * Calls `listener` with the events of the runs that begin from now on, in this thread: runs, tasks, and with
 * `level: 'effects'` effects. Gives the way to end that. The same objects are published on the diagnostics channels
 * `doeff:run`, `doeff:task` and `doeff:effect`. What a listener throws is reported once, as a process warning.
 *
 * @throws TypeError when an argument is of no use.
 * @example
 * const seen: string[] = []
 * const stop = watch(event => seen.push(event.type))
 * run(pure(42).with(scheduled())) // 42
 * stop()
 * seen // ['run-begin', 'task-start', 'task-end', 'run-end']
 */
declare function watch(listener: (event: WatchEvent) => void, options?: WatchOptions): () => void;

export { watch };
export type { EffectEvent, HowEnded, RunEvent, TaskEvent, WatchEvent, WatchOptions, WatchedEffect, WatchedRun };
