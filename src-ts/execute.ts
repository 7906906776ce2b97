// Carrying out a whole run, synchronously or not; and the pool of machines behind `run` and `runAsync`.

import { abort, advance, begin, finish } from './driver'
import type { Program, ProgramGenerator } from './program'
import type { GeneratorRow, Handled, HandledAsync, ResultOf } from './row'
import { Run, Status } from './run-state'
import type { OnUnobservedFailure } from './scheduler/report'
import { hear } from './scheduler/schedule'
import { asRunnable } from './start'

/** More than any program takes between two looks at the clock; the loop just goes on. */
const MANY_STEPS = 2 ** 30

/** Runs a program to its end on an idle machine. @throws the program's own error, unchanged. @internal */
export function execute(run: Run, program: Program<unknown, unknown>): unknown {
  begin(run, program)
  while (run.status === Status.RUNNING) advance(run, MANY_STEPS)
  return finish(run)
}

/** Idle machines for `run`; a run inside of a run takes another one. */
const idle: Run[] = []
const MAX_IDLE = 8

/**
 * Runs a program and gives its result. The program's own error is thrown as it is. May be called from anywhere, from
 * inside a handler too.
 *
 * Its cost is that of starting one generator; the machines behind it are reused.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * run(pure(42)) // 42
 */
export function run<Yielded, R>(
  program: ((() => ProgramGenerator<Yielded, R>) | ProgramGenerator<Yielded, R>) & Handled<GeneratorRow<Yielded, R>>,
): ResultOf<R>
export function run<A, E>(program: Program<A, E> & Handled<E>): A
export function run(program: unknown): unknown {
  const runnable = asRunnable(program)
  const machine = idle.pop() ?? new Run()
  try {
    return execute(machine, runnable)
  } finally {
    giveBack(machine)
  }
}

/** How an asynchronous run is to be carried out. */
export interface AsyncOptions {
  /**
   * Aborting it ends the run: everything is unwound, and waited for where cleanup waits; then `runAsync` rejects with the
   * signal's reason.
   */
  readonly signal?: AbortSignal
  /** The event loop gets its turn at least this often while the run computes, in milliseconds; 5 by default. */
  readonly yieldEveryMs?: number
  /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
  readonly onUnobservedFailure?: OnUnobservedFailure
}

/** Steps between two looks at the clock: some microseconds of work. */
const STEPS_PER_LOOK = 1024

/** Runs a program to its end, waiting for the outside where it asks to. @throws the program's own error. @internal */
export async function executeAsync(
  run: Run,
  program: Program<unknown, unknown>,
  { signal, yieldEveryMs = 5, onUnobservedFailure }: AsyncOptions = {},
): Promise<unknown> {
  signal?.throwIfAborted()
  begin(run, program)
  run.onUnobservedFailure = onUnobservedFailure
  run.mayWait = true
  let listening = signal
  let looked = performance.now()
  while (run.status === Status.RUNNING || run.status === Status.WAITING) {
    if (listening?.aborted === true) {
      // Cleanup may wait: whoever awaits the run waits for it, and nothing interrupts it.
      listening = undefined
      abort(run)
    }
    if (run.status === Status.WAITING) {
      await settle(run, listening)
      looked = performance.now()
      continue
    }
    advance(run, STEPS_PER_LOOK)
    if (run.inbox.length > 0) hear(run)
    if (performance.now() - looked < yieldEveryMs) continue
    await nextTurnOfTheEventLoop()
    looked = performance.now()
  }
  const value = finish(run)
  if (signal !== listening) throw signal?.reason
  return value
}

/** Awaits what the run waits for and feeds it the outcome; an abort interrupts the waiting. */
async function settle(run: Run, signal: AbortSignal | undefined): Promise<void> {
  const awaited = run.awaited as (signal: AbortSignal) => unknown
  const interrupt = interruptible(signal)
  const alive = run.parked && run.refs > 0 ? setInterval(() => {}, LONGEST) : undefined
  try {
    const value = await Promise.race([awaited(signal ?? neverAborted), interrupt.promise])
    if (signal?.aborted !== true) run.feed(value, false)
  } catch (error) {
    if (signal?.aborted !== true) run.feed(error, true)
  } finally {
    clearInterval(alive)
    interrupt.release()
  }
}

/** A signal that is never aborted. @internal */
export const neverAborted: AbortSignal = new AbortController().signal
/** Timers cannot be set for longer than this; it keeps the process alive. */
const LONGEST = 0x7fff_ffff

/** A promise that resolves when the signal is aborted, and the way to stop listening. */
function interruptible(signal: AbortSignal | undefined): { promise: Promise<void>; release: () => void } {
  let wake!: () => void
  const promise = new Promise<void>(resolve => {
    wake = resolve
  })
  signal?.addEventListener('abort', wake, { once: true })
  return { promise, release: () => signal?.removeEventListener('abort', wake) }
}

/** Ends a run from outside, at once: every frame's cleanup runs, and none may wait. @throws the error of a cleanup that failed. @internal */
export function unwindAll(run: Run): void {
  run.mayWait = false
  abort(run)
  while (run.status === Status.RUNNING) advance(run, MANY_STEPS)
  finish(run)
}

function nextTurnOfTheEventLoop(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/**
 * Runs a program that may wait for the outside and gives a promise of its result. While the program computes, the
 * event loop gets its turn every few milliseconds.
 *
 * Rejects with the program's own error; with the signal's reason when it was aborted.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const later = AsyncEscape(() => Promise.resolve(42))
 * await runAsync(later) // 42
 */
export function runAsync<Yielded, R>(
  program: (() => ProgramGenerator<Yielded, R>) & HandledAsync<GeneratorRow<Yielded, R>>,
  options?: AsyncOptions,
): Promise<ResultOf<R>>
export function runAsync<A, E>(program: Program<A, E> & HandledAsync<E>, options?: AsyncOptions): Promise<A>
export async function runAsync(program: unknown, options: AsyncOptions = {}): Promise<unknown> {
  const runnable = asRunnable(program)
  const machine = idle.pop() ?? new Run()
  try {
    return await executeAsync(machine, runnable, options)
  } finally {
    giveBack(machine)
  }
}

/** Puts a machine back into the pool. One that stopped in the middle of a run is broken: it is not reused. */
function giveBack(run: Run): void {
  if (run.status === Status.IDLE && idle.length < MAX_IDLE) idle.push(run)
  else run.machine.close()
}
