// Waitables: what a task can wait for. Tasks, the futures of promises, and what is awaited from outside are all of one
// shape. A waitable keeps its own result; the machine knows it by a name only while it matters there.

import type { AsyncResource } from 'node:async_hooks'

import { TaskCancelledError } from '../messages/errors'
import type { Failure } from './failure'
import { Settlement } from '../wire/protocol'
import { show } from '../messages/show'
import { append } from '../builtins/intrinsics'

/** How a waitable stands before it is settled. */
export const PENDING = 0

/** How a waitable stands. */
export type Standing = typeof PENDING | Settlement

/** Counts settlements, so that the first of several can be told. */
let settlements = 0

declare const answer: unique symbol
declare const failure: unique symbol

/**
 * Something that can be waited for: a {@link Task}, or the `future` of a promise. Whoever waits gets an `A`, or one of the
 * failures `F`.
 */
export class Waitable<out A = unknown, out F extends Failure = never> {
  /** Exist in types only. */
  declare readonly [answer]: A
  declare readonly [failure]: F

  /**
   * Its number in its run: tasks are numbered in the order in which they are spawned, promises in the order in which they are
   * made; the same in every replay. The root task is number 0.
   */
  readonly id: number = 0
  /** Of a task: the number of the task that spawned it. */
  readonly parentId: number | undefined = undefined
  /** Its name in the machine; generation 0 while it has none. @internal */
  index = 0
  /** @internal */
  generation = 0
  /** @internal */
  standing: Standing = PENDING
  /** When it was settled, as compared to others. @internal */
  order = 0
  /** Somebody has waited for it. @internal */
  observed = false
  /** The place of the generator whose `Wait` is all that waits for it; 0 when nobody does, or others too. @internal */
  waiter = 0
  /** The result or the error; before a task has started, its program. @internal */
  value: unknown
  /** While it is pending: what spawned it; or the external promise that it is of, for the first moment. @internal */
  origin: unknown
  /** Before a task has started, if contexts are kept apart: the asynchronous context in which it was spawned. @internal */
  context: AsyncResource | undefined

  /** @internal */
  constructor(
    /** Stands for the run that it belongs to, which is told of failures. @internal */
    readonly owner: RunToken,
    /** @internal */
    readonly kind: WaitableKind,
    /** Its name, or what it is named by. @internal */
    readonly label: unknown,
    /** @internal */
    public extra: Extra | undefined,
  ) {}

  /** For messages. */
  get name(): string {
    const { label } = this
    if (typeof label === 'string') return label
    if (this.kind === 'Promise' || this.kind === 'ExternalPromise') return `#${label as number}`
    if (this.kind === 'Sleep') return `${label as number} ms`
    return this.kind === 'Task' ? (label as { name?: string }).name || 'anonymous' : show(label)
  }

  /** Where it stands: `pending`, `done`, `failed` or `cancelled`. */
  get status(): 'pending' | 'done' | 'failed' | 'cancelled' {
    return STATUS[this.standing] as 'pending'
  }

  /** Whether it has ended without a result. @internal */
  get isLost(): boolean {
    return this.standing === Settlement.THREW || this.standing === Settlement.CANCELLED
  }

  /** What waiting for it throws, once it is lost. @internal */
  error(): unknown {
    return this.standing === Settlement.THREW ? this.value : new TaskCancelledError(`${String(this)} was cancelled.`)
  }

  /** Whoever waited for it was not interested in how it ended: a failure is to be reported. @internal */
  disown(): void {
    if (this.standing !== Settlement.THREW) return
    this.observed = false
    this.owner.reportFailure(this as AnyWaitable as Waitable)
  }

  toString(): string {
    return this.kind === 'Task' ? `Task(${this.name} #${this.id})` : `${this.kind}(${this.name})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.kind === 'Task'
      ? `Task(${this.name} #${this.id}, ${this.status})`
      : `${this.kind}(${this.name}, ${this.status})`
  }

  toJSON(): string {
    return this.toString()
  }
}

const STATUS = ['pending', 'done', 'failed', 'cancelled'] as const

/** What a waitable is, in messages. */
export type WaitableKind = 'Task' | 'Promise' | 'ExternalPromise' | 'Await' | 'Sleep'

/** The root task of a scheduler, by the number of the handler that the scheduler was installed by. */
interface Root {
  readonly handler: number
  readonly id: number
  task: Waitable | undefined
}

/** Stands for one run, and numbers what belongs to it. @internal */
export class RunToken {
  #tasks = 0
  #promises = 0
  #semaphores = 0
  #roots: Root[] = []
  /** The root task of the scheduler that was installed last. */
  rootId = 0

  constructor(
    /** Told of each failure that nobody has waited for. */
    readonly reportFailure: (task: Waitable) => void,
    /** Whether a scheduler stands around the whole run. */
    private hasScheduler: boolean,
  ) {}

  /** A scheduler begins, whose root task is the next one; of the first scheduler it is number 0. */
  addRoot(handler: number): void {
    this.rootId = this.hasScheduler ? ++this.#tasks : 0
    this.hasScheduler = true
    append(this.#roots, { handler, id: this.rootId, task: undefined })
  }

  /** The root task of the scheduler that was installed last by this handler. */
  root(handler: number): Waitable {
    let found: Root | undefined
    for (let at = 0; at < this.#roots.length; at++) {
      if (this.#roots[at]?.handler === handler) found = this.#roots[at]
    }
    if (found === undefined) append(this.#roots, (found = { handler, id: 0, task: undefined }))
    return (found.task ??= numbered(new Waitable(this, 'Task', 'root', ROOT), found.id, undefined))
  }

  /** Gives a new task its number, and that of the task that spawned it. */
  numberTask(task: Waitable, parentId: number): Waitable {
    return numbered(task, ++this.#tasks, parentId)
  }

  /** Gives a new promise its number. */
  nextPromise(): number {
    return ++this.#promises
  }

  /** The number of a new semaphore. */
  nextSemaphore(): number {
    return ++this.#semaphores
  }
}

/** What root tasks have in common. */
const ROOT: Extra = { isRoot: true }

function numbered(task: Waitable, id: number, parentId: number | undefined): Waitable {
  const own = task as { -readonly [K in 'id' | 'parentId']: Waitable[K] }
  own.id = id
  own.parentId = parentId
  return task
}

/** What is outside of the machine. @internal */
export interface Outside {
  /** Whether the process stays alive for it. */
  readonly ref: boolean
  /** Whether it comes with simulated time only. */
  readonly isSimulated?: boolean
}

/** What only some waitables have. @internal */
export interface Extra {
  /** It is the root task of a scheduler: it ends with it, so nobody in it can wait for it. */
  readonly isRoot?: boolean
  /** Settled from outside of the machine. */
  readonly outside?: Outside
  /** Nobody waits for it any more. */
  readonly abandon?: () => void
  /** What the isolated task has told. */
  log?: readonly unknown[]
}

/** The one of several waitables that was settled first; one of them is settled. @internal */
export function earliest<W extends Waitable>(waitables: readonly W[]): W {
  let best = waitables[0] as W
  for (let at = 1; at < waitables.length; at++) {
    const other = waitables[at] as W
    if (other.standing !== PENDING && (best.standing === PENDING || other.order < best.order)) best = other
  }
  return best
}

/** Settles a waitable: the first settlement counts. Gives whether this one was. @internal */
export function settle(waitable: Waitable, standing: Settlement, value: unknown): boolean {
  if (waitable.standing !== PENDING) return false
  waitable.standing = standing
  waitable.value = value
  waitable.origin = undefined
  waitable.context = undefined
  waitable.order = ++settlements
  return true
}

/**
 * A task: a program that runs beside others. Made by `Spawn`. It ends with an `A`, or with one of the failures `F`.
 *
 * @example
 * const parent = Do(function* () {
 *   const task: Task<number> = yield* Spawn(pure(42))
 *   return yield* Wait(task)
 * })
 * run(parent().with(scheduled())) // 42
 */
export type Task<A = unknown, F extends Failure = never> = Waitable<A, F> & { readonly kind: 'Task' }

/** A waitable, whatever it gives. */
export type AnyWaitable = Waitable<unknown, Failure>

/** A task, whatever it gives. */
export type AnyTask = Task<unknown, Failure>

/** What `CreatePromise` answers: a promise that a task settles with `CompletePromise` or `FailPromise`. */
export interface VmPromise<A = unknown> {
  /** What others wait for. */
  readonly future: Waitable<A>
}
