// The dump on a signal: all runs and tasks, to stderr, while the process goes on.

import { stopwatch } from '../builtins/intrinsics'
import { formatTasks } from './inspect'
import { addWatcher, Level, removeWatcher, type Watcher } from '../machine/watchers'

/** How often the event loop shows that it turns, in milliseconds; and how late it may be. */
const BEAT_MS = 500
const LATE_MS = 500

/** Writes the tasks to stderr on this signal; gives the way to end that. Tasks of runs that begin from now on have their times. */
export function dumpTasksOn(signal: NodeJS.Signals): () => void {
  // Nobody is told anything; that somebody watches makes runs note since when their tasks wait.
  const watcher: Watcher = {
    listener: () => {},
    level: Level.TASKS,
    effects: undefined,
    isActive: false,
    hasFailed: false,
  }
  addWatcher(watcher)
  let beat = stopwatch.read()
  const heart = setInterval(() => (beat = stopwatch.read()), BEAT_MS)
  heart.unref()
  const dump = (): void => {
    const late = stopwatch.read() - beat - BEAT_MS
    const held =
      late > LATE_MS
        ? `A synchronous loop held the event loop for ${(late / 1000).toFixed(1)} s until now, and this dump with it: ` +
          'the tasks are shown as they are after it.\n'
        : ''
    process.stderr.write(`${signal}, process ${process.pid}\n${held}${formatTasks()}\n`)
  }
  process.on(signal, dump)
  return () => {
    removeWatcher(watcher)
    clearInterval(heart)
    process.off(signal, dump)
  }
}
