// Generated from index.ts and src-ts by "npm run generate". Do not edit.

/** One task, as `vm.snapshot()` shows it. */
interface TaskSnapshot {
    /** Its number in its run; 0 for the root task. */
    readonly id: number;
    /** The number of the task that spawned it. */
    readonly parentId: number | undefined;
    /** Its name; `root` for the program of the run. */
    readonly name: string;
    readonly state: 'running' | 'ready' | 'waiting';
    /** What it waits for, in words. */
    readonly waitsFor: readonly string[];
    readonly priority: 'idle' | 'normal' | 'high';
    readonly daemon: boolean;
    /** Somebody has cancelled it. */
    readonly cancelled: boolean;
    /** The program that spawned it, with its place when sites are captured. */
    readonly spawnedBy: string | undefined;
}

/** One program of a task, or a clause that runs in it. */
interface FrameView {
    readonly name: string;
    /** Where it is suspended, `file:line:column`; `undefined` while it runs and before it has begun. */
    readonly where: string | undefined;
    /** The effect that it answers, of a clause or of the program that a clause answered with. */
    readonly answers: string | undefined;
}
/** One task that has not ended. */
interface TaskView extends TaskSnapshot {
    /** For how many milliseconds it has waited; `undefined` unless tasks were watched when its run began. */
    readonly waitsSinceMs: number | undefined;
    /** Where in the source it is suspended: the innermost place that is not of this package. */
    readonly where: string | undefined;
    /** Its programs and clauses, the innermost first. */
    readonly frames: readonly FrameView[];
    /** The tasks that it has spawned and that have not ended. */
    readonly children: readonly TaskView[];
}
/** One run that has begun and not ended. */
interface RunView {
    readonly id: number;
    readonly name: string | undefined;
    /** Whether it computes right now: this was asked from inside of it. */
    readonly isComputing: boolean;
    /** Its root tasks, and tasks whose parents have ended. A run without a scheduler has one task. */
    readonly tasks: readonly TaskView[];
}
/**
 * The runs of this thread that have begun and not ended, the oldest first, each with the tree of its tasks. May be asked at
 * any time, from inside of a program too. Places in the source are asked of the engine, some 75 µs for each program.
 *
 * @example
 * const parked = runAsync(Sleep(20).with(scheduled()), { name: 'sleeper' })
 * const sleeper = tasks().find(({ name }) => name === 'sleeper')
 * sleeper?.tasks.map(({ name, state, waitsFor }) => [name, state, waitsFor]) // [['root', 'waiting', ['Sleep(20 ms)']]]
 * await parked // undefined
 */
declare function tasks(): readonly RunView[];
/**
 * What {@link tasks} gives, as text: a line for each run, and one for each task, under the task that spawned it.
 *
 * @example
 * formatTasks([]) // 'No run is under way.'
 */
declare function formatTasks(runs?: readonly RunView[]): string;

export { formatTasks, tasks };
export type { FrameView, RunView, TaskSnapshot, TaskView };
