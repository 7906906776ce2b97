// Who waits for what: the snapshot of a machine's tasks, and the error for when nobody can go on.

import { each } from '../builtins/iterate'
import { DeadlockError } from '../messages/errors'
import { append, filter, indexOf, join, map, slice } from '../builtins/intrinsics'
import type { Machine } from '../machine/machine'
import { listing, word } from '../wire/mailbox'
import { Program } from '../language/program'
import { Activity, Op, Word } from '../wire/protocol'
import type { Run } from '../machine/run'
import { frameLink } from '../language/trace'
import { tellAlone } from './alone'
import { Waitable } from '../language/waitable'

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
    name: nameOf(task),
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

/** Tasks that are stuck: a circle of them, or one that waits for what nobody gives. */
interface Stuck {
  /** The oldest one of them. */
  readonly index: number
  readonly generation: number
  readonly tasks: readonly (Waitable | undefined)[]
  readonly isCircle: boolean
}

function findStuck({ machine }: Run): Stuck | undefined {
  machine.send(Op.STUCK)
  const [index, generation, isCircle, ...handles] = each(listing())
  if (index === undefined || generation === undefined) return undefined
  const tasks = map(handles, handle => machine.slots.values[handle] as Waitable | undefined)
  return { index, generation, tasks, isCircle: isCircle === 1 }
}

/** The error that lists every blocked task, what it waits for, where it was spawned, and the cycle if there is one. */
export function deadlock(run: Run): DeadlockError {
  return errorOf('No task can go on, and nothing outside is pending.', entries(run), findStuck(run))
}

/** The error for the oldest of the tasks that wait for one another while others go on, or for the outside; none if there
 * are no such tasks. The run is to be interrupted there. */
export function deadlockOfSome(run: Run): DeadlockError | undefined {
  const stuck = findStuck(run)
  if (stuck === undefined) return undefined
  run.stuck = stuck
  const blocked = filter(entries(run), ({ task }) => indexOf(stuck.tasks, task) !== -1)
  return errorOf('Some tasks can never go on, whatever comes from outside.', blocked, stuck)
}

/** More lines than this help nobody. */
const MOST_LINES = 100

function errorOf(what: string, blocked: readonly Entry[], stuck: Stuck | undefined): DeadlockError {
  const shown = map(blocked, entry => entry.shown)
  const lines = map(slice(shown, 0, MOST_LINES), ({ name, waitsFor, spawnedBy }) => {
    const site = spawnedBy === undefined ? '' : `, spawned by ${spawnedBy}`
    return `\n  ${name} waits for ${join(waitsFor, ', ') || 'nothing'}${site}`
  })
  const others = shown.length > MOST_LINES ? `\n  and ${shown.length - MOST_LINES} others` : ''
  const cycle = stuck?.isCircle === true ? map([...each(stuck.tasks), stuck.tasks[0]], nameOf) : undefined
  const last = cycle === undefined ? '' : `\n  The cycle: ${join(cycle, ' → ')}`
  return new DeadlockError(`${what} Blocked:${join(lines, '')}${others}${last}`, shown, cycle)
}

function nameOf(task: Waitable | undefined): string {
  return task?.name ?? 'root'
}
