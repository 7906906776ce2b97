// Who waits for what: the snapshot of a machine's tasks, and the error for when nobody can go on.

import { OwnMap } from '../collections'
import { each } from '../each'
import { DeadlockError } from '../errors'
import { append, find, indexOf, join, map, slice } from '../intrinsics'
import type { Machine } from '../machine'
import { listing, word } from '../mailbox'
import { Program } from '../program'
import { Activity, Op, Word } from '../protocol'
import type { Run } from '../run-state'
import { frameLink } from '../trace'
import { tellAlone } from './alone'
import { Waitable } from './waitable'

/** One task, as `vm.snapshot()` shows it. */
export interface TaskSnapshot {
  /** Its name; `root` for the program of the run. */
  readonly name: string
  readonly state: 'running' | 'ready' | 'waiting'
  /** What it waits for, in words. */
  readonly waitsFor: readonly string[]
  readonly priority: 'idle' | 'normal' | 'high'
  readonly daemon: boolean
  /** Somebody has cancelled it. */
  readonly cancelled: boolean
  /** The program that spawned it, with its place when sites are captured. */
  readonly spawnedBy: string | undefined
}

/** A task as it is shown, and what it waits for. */
interface Entry {
  readonly shown: TaskSnapshot
  readonly task: Waitable | undefined
  readonly awaited: readonly unknown[]
}

const WORDS_PER_TASK = 5
const PRIORITIES = ['idle', 'normal', 'high'] as const

/** Every task of a machine that has not ended, in the order of spawning. */
export function snapshot(run: Run): TaskSnapshot[] {
  tellAlone(run)
  return map(entries(run), ({ shown }) => shown)
}

function entries(run: Run): Entry[] {
  const { machine } = run
  const found: Entry[] = []
  for (let more = true; more; more = word(Word.X) === 1) {
    machine.send2(Op.TASKS, found.length, 0)
    const page = listing()
    for (let at = 0; at < page.length; at += WORDS_PER_TASK) append(found, entry(machine, page, at))
  }
  return found
}

function entry(machine: Machine, page: readonly number[], at: number): Entry {
  const [handle, activity, waitsFor, priority, flags] = each(slice(page, at, at + WORDS_PER_TASK)) as number[]
  const { values } = machine.slots
  const task = values[handle as number] as Waitable | undefined
  const awaited = awaitedBy(values[waitsFor as number])
  const shown: TaskSnapshot = {
    name: task?.name ?? 'root',
    state: activity === Activity.RUNNING ? 'running' : activity === Activity.READY ? 'ready' : 'waiting',
    waitsFor: activity === Activity.INSIDE ? ['tasks of a scheduler inside'] : map(awaited, String),
    priority: PRIORITIES[priority as number] ?? 'normal',
    daemon: ((flags as number) & 1) !== 0,
    cancelled: ((flags as number) & 2) !== 0,
    spawnedBy: task?.origin === undefined ? undefined : frameLink(task.origin).name,
  }
  return { shown, task, awaited }
}

function awaitedBy(kept: unknown): readonly unknown[] {
  if (kept instanceof Waitable) return [kept]
  if (!(kept instanceof Program)) return []
  const { a } = kept as Program
  return Array.isArray(a) ? (a as readonly Waitable[]) : [a]
}

/** The error that lists every blocked task, what it waits for, where it was spawned, and the cycle if there is one. */
export function deadlock(run: Run): DeadlockError {
  const blocked = entries(run)
  const lines = map(blocked, ({ shown: { name, waitsFor, spawnedBy } }) => {
    const site = spawnedBy === undefined ? '' : `, spawned by ${spawnedBy}`
    return `\n  ${name} waits for ${join(waitsFor, ', ') || 'nothing'}${site}`
  })
  const cycle = findCycle(blocked)
  const last = cycle === undefined ? '' : `\n  The cycle: ${join(cycle, ' → ')}`
  const shown = map(blocked, found => found.shown)
  return new DeadlockError(
    `No task can go on, and nothing outside is pending. Blocked:${join(lines, '')}${last}`,
    shown,
    cycle,
  )
}

/** Tasks that wait for one another in a circle, by name. */
function findCycle(blocked: readonly Entry[]): string[] | undefined {
  const byTask = new OwnMap<Waitable | undefined, Entry>()
  for (const found of each(blocked)) byTask.set(found.task, found)
  for (const start of each(blocked)) {
    const path: Entry[] = []
    let at: Entry | undefined = start
    while (at !== undefined && indexOf(path, at) === -1) {
      append(path, at)
      at = byTask.get(find(at.awaited, x => x instanceof Waitable && byTask.has(x as Waitable)) as Waitable | undefined)
      if (at?.task === undefined) at = undefined
    }
    if (at !== undefined) return map([...each(slice(path, indexOf(path, at))), at], found => found.shown.name)
  }
  return undefined
}
