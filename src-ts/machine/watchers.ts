// Those who watch: listeners of this thread, and the subscribers of its diagnostics channels. A run asks once, when it begins,
// whether there is anybody.

import { channel } from 'node:diagnostics_channel'

import { append, apply, filter, indexOf } from '../builtins/intrinsics'
import type { EffectType } from '../language/effect'
import { formatTrace } from '../language/trace'
import type { EffectEvent, RunEvent, TaskEvent, WatchEvent } from './events'

/** How much is told: each level has the events of those before. */
export const enum Level {
  NOTHING,
  RUNS,
  TASKS,
  EFFECTS,
}

/** One who watches. */
export interface Watcher {
  readonly listener: (event: WatchEvent) => void
  readonly level: Level
  /** The effects that it is told of; all if there is no list. */
  readonly effects: readonly EffectType[] | undefined
  isActive: boolean
  hasFailed: boolean
}

/** Never changed in place: who is removed while events are told is passed over. */
let watchers: readonly Watcher[] = []

const runs = channel('doeff:run')
const tasks = channel('doeff:task')
const effects = channel('doeff:effect')

/** Adds a watcher: of the runs that begin from now on. */
export function addWatcher(watcher: Watcher): void {
  watchers = [...watchers, watcher]
}

/** Removes a watcher: it is told nothing from now on. */
export function removeWatcher(watcher: Watcher): void {
  watcher.isActive = false
  watchers = filter(watchers, other => other !== watcher)
}

/** How much a run that begins now is to tell. */
export function levelNow(): Level {
  if (watchers.length === 0 && !runs.hasSubscribers && !tasks.hasSubscribers && !effects.hasSubscribers) {
    return Level.NOTHING
  }
  let level = effects.hasSubscribers ? Level.EFFECTS : tasks.hasSubscribers ? Level.TASKS : Level.RUNS
  for (let at = 0; at < watchers.length; at++) {
    const own = (watchers[at] as Watcher).level
    if (own > level) level = own
  }
  return level
}

/** The effects that somebody is told of; `undefined` for all of them. */
export function effectsNow(): readonly EffectType[] | undefined {
  if (effects.hasSubscribers) return undefined
  const chosen: EffectType[] = []
  for (let at = 0; at < watchers.length; at++) {
    const watcher = watchers[at] as Watcher
    if (watcher.level !== Level.EFFECTS) continue
    if (watcher.effects === undefined) return undefined
    for (let i = 0; i < watcher.effects.length; i++) append(chosen, watcher.effects[i] as EffectType)
  }
  return chosen
}

/** Tells of a run. */
export function tellRun(event: RunEvent): void {
  for (let at = 0, told = watchers; at < told.length; at++) call(told[at] as Watcher, event)
  if (runs.hasSubscribers) runs.publish(event)
}

/** Tells of a task. */
export function tellTask(event: TaskEvent): void {
  for (let at = 0, told = watchers; at < told.length; at++) call(told[at] as Watcher, event)
  if (tasks.hasSubscribers) tasks.publish(event)
}

/** Tells of an effect of this type. */
export function tellEffect(type: EffectType, event: EffectEvent): void {
  for (let at = 0, told = watchers; at < told.length; at++) {
    const watcher = told[at] as Watcher
    if (watcher.level !== Level.EFFECTS) continue
    if (watcher.effects === undefined || indexOf(watcher.effects, type) !== -1) call(watcher, event)
  }
  if (effects.hasSubscribers) effects.publish(event)
}

/** What a listener throws is reported, once, and the run goes on. */
function call(watcher: Watcher, event: WatchEvent): void {
  if (!watcher.isActive) return
  try {
    apply(watcher.listener, undefined, [event])
  } catch (error) {
    if (watcher.hasFailed) return
    watcher.hasFailed = true
    process.emitWarning(`A listener of watch failed; this is said once: ${formatTrace(error)}`, {
      type: 'DoeffWarning',
      code: 'DOEFF_LISTENER_FAILED',
    })
  }
}
