// The runs and tasks of this thread, for people: who is there, what each waits for, since when, where.

import { Continuation } from '../language/continuation'
import { InPlace } from '../language/in-place'
import { isOwnPlace } from '../language/shown-stack'
import { frameLink } from '../language/trace'
import type { AnyGenerator } from '../builtins/intrinsics'
import { stopwatch } from '../builtins/intrinsics'
import { Place } from '../machine/live'
import { Status, type Run } from '../machine/run'
import { listed, type TaskSnapshot } from '../tasks/deadlock'
import { placesOf } from './places'

/** One program of a task, or a clause that runs in it. */
export interface FrameView {
  readonly name: string
  /** Where it is suspended, `file:line:column`; `undefined` while it runs and before it has begun. */
  readonly where: string | undefined
  /** The effect that it answers, of a clause or of the program that a clause answered with. */
  readonly answers: string | undefined
}

/** One task that has not ended. */
export interface TaskView extends TaskSnapshot {
  /** For how many milliseconds it has waited; `undefined` unless tasks were watched when its run began. */
  readonly waitsSinceMs: number | undefined
  /** Where in the source it is suspended: the innermost place that is not of this package. */
  readonly where: string | undefined
  /** Its programs and clauses, the innermost first. */
  readonly frames: readonly FrameView[]
  /** The tasks that it has spawned and that have not ended. */
  readonly children: readonly TaskView[]
}

/** One run that has begun and not ended. */
export interface RunView {
  readonly id: number
  readonly name: string | undefined
  /** Whether it computes right now: this was asked from inside of it. */
  readonly isComputing: boolean
  /** Its root tasks, and tasks whose parents have ended. A run without a scheduler has one task. */
  readonly tasks: readonly TaskView[]
}

type Building = Omit<TaskView, 'children' | 'frames' | 'where'> & {
  children: TaskView[]
  frames: FrameView[]
  where: string | undefined
}

/** A frame whose place is still to be found. */
interface Found {
  readonly frame: { name: string; where: string | undefined; answers: string | undefined }
  readonly generator: AnyGenerator
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
export function tasks(): readonly RunView[] {
  const found: Found[] = []
  const runs = Place.list().map(run => ({ run, tasks: tasksOf(run, found) }))
  const places = placesOf(found.map(({ generator }) => generator))
  found.forEach(({ frame }, at) => (frame.where = places[at]))
  return runs.map(({ run, tasks }) => {
    for (const task of tasks)
      task.where = task.frames.find(({ where }) => where !== undefined && !isOwnPlace(where))?.where
    return { id: run.id, name: run.name, isComputing: run.isComputing, tasks: treeOf(tasks) }
  })
}

function tasksOf(run: Run, found: Found[]): Building[] {
  const { watch, machine } = run
  const entries = listed(run)
  if (entries.length === 0) return [programOf(run, found)]
  return entries.map(({ shown, task, name }) => {
    const since = watch?.waitOf(task)?.since
    return {
      ...shown,
      waitsSinceMs: since === undefined || shown.state !== 'waiting' ? undefined : stopwatch.read() - since,
      where: undefined,
      frames: framesAt(run, machine.framesOf(name), found),
      children: [],
    }
  })
}

/** A run without a scheduler, as one task. */
function programOf(run: Run, found: Found[]): Building {
  return {
    id: 0,
    parentId: undefined,
    name: 'program',
    state: run.status === Status.WAITING ? 'waiting' : 'running',
    waitsFor: run.status === Status.WAITING ? ['something outside'] : [],
    priority: 'normal',
    daemon: false,
    cancelled: false,
    spawnedBy: undefined,
    waitsSinceMs: undefined,
    where: undefined,
    frames: framesAt(run, run.machine.framesOf(undefined), found),
    children: [],
  }
}

function framesAt({ machine }: Run, places: readonly number[], found: Found[]): FrameView[] {
  const { generators, origins } = machine.slots
  return places.map(place => {
    const origin = origins[place]
    const frame = { name: frameLink(origin).name, where: undefined, answers: answeredBy(origin) }
    const generator = generators[place]
    if (generator !== undefined) found.push({ frame, generator })
    return frame
  })
}

function answeredBy(origin: unknown): string | undefined {
  if (origin instanceof InPlace) return String(origin.effect)
  if (!(origin instanceof Continuation)) return undefined
  const effect = Continuation.effectOf(origin as Continuation)
  return effect === undefined ? undefined : String(effect)
}

function treeOf(tasks: readonly Building[]): TaskView[] {
  const byId = new Map(tasks.map(task => [task.id, task]))
  const roots: TaskView[] = []
  for (const task of tasks) {
    const parent = task.parentId === undefined ? undefined : byId.get(task.parentId)
    ;(parent?.children ?? roots).push(task)
  }
  return roots
}

/**
 * What {@link tasks} gives, as text: a line for each run, and one for each task, under the task that spawned it.
 *
 * @example
 * formatTasks([]) // 'No run is under way.'
 */
export function formatTasks(runs: readonly RunView[] = tasks()): string {
  if (runs.length === 0) return 'No run is under way.'
  const lines: string[] = []
  for (const { id, name, isComputing, tasks } of runs) {
    const computing = isComputing ? ', computing now: it is shown in the middle of a synchronous stretch' : ''
    lines.push(`run ${id}${name === undefined ? '' : ` ${name}`}${computing}`)
    write(lines, tasks, '')
  }
  return lines.join('\n')
}

function write(lines: string[], tasks: readonly TaskView[], indent: string): void {
  tasks.forEach((task, at) => {
    const isLast = at === tasks.length - 1
    lines.push(`${indent}${isLast ? '└─' : '├─'} ${lineOf(task)}`)
    write(lines, task.children, `${indent}${isLast ? '   ' : '│  '}`)
  })
}

function lineOf({
  id,
  name,
  state,
  waitsFor,
  waitsSinceMs,
  where,
  frames,
  cancelled,
  daemon,
  parentId,
}: TaskView): string {
  const effects = frames.flatMap(({ answers }) => (answers === undefined ? [] : [answers]))
  const waiting = state === 'waiting' ? ` for ${[waitsFor.join(', ') || 'nothing', ...effects].join(' for ')}` : ''
  const since = waitsSinceMs === undefined ? '' : ` since ${Math.round(waitsSinceMs)} ms`
  const marks = `${cancelled ? ', cancelled' : ''}${daemon ? ', daemon' : ''}`
  const spawner = parentId === undefined ? '' : `, spawned by #${parentId}`
  return `#${id} ${name} ${state}${waiting}${since}${marks}${where === undefined ? '' : ` at ${where}`}${spawner}`
}
