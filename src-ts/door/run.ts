// Carrying out a whole run, synchronously or not; and the pool of machines behind `run` and `runAsync`.

import { Conductor } from './run-async'
import { advance, begin, finish } from '../driver/loop'
import { NativePromise } from '../builtins/intrinsics'
import {
  checkedOptions,
  checkedRunOptions,
  NO_OPTIONS,
  type AsyncOptions,
  type CheckedOptions,
  type RunOptions,
} from './options'
import type { Program } from '../language/program'
import type { Async, RealTime } from '../language/effect-row'
import { Run, Status } from '../machine/run'
import { Stack } from '../builtins/stack'
import { asRunnable, type Checked, type ResultOfRun, type Runnable } from '../language/named'

/** More than any program takes between two looks at the clock; the loop just goes on. */
const MANY_STEPS = 2 ** 30

/** Runs a program to its end on an idle machine. @throws the program's own error, unchanged. @internal */
export function execute(run: Run, program: Program<unknown, unknown>, options = NO_OPTIONS): unknown {
  run.isComputing = true
  if (options !== NO_OPTIONS) run.describe(options)
  try {
    begin(run, program)
    while (run.status === Status.RUNNING) advance(run, MANY_STEPS)
  } catch (error) {
    run.isLeft = true
    run.leftBy = error
    throw error
  } finally {
    run.isComputing = false
  }
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
 * @throws InvalidProgramError when `program` is not a program; TypeError when an option is of no use.
 * @example
 * run(pure(42)) // 42
 */
export function run<P extends Runnable>(program: Checked<P>, options?: RunOptions): ResultOfRun<P>
export function run(program: unknown, options?: RunOptions): unknown {
  const runnable = asRunnable(program)
  const checked = options === undefined ? NO_OPTIONS : checkedRunOptions(options, 'run')
  const machine = idle.pop() ?? new Run()
  try {
    return execute(machine, runnable, checked)
  } finally {
    giveBack(machine)
  }
}

/** Runs a program to its end, waiting for the outside where it asks to. @throws the program's own error. @internal */
export function executeAsync(run: Run, program: Program<unknown, unknown>, options: CheckedOptions): Promise<unknown> {
  return new NativePromise((resolve, reject) => {
    const { signal } = options
    if (signal?.aborted === true) throw signal.reason
    new Conductor(run, options, resolve, reject).start(program, options)
  })
}

/**
 * Runs a program that may wait for the outside and gives a promise of its result. While the program computes, the
 * event loop gets its turn every few milliseconds.
 *
 * Rejects with the program's own error; with the signal's reason when it was aborted. A run that cannot begin, because an
 * option is wrong or the stack is full, rejects before anything has happened.
 *
 * @throws InvalidProgramError when `program` is not a program; TypeError, RangeError when an option is of no use.
 * @example
 * const later = AsyncEscape(() => Promise.resolve(42))
 * await runAsync(later) // 42
 */
export function runAsync<P extends Runnable>(
  program: Checked<P, Async | RealTime>,
  options?: AsyncOptions,
): Promise<ResultOfRun<P>>
export async function runAsync(program: unknown, options: AsyncOptions = {}): Promise<unknown> {
  const runnable = asRunnable(program)
  const checked = checkedOptions(options, 'runAsync')
  const machine = idle.pop() ?? new Run()
  try {
    return await executeAsync(machine, runnable, checked)
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
