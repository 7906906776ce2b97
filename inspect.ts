/**
 * doeff-vm/inspect: the runs and tasks of a process, for people.
 */
export { formatTasks, tasks, type FrameView, type RunView, type TaskView } from './src-ts/door/inspect'
export type { TaskSnapshot } from './src-ts/tasks/deadlock'
