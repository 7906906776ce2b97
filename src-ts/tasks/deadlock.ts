// Who waits for what: the snapshot of a machine's tasks, and the error for when nobody can go on.

import { each } from '../builtins/iterate'
import { DeadlockError } from '../messages/errors'
import { append, filter, indexOf, join, map, slice } from '../builtins/intrinsics'
import { listing, word } from '../wire/mailbox'
import { Program } from '../language/program'
import { Activity, Op, Word } from '../wire/protocol'
import type { Run } from '../machine/run'
import { frameLink } from '../language/trace'
import { tellAlone } from './alone'
import { Semaphore } from '../machine/semaphore'
import { Waitable } from '../language/waitable'

/** One task, as `vm.snapshot()` shows it. */
export interface TaskSnapshot {
  /** Its number in its run; 0 for the root task. */
  readonly id: number
  /** The number of the task that spawned it. */
  readonly parentId: number | undefined
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
  readonly task: Waitable
  readonly awaited: readonly unknown[]
}

const WORDS_PER_TASK = 8
const PRIORITIES = ['idle', 'normal', 'high'] as const

/** Every task of a machine that has not ended, in the order of spawning. */
export function snapshot(run: Run): TaskSnapshot[] {
  tellAlone(run)
  return map(entries(run), ({ shown }) => shown)
}

/** The tasks of a machine that have not ended, for whoever shows them: each with its handle and its words as listed. @internal */
export function listed(run: Run): { readonly shown: TaskSnapshot; readonly task: Waitable; readonly name: number[] }[] {
  tellAlone(run)
  return map(listTasks(run), words => {
    const { shown, task } = entry(run, words)
    return { shown, task, name: [words[5] as number, words[6] as number] }
  })
}

/** The tasks of a machine, the words of each as the machine lists them. */
function listTasks({ machine }: Run): number[][] {
  const tasks: number[][] = []
  for (let more = true; more;) {
    machine.send2(Op.TASKS, tasks.length, 0)
    more = word(Word.X) === 1
    const page = listing()
    for (let at = 0; at < page.length; at += WORDS_PER_TASK) append(tasks, slice(page, at, at + WORDS_PER_TASK))
  }
  return tasks
}

/** What is shown of each task. Commands may be sent for it, so every page has been read before. */
function entries(run: Run): Entry[] {
  return map(listTasks(run), words => entry(run, words))
}

function entry(run: Run, words: readonly number[]): Entry {
  const [handle, activity, waitsFor, priority, flags, , , handler] = each(words) as number[]
  const { values } = run.machine.slots
  const task = handle === 0 ? run.owner().root(handler as number) : (values[handle as number] as Waitable)
  const awaited = awaitedBy(values[waitsFor as number])
  const shown: TaskSnapshot = {
    id: task.id,
    parentId: task.parentId,
    name: task.name,
    state: activity === Activity.RUNNING ? 'running' : activity === Activity.READY ? 'ready' : 'waiting',
    waitsFor: activity === Activity.INSIDE ? ['tasks of a scheduler inside'] : map(awaited, describeAwaited),
    priority: PRIORITIES[priority as number] ?? 'normal',
    daemon: ((flags as number) & 1) !== 0,
    cancelled: ((flags as number) & 2) !== 0,
    spawnedBy: task.origin === undefined ? undefined : frameLink(task.origin).name,
  }
  return { shown, task, awaited }
}

/** What is waited for, in words; of a semaphore, who holds its permits. */
function describeAwaited(awaited: unknown): string {
  if (!(awaited instanceof Semaphore)) return String(awaited)
  const holders = map(awaited.holders, ({ name, id }) => `${name} #${id}`)
  return holders.length === 0 ? String(awaited) : `${String(awaited)} held by ${join(holders, ', ')}`
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
  const blocked = filter(entries(run), ({ task }) => indexOf(stuck.tasks, isRoot(task) ? undefined : task) !== -1)
  return errorOf('Some tasks can never go on, whatever comes from outside.', blocked, stuck)
}

/** More lines than this help nobody. */
const MOST_LINES = 100

function errorOf(what: string, blocked: readonly Entry[], stuck: Stuck | undefined): DeadlockError {
  const shown = map(blocked, entry => entry.shown)
  const lines = map(slice(shown, 0, MOST_LINES), ({ id, name, waitsFor, spawnedBy }) => {
    const site = spawnedBy === undefined ? '' : `, spawned by ${spawnedBy}`
    return `\n  ${name} #${id} waits for ${join(waitsFor, ', ') || 'nothing'}${site}`
  })
  const others = shown.length > MOST_LINES ? `\n  and ${shown.length - MOST_LINES} others` : ''
  const around = stuck?.isCircle === true ? [...each(stuck.tasks), stuck.tasks[0]] : undefined
  const cycle = around && map(around, nameOf)
  const last = around === undefined ? '' : `\n  The cycle: ${join(map(around, numbered), ' → ')}`
  return new DeadlockError(`${what} Blocked:${join(lines, '')}${others}${last}`, shown, cycle)
}

function isRoot(task: Waitable): boolean {
  return task.extra?.isRoot === true
}

function numbered(task: Waitable | undefined): string {
  return `${nameOf(task)} #${task?.id ?? 0}`
}

function nameOf(task: Waitable | undefined): string {
  return task?.name ?? 'root'
}
