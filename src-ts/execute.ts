// Carrying out a whole run, synchronously; and the pool of machines behind the `run` function.

import { advance, begin, finish } from './driver'
import { VmPoisonedError } from './errors'
import type { Program, ProgramGenerator } from './program'
import type { Handled, ResultOf, RowOf } from './row'
import { Run, Status } from './run-state'
import { asRunnable } from './start'

/** More than any program takes between two looks at the clock; the loop just goes on. */
const MANY_STEPS = 2 ** 30

/** Runs a program to its end on an idle machine. @throws the program's own error, unchanged. */
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
export function run<A, E>(program: Program<A, E> & Handled<E>): A
export function run<Yielded, R>(
  program: (() => ProgramGenerator<Yielded, R>) & Handled<RowOf<Yielded>>,
): ResultOf<R>
export function run<Yielded, R>(program: ProgramGenerator<Yielded, R> & Handled<RowOf<Yielded>>): ResultOf<R>
export function run(program: unknown): unknown {
  const runnable = asRunnable(program)
  const machine = idle.pop() ?? new Run()
  try {
    return execute(machine, runnable)
  } finally {
    // A machine that stopped in the middle of a run is broken: it is not reused.
    if (machine.status === Status.IDLE && idle.length < MAX_IDLE) idle.push(machine)
    else machine.machine.close()
  }
}

/** Whether the error says that its machine is broken. @internal */
export function isBroken(error: unknown): boolean {
  return error instanceof VmPoisonedError
}
