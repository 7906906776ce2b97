// Carrying out a whole run, synchronously or not; and the pool of machines behind `run` and `runAsync`.

import { Conductor } from './conductor'
import { advance, begin, finish } from './driver'
import type { Program, ProgramGenerator } from './program'
import type { GeneratorRow, Handled, HandledAsync, ResultOf } from './row'
import { Run, Status } from './run-state'
import type { OnUnobservedFailure } from './scheduler/report'
import { Stack } from './stack'
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
const idle = new Stack<Run>()
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
  /**
   * The event loop gets its turn at least this often, in milliseconds, while the run computes or is woken by what needs no
   * turn of it, such as resolved promises; 5 by default.
   */
  readonly yieldEveryMs?: number
  /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
  readonly onUnobservedFailure?: OnUnobservedFailure
}

/** Runs a program to its end, waiting for the outside where it asks to. @throws the program's own error. @internal */
export function executeAsync(
  run: Run,
  program: Program<unknown, unknown>,
  options: AsyncOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted()
    run.mayWait = true
    run.tracksContexts = true
    begin(run, program)
    run.onUnobservedFailure = options.onUnobservedFailure
    new Conductor(run, options, resolve, reject).goOn()
  })
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

/**
 * Puts a machine back into the pool. One that stopped in the middle of a run is broken, and one that a large program has
 * made grow would keep its memory: they are not reused.
 */
function giveBack(run: Run): void {
  const isReusable = run.status === Status.IDLE && !run.machine.slots.haveGrown()
  if (isReusable && idle.length < MAX_IDLE) idle.push(run)
  else run.machine.close()
}
