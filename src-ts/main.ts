// The main program of a command: runs it, ends it on a signal, and says how it went by the exit code.

import { constants } from 'node:os'

import { each } from './each'
import { runAsync } from './execute'
import { asRunnable } from './start'
import type { Program, ProgramGenerator } from './program'
import type { GeneratorRow, HandledAsync, ResultOf } from './row'
import { formatTrace } from './trace'

/** How the main program is run. */
export interface MainOptions {
  /** Where the report of an error goes; stderr by default. */
  readonly report?: (text: string) => void
  /** Ends the process; `process.exit` by default. */
  readonly exit?: (code: number) => void
}

/** A signal asked the program to end. */
class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`)
    this.name = 'Interrupted'
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs the main program of a command. Exit code 0 when it returns, or the number it returns; 1 when it throws, with the
 * error and its effect trace on stderr. SIGINT and SIGTERM cancel and unwind it, and the exit code says which (130, 143);
 * a second signal ends the process at once.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const main = Do(function* () { return 0 })
 * const codes: number[] = []
 * await runMain(main(), { exit: code => codes.push(code) })
 * codes // [0]
 */
export function runMain<Yielded, R>(
  program: (() => ProgramGenerator<Yielded, R>) & HandledAsync<GeneratorRow<Yielded, R>>,
  options?: MainOptions,
): Promise<ResultOf<R> | undefined>
export function runMain<A, E>(program: Program<A, E> & HandledAsync<E>, options?: MainOptions): Promise<A | undefined>
export async function runMain(program: unknown, options: MainOptions = {}): Promise<unknown> {
  const report = options.report ?? (text => process.stderr.write(`${text}\n`))
  const exit = options.exit ?? (code => process.exit(code))
  const runnable = asRunnable(program)
  const controller = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) exit(codeOf(signal))
    else controller.abort(new Interrupted(signal))
  }
  for (const signal of each(SIGNALS)) process.on(signal, onSignal)
  try {
    const value = await runAsync(runnable as Program<unknown>, { signal: controller.signal })
    end(exit, isExitCode(value) ? value : 0, options)
    return value
  } catch (error) {
    if (error instanceof Interrupted) {
      exit(codeOf(error.signal))
    } else {
      report(formatTrace(error))
      exit(1)
    }
    return undefined
  } finally {
    for (const signal of each(SIGNALS)) process.off(signal, onSignal)
  }
}

/** The program is over: what else keeps the process alive, such as an open server of somebody else's, may go on. */
function end(exit: (code: number) => void, code: number, options: MainOptions): void {
  if (options.exit !== undefined) exit(code)
  else process.exitCode = code
}

function isExitCode(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
}

/** As shells say it: 128 and the number of the signal. */
function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
