// Watching one run: which task goes on is told by the machine's words for strands (`strand.rs`), the rest by the driver.
//
// Events are told when a turn has been read completely, and the outcome is kept meanwhile, because a listener may run programs.

import { append, bare, indexOf, slice, stopwatch } from '../builtins/intrinsics'
import type { EffectType } from '../language/effect'
import { Kind, Program } from '../language/program'
import { earliest, PENDING, Waitable, type AnyTask } from '../language/waitable'
import { listing, words } from '../wire/mailbox'
import { Code, Op, Settlement, Word } from '../wire/protocol'
import { claim } from './journal'
import { OfTask, SettledAt, type HowEnded, type TaskEvent, type WatchedRun } from './events'
import type { Run } from './run'
import { effectsNow, Level, tellEffect, tellRun, tellTask } from './watchers'

/** What a task waits for, and since when. */
interface Waits {
  readonly on: unknown
  readonly since: number
}

/** The words of an outcome that are read after its flags. */
const KEPT = [Word.X, Word.Y, Word.Z, Word.W, Word.V, Word.CODE, Word.FLAGS, Word.PERFORMER] as const
const kept: number[] = [0, 0, 0, 0, 0, 0, 0, 0]

function putListing(list: readonly number[]): void {
  for (let at = 0; at < list.length; at++) words[Word.LISTING + at] = list[at] as number
  words[Word.LISTING_COUNT] = list.length
}

/** A task as events have it. */
const asTask = (task: Waitable): AnyTask => task as AnyTask

/** Tells those who watch of one run. */
export class RunWatch {
  readonly #run: Run
  readonly #shown: WatchedRun
  /** The task that goes on, as far as the machine has said. */
  current: Waitable | undefined
  /** Tasks that have begun and not ended, and what those wait for that do, by the index in the word of their strand. */
  readonly #strands = bare<Waitable | undefined>([undefined])
  readonly #waits = bare<Waits | undefined>([undefined])
  /** Root tasks that have not ended, the innermost last, and which task stands around each. */
  readonly #roots: { readonly task: Waitable; readonly around: Waitable | undefined; readonly place: number }[] = []
  #queue: TaskEvent[] = []
  /** Which effects are told of: `undefined` for all. */
  readonly #effects: readonly EffectType[] | undefined
  /** Whether effects are told of. */
  readonly tellsEffects: boolean

  constructor(run: Run, level: Level) {
    this.#run = run
    this.#shown = { id: run.id, name: run.name }
    this.tellsEffects = level === Level.EFFECTS
    this.#effects = this.tellsEffects ? effectsNow() : []
  }

  begin(): void {
    tellRun({ type: 'run-begin', run: this.#shown, time: stopwatch.read(), how: undefined, error: undefined })
  }

  /** The run has ended, and with it what its root tasks were. */
  end(threw: boolean, value: unknown): void {
    const time = stopwatch.read()
    const how = threw ? 'threw' : 'returned'
    const error = threw ? value : undefined
    for (let at = this.#roots.length - 1; at >= 0; at--) {
      const { task } = this.#roots[at] as { task: Waitable }
      this.#put('task-end', task, time, undefined, undefined, how, error)
    }
    this.#roots.length = 0
    this.#tell()
    tellRun({ type: 'run-end', run: this.#shown, time, how, error })
  }

  /** Since when the task waits, and for what. */
  waitOf(task: Waitable): Waits | undefined {
    return this.#waits[this.#placeOf(task)]
  }

  /** The place of a task that has begun in the lists above. */
  #placeOf(task: Waitable): number {
    if (task.extra?.isRoot !== true) return task.index >>> 1
    for (let at = 0; at < this.#roots.length; at++)
      if (this.#roots[at]?.task === task) return this.#roots[at]?.place ?? 0
    return 0
  }

  // --- tasks --------------------------------------------------------------------------------------------------------

  /** A scheduler begins here: its root task. */
  addRoot(handler: number): void {
    const { machine } = this.#run
    machine.send(Op.CURRENT_TASK)
    const index = listing()[1] ?? 0
    const task = this.#run.owner().root(handler)
    append(this.#roots, { task, around: this.current, place: index >>> 1 })
    this.#strands[index >>> 1] = task
    this.current = task
    this.#put('task-start', task, stopwatch.read())
    this.#tell()
  }

  /** A task was spawned, in the middle of no turn. */
  spawned(task: Waitable): void {
    const time = stopwatch.read()
    this.#leaveRoots(task.parentId, time)
    this.#put('task-spawn', task, time, this.current)
    this.#tell()
  }

  /** A child of a form has become a task; its parent goes on after it. */
  forked(task: Waitable, parent: Waitable | undefined, time: number): void {
    const by = parent ?? this.current
    this.#strands[task.index >>> 1] = task
    this.#put('task-spawn', task, time, by)
    this.#put('task-start', task, time)
    if (by !== undefined && by === this.current) this.#leave(by, task, time)
    this.current = task
  }

  /** A task has ended. */
  ended(task: Waitable, time: number): void {
    const { standing } = task
    const index = task.index >>> 1
    if (this.#strands[index] === task) this.#strands[index] = undefined
    this.#waits[index] = undefined
    const how = standing === Settlement.RETURNED ? 'returned' : standing === Settlement.THREW ? 'threw' : 'cancelled'
    this.#put('task-end', task, time, undefined, undefined, how, how === 'threw' ? task.value : undefined)
    task.origin = time
    if (this.current === task) this.current = undefined
  }

  /** What tasks may wait for was settled, by the task that runs or from outside. */
  settled(waitable: Waitable): void {
    waitable.origin = new SettledAt(stopwatch.read(), waitable.kind === 'Promise' ? this.current : undefined)
  }

  /** The machine says that a task was left where it is, that another one goes on, or both. */
  switched(register: unknown, time: number): void {
    const left = words[Word.LEFT] as number
    const goesOn = words[Word.GOES_ON] as number
    if (left !== 0) {
      if ((left & 1) === 0) this.#endRoot(time, false)
      const task = this.#strands[left >>> 1]
      if ((left & 1) === 1) this.#leaveRoots(task?.id, time)
      if ((left & 1) === 1 && task !== undefined && this.#waits[left >>> 1] === undefined)
        this.#leave(task, this.#waitsOn(register), time)
      this.current = undefined
    }
    if (goesOn === 0) return
    if ((goesOn & 1) === 0) return this.#endRoot(time, true)
    if (words[Word.CODE] === Code.START_TASK) this.#start(goesOn, time)
    else this.#goOn(goesOn, time)
  }

  #start(strand: number, time: number): void {
    const task = this.#run.machine.slots.values[words[Word.Y] as number] as Waitable
    this.#strands[strand >>> 1] = task
    this.current = task
    this.#put('task-start', task, time)
  }

  #goOn(strand: number, time: number): void {
    const task = this.#strands[strand >>> 1]
    this.current = task
    if (task === undefined) return
    const waits = this.#waits[strand >>> 1]
    this.#waits[strand >>> 1] = undefined
    const settled = settledOf(waits?.on)
    if (settled !== undefined && settled.standing !== PENDING) {
      const { origin } = settled
      const by = origin instanceof SettledAt ? origin.by : settled.kind === 'Task' ? settled : undefined
      const at = origin instanceof SettledAt ? origin.time : typeof origin === 'number' ? origin : time
      this.#put('task-wake', task, at, by, settled)
    }
    this.#put('task-resume', task, time)
  }

  #leave(task: Waitable, on: unknown, time: number): void {
    this.#waits[this.#placeOf(task)] = { on, since: time }
    this.#put('task-wait', task, time, undefined, on)
  }

  /** What stands for what the task waits for: the effect, or what it is awaited by. */
  #waitsOn(register: unknown): unknown {
    return words[Word.OP] === Op.JOIN ? 'its children' : register
  }

  /** The task of this number performs. If it stands around root tasks, these are over; the machine need not say so. */
  #leaveRoots(id: number | undefined, time: number): void {
    if (id === undefined || this.current === undefined || this.current.id === id) return
    const root = this.#roots[this.#roots.length - 1]
    if (root !== undefined && root.task === this.current && root.around?.id === id) this.#endRoot(time, true)
  }

  /** The innermost root task is over; if its scheduler is as well, the task around it goes on. */
  #endRoot(time: number, isOver: boolean): void {
    const root = this.#roots[this.#roots.length - 1]
    if (root === undefined) return
    if (this.#strands[root.place] === root.task) this.#strands[root.place] = undefined
    if (root.task.origin === undefined) {
      root.task.origin = time
      this.#put('task-end', root.task, time, undefined, undefined, 'returned')
    }
    if (!isOver) return
    this.#roots.length--
    this.current = root.around
  }

  #put(
    type: TaskEvent['type'],
    task: Waitable,
    time: number,
    by?: Waitable,
    on?: unknown,
    how?: HowEnded,
    error?: unknown,
  ): void {
    append(this.#queue, new OfTask(type, this.#shown, asTask(task), time, by && asTask(by), on, how, error))
  }

  /** The turn was read: tells what it has brought. What it says to do is kept, whatever listeners run. */
  flush(): void {
    if (this.#queue.length === 0) return
    const { machine } = this.#run
    const { vm, register } = machine
    for (let at = 0; at < KEPT.length; at++) kept[at] = words[KEPT[at] as Word] as number
    const own = slice(kept)
    const code = words[Word.CODE] as Code
    const list = code === Code.CLOSE || code === Code.LEFTOVER || code === Code.LISTED ? listing() : undefined
    this.#tell()
    claim(vm)
    for (let at = 0; at < KEPT.length; at++) words[KEPT[at] as Word] = own[at] as number
    if (list !== undefined) putListing(list)
    machine.register = register
  }

  #tell(): void {
    const told = this.#queue
    if (told.length === 0) return
    this.#queue = []
    for (let at = 0; at < told.length; at++) tellTask(told[at] as TaskEvent)
  }

  // --- effects ------------------------------------------------------------------------------------------------------

  /** What is performed in place of `program`, which a program yields: a program that tells of it, if it is told of. */
  around(program: Program<unknown, unknown>, origin: unknown): Program<unknown, unknown> {
    const { type } = program
    if (type === null || !this.tellsEffects) return program
    if (this.#effects !== undefined && indexOf(this.#effects, type) === -1) return program
    if (isTelling(origin)) return program
    return new Program<unknown, unknown>(Kind.CALL, null, telling, new Told(this, program, origin), undefined, 1)
  }

  performed(effect: Program<unknown, unknown>): number {
    const time = stopwatch.read()
    this.#tellEffect('effect-perform', effect, time, 0, undefined, undefined)
    return time
  }

  answered(effect: Program<unknown, unknown>, since: number, how: HowEnded, value: unknown): void {
    const time = stopwatch.read()
    this.#tellEffect('effect-answer', effect, time, time - since, how, value)
  }

  #tellEffect(
    type: 'effect-perform' | 'effect-answer',
    effect: Program<unknown, unknown>,
    time: number,
    ms: number,
    how: HowEnded | undefined,
    value: unknown,
  ): void {
    const own = effect.type as EffectType
    const shown = own.untyped ? effect.a : effect
    const task = this.current && asTask(this.current)
    tellEffect(own, { type, run: this.#shown, task, time, effect: shown, name: own.name, ms, how, value })
  }
}

/** An effect that is told of, and what the frame came from that performs it. */
class Told {
  constructor(
    readonly watch: RunWatch,
    readonly effect: Program<unknown, unknown>,
    readonly origin: unknown,
  ) {}
}

/** Performs an effect that is told of, in a frame of its own. */
function* telling({ watch, effect }: Told): Generator<unknown, unknown, unknown> {
  const since = watch.performed(effect)
  let how: HowEnded = 'dropped'
  let value: unknown
  try {
    value = yield effect
    how = 'returned'
    return value
  } catch (error) {
    value = error
    how = 'threw'
    throw error
  } finally {
    watch.answered(effect, since, how, value)
  }
}

/** Whether what a frame came from is one that tells of an effect: no program of the user's. */
export function isTelling(origin: unknown): boolean {
  return origin instanceof Program && (origin as Program).a === telling
}

/** What the frame of the user's program came from that performs here. */
export function performerOf(origin: unknown): unknown {
  return isTelling(origin) ? ((origin as Program).b as Told).origin : origin
}

/** What was settled so that a task goes on that waited for this. */
function settledOf(on: unknown): Waitable | undefined {
  if (on instanceof Waitable) return on as Waitable
  if (!(on instanceof Program)) return undefined
  const { a } = on as Program
  if (a instanceof Waitable) return a as Waitable
  if (!Array.isArray(a) || a.length === 0) return undefined
  const waitables = a as readonly Waitable[]
  if ((on as Program).type?.name === 'Race') return earliest(waitables)
  let last = waitables[0] as Waitable
  for (let at = 1; at < waitables.length; at++) {
    const other = waitables[at] as Waitable
    if (other.standing !== PENDING && other.order > last.order) last = other
  }
  return last
}
