// The reference scheduler: a list of tasks, who waits is written down at what is waited for, and a loop. It shares nothing
// with the VM but the programs.

import { main, type Effects, type Priority, type Step, type TaskNode, type World } from './tasks'

interface Success {
  readonly value: unknown
}
interface Failure {
  readonly error: string
}
type Settled = Success | Failure
type Wake = Settled | 'cancel'

interface Waited {
  settled?: Settled
  order: number
  readonly waiters: Task[]
}

type Frame = Generator<unknown, unknown, unknown>

interface Task extends Waited {
  /** Programs that have called one another, the innermost last. */
  readonly frames: Frame[]
  readonly priority: Priority
  wake: Wake | undefined
  /** What is answered once something that it waits for has settled. */
  answer: (settled: Settled) => Settled | undefined
  cancelled: boolean
  closing: boolean
  /** How many of the frames, the outermost ones, are being closed. */
  doomed: number
  /** How it ends when they are closed. */
  completion: Failure
}

interface Semaphore {
  readonly most: number
  free: number
  readonly waiters: Task[]
  /** Who has taken the permits that are out, the longest ago first. */
  readonly holders: Task[]
}

const CANCELLED: Failure = { error: 'ERR_TASK_CANCELLED' }
const done = (value?: unknown): Settled => ({ value })
const refused = (error: string): Settled => ({ error })
const isFailure = (settled: Settled): settled is Failure => 'error' in settled

/** An effect of the reference: called with the task that performs it, it answers, or parks the task. */
type Request = (task: Task) => Settled | undefined | 'called'

/** What one run gives. */
export interface TaskOutcome {
  readonly ended: unknown
  readonly tasks: string[]
  readonly state: unknown
  readonly log: unknown[]
  readonly trace: string[]
}

export function interpretTasks(nodes: readonly TaskNode[], trace: string[] = []): TaskOutcome {
  const world: World = { trace, waitables: [], tasks: [], promises: [], semaphore: undefined }
  const ready: Record<Priority, Task[]> = { high: [], normal: [], idle: [] }
  const semaphores: Semaphore[] = []
  const everything: Waited[] = []
  const log: unknown[] = []
  let state: unknown
  let order = 0
  let running: Task | undefined

  function settle(own: Waited, settled: Settled): void {
    own.settled = settled
    own.order = ++order
    while (own.waiters.length > 0) {
      const waiter = own.waiters[0] as Task
      const answer = waiter.answer(settled)
      if (answer === undefined) own.waiters.shift()
      else wake(waiter, answer)
    }
  }

  function wake(task: Task, by: Wake): void {
    for (const { waiters } of [...everything, ...semaphores]) while (remove(waiters, task));
    const isReady = task.wake !== undefined
    task.wake = by
    if (!isReady) ready[task.priority].push(task)
  }

  function cancel(task: Task): void {
    if (task.settled !== undefined || task.closing || task.cancelled) return
    task.cancelled = true
    if (task !== running) wake(task, 'cancel')
  }

  /** The running task parks until one of these settles. */
  function waitFor(task: Task, all: Waited[], answer: Task['answer']): undefined {
    for (const each of all) if (each.settled === undefined) each.waiters.push(task)
    task.answer = answer
  }

  function giveBack(semaphore: Semaphore): void {
    const next = semaphore.waiters[0]
    if (next === undefined) semaphore.free++
    else {
      semaphore.holders.push(next)
      wake(next, done())
    }
  }

  function allOf(all: Waited[]): Settled | undefined {
    const failure = all.find(({ settled }) => settled !== undefined && isFailure(settled))
    if (failure !== undefined) return failure.settled
    if (all.some(({ settled }) => settled === undefined)) return undefined
    return done(all.map(({ settled }) => (settled as Success).value))
  }

  function firstOf(all: Waited[]): Settled | undefined {
    const [first] = all.filter(({ settled }) => settled !== undefined).toSorted((a, b) => a.order - b.order)
    if (first?.settled === undefined || isFailure(first.settled)) return first?.settled
    return done([all.indexOf(first), first.settled.value])
  }

  const perform = <A = unknown>(request: Request, suspends = false): Step<A> => ({
    *[Symbol.iterator]() {
      return (yield [request, suspends]) as A
    },
  })
  const at = (act: () => Settled) => perform(() => act())

  const effects: Effects = {
    tell: message => at(() => done(void log.push(message))),
    put: value => at(() => done(void (state = value))),
    get: () => at(() => done(state)),
    ask: answer => perform<number>(() => done(answer)),
    yield: () => perform(task => void wake(task, done()), true),
    spawn: (body, _name, priority) =>
      at(() => {
        const task = begin(body(), priority)
        wake(task, done())
        return done(task)
      }),
    wait: of => perform(task => (of as Waited).settled ?? waitFor(task, [of as Waited], settled => settled), true),
    gather: of => {
      const all = of as Waited[]
      const answer = (settled: Settled) => (isFailure(settled) ? settled : allOf(all))
      return perform(task => allOf(all) ?? waitFor(task, all, answer), true)
    },
    race: of => {
      const all = of as Waited[]
      return perform(task => firstOf(all) ?? waitFor(task, all, () => firstOf(all)), true)
    },
    cancel: task => at(() => done(cancel(task as Task))),
    promise: () =>
      perform(() => {
        const promise: Waited = { order: 0, waiters: [] }
        everything.push(promise)
        return done({ future: promise })
      }),
    complete: (promise, value) => settling(promise, done(value)),
    fail: (promise, error) => settling(promise, refused(error)),
    semaphore: most =>
      at(() => {
        const semaphore: Semaphore = { most, free: most, waiters: [], holders: [] }
        semaphores.push(semaphore)
        return done(semaphore)
      }),
    acquire: semaphore => perform(task => acquire(semaphore as Semaphore, task), true),
    release: semaphore => perform(task => release(semaphore as Semaphore, task)),
    call,
    answering: (_answer, body) => call(body),
  }

  function settling(promise: unknown, settled: Settled): Step {
    const { future } = promise as { future: Waited }
    return at(() => {
      if (future.settled !== undefined) return refused('ERR_ALREADY_SETTLED')
      settle(future, settled)
      return done()
    })
  }

  function acquire(semaphore: Semaphore, task: Task): Settled | undefined {
    if (semaphore.free === 0) return void semaphore.waiters.push(task)
    semaphore.free--
    semaphore.holders.push(task)
    return done()
  }

  function release(semaphore: Semaphore, task: Task): Settled {
    if (semaphore.free === semaphore.most) return refused('ERR_TOO_MANY_PERMITS')
    // Who has none gives back the one that was taken the longest ago.
    if (!remove(semaphore.holders, task)) semaphore.holders.shift()
    giveBack(semaphore)
    return done()
  }

  function begin(frame: Frame, priority: Priority): Task {
    const flags = {
      cancelled: false,
      closing: false,
      doomed: 0,
      completion: CANCELLED,
      wake: undefined,
      answer: (settled: Settled) => settled,
    }
    const task: Task = { frames: [frame], priority, order: 0, waiters: [], ...flags }
    everything.push(task)
    return task
  }

  function call(body: () => unknown): Step {
    return perform(task => {
      task.frames.push(body() as Frame)
      return 'called'
    })
  }

  /** A turn: the task goes on until it parks or ends. */
  function go(task: Task, by: Wake): void {
    running = task
    task.wake = undefined
    if (by === 'cancel') {
      task.closing = true
      task.doomed = task.frames.length
    }
    let next = by
    for (;;) {
      const frame = task.frames.at(-1)
      if (frame === undefined) return end(task, next === 'cancel' ? task.completion : next)
      const step = stepped(frame, next)
      if (typeof step === 'string' || step.done === true) {
        task.frames.pop()
        const ended = typeof step === 'string' ? refused(step) : done(step.value)
        // What a frame that is being closed gives is dropped; an error replaces the completion. The others are closed.
        const isDoomed = task.frames.length < task.doomed
        if (isDoomed) task.doomed = task.frames.length
        if (isDoomed && isFailure(ended)) task.completion = ended
        next = isDoomed ? 'cancel' : ended
        continue
      }
      const [request, suspends] = step.value as [Request, boolean]
      const isDue = suspends && task.cancelled && !task.closing
      const answer = isDue ? undefined : request(task)
      if (answer === undefined) {
        running = undefined
        // A cancelled task is closed when its turn comes.
        if (isDue) wake(task, 'cancel')
        return
      }
      next = answer === 'called' ? done() : answer
    }
  }

  /** One step of a frame; what it throws as a string. */
  function stepped(frame: Frame, by: Wake): IteratorResult<unknown, unknown> | string {
    try {
      if (by === 'cancel') return frame.return(undefined)
      return isFailure(by) ? frame.throw(by.error) : frame.next(by.value)
    } catch (error) {
      if (typeof error !== 'string') throw error
      return error
    }
  }

  function end(task: Task, settled: Settled): void {
    running = undefined
    settle(task, settled)
    for (const semaphore of semaphores) {
      while (remove(semaphore.holders, task)) if (task.closing) giveBack(semaphore)
    }
  }

  const root = begin(main(nodes, world, effects) as Frame, 'normal')
  wake(root, done())
  while (root.settled === undefined) {
    const task = ready.high.shift() ?? ready.normal.shift() ?? ready.idle.shift()
    if (task === undefined) wake(root, refused('ERR_DEADLOCK'))
    else go(task, task.wake as Wake)
  }
  const { settled: ended } = root
  if (isFailure(ended)) throw new Error(`the root ended with ${ended.error}`)
  return { ended: ended.value, tasks: (world.tasks as Task[]).map(statusOf), state, log, trace: world.trace }
}

function statusOf({ settled }: Task): string {
  if (settled === undefined) return 'pending'
  if (settled === CANCELLED) return 'cancelled'
  return isFailure(settled) ? 'failed' : 'done'
}

/** Takes the first of it out; false when there is none. */
function remove<T>(from: T[], item: T): boolean {
  const at = from.indexOf(item)
  if (at >= 0) from.splice(at, 1)
  return at >= 0
}
