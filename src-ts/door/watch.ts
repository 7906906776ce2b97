// `watch`: events of every run that begins from now on, for whoever looks at a whole process.

import { each } from '../builtins/iterate'
import { append } from '../builtins/intrinsics'
import { typeOf, type EffectKey, type EffectType } from '../language/effect'
import type { AnyEffect } from '../language/effect-row'
import type { WatchEvent } from '../machine/events'
import { addWatcher, Level, removeWatcher, type Watcher } from '../machine/watchers'
import { show } from '../messages/show'

/** What names an effect to watch: its constructor, or the class of its instances. */
export type WatchedEffect = EffectKey<AnyEffect> | (abstract new (...args: never[]) => object)

/** What a watcher is to be told. */
export interface WatchOptions {
  /** `tasks`: runs and tasks, the default. `effects`: effects as well, which costs each one a frame of its own. */
  readonly level?: 'tasks' | 'effects'
  /** The effects to be told of; others cost nothing. All by default. */
  readonly effects?: readonly WatchedEffect[]
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
export function watch(listener: (event: WatchEvent) => void, options: WatchOptions = {}): () => void {
  if (typeof listener !== 'function') throw new TypeError(`watch takes a function, not ${show(listener)}.`)
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`watch: the options are an object, not ${show(options)}.`)
  }
  const { level = 'tasks', effects } = options
  if (level !== 'tasks' && level !== 'effects') {
    throw new TypeError(`watch: level is 'tasks' or 'effects', not ${show(level)}.`)
  }
  if (effects !== undefined && level === 'tasks') {
    throw new TypeError("watch: effects are told at level: 'effects' only.")
  }
  const watcher: Watcher = {
    listener,
    level: level === 'tasks' ? Level.TASKS : Level.EFFECTS,
    effects: effects === undefined ? undefined : typesOf(effects),
    isActive: true,
    hasFailed: false,
  }
  addWatcher(watcher)
  return () => removeWatcher(watcher)
}

/** The types of a list of effects. @throws TypeError naming what is none. @internal */
export function typesOf(effects: readonly unknown[], asker = 'watch'): EffectType[] {
  if (!Array.isArray(effects)) throw new TypeError(`${asker}: effects is a list of effects, not ${show(effects)}.`)
  const types: EffectType[] = []
  for (const effect of each(effects as readonly unknown[])) {
    const type = typeOf(effect)
    if (type === undefined)
      throw new TypeError(`${asker}: effects has ${show(effect)}, which is no effect or class of yours.`)
    append(types, type)
  }
  return types
}
