// The main program of a command: runs it, ends it on a signal, and says how it went by the exit code.

import { constants } from 'node:os'

import { each } from '../builtins/iterate'
import { runAsync } from './run'
import { abortBy, Controller, indexOf, isInteger, signalOf } from '../builtins/intrinsics'
import { dumpTasksOn } from './dump'
import { checkFunction } from '../messages/check'
import { asRunnable, type Checked, type ResultOfRun, type Runnable } from '../language/named'
import type { Program } from '../language/program'
import type { Async, RealTime } from '../language/effect-row'
import type { OnUnobservedFailure } from '../machine/report'
import { show } from '../messages/show'
import { formatTrace } from '../language/trace'

/** How the main program is run. */
export interface MainOptions {
  /** Where the report of an error goes; stderr by default. */
  readonly report?: (text: string) => void
  /** Ends the process; `process.exit` by default. */
  readonly exit?: (code: number) => void
  /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
  readonly onUnobservedFailure?: OnUnobservedFailure
  /** A signal that makes the process write all its runs and tasks to stderr, and go on; `SIGUSR2` is free for that. */
  readonly dumpOn?: NodeJS.Signals
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
 * Runs the main program of a command. When it returns a number, that is the exit code; when it returns anything else,
 * `process.exitCode` stays what it is: 0, unless somebody has set it. Exit code 1 when it throws, or returns a number that
 * is no exit code (an integer from 0 to 255), with the error and its effect trace on stderr. SIGINT and SIGTERM cancel and
 * unwind it, and the exit code says which (130, 143); a second signal ends the process at once.
 *
 * @throws InvalidProgramError when `program` is not a program; TypeError when an option is not a function.
 * @example
 * const main = Do(function* () { return 0 })
 * const codes: number[] = []
 * await runMain(main(), { exit: code => codes.push(code) })
 * codes // [0]
 */
export function runMain<P extends Runnable>(
  program: Checked<P, Async | RealTime>,
  options?: MainOptions,
): Promise<ResultOfRun<P> | undefined>
export async function runMain(program: unknown, options: MainOptions = {}): Promise<unknown> {
  const { report = reportToStderr, exit: ownExit, onUnobservedFailure, dumpOn } = options
  checkFunction(report, 'runMain', 'report')
  checkFunction(ownExit, 'runMain', 'exit')
  checkFunction(onUnobservedFailure, 'runMain', 'onUnobservedFailure')
  checkSignal(dumpOn)
  const exit = ownExit ?? (code => process.exit(code))
  const runnable = asRunnable(program)
  const controller = new Controller()
  const signal = signalOf(controller)
  let interrupted: NodeJS.Signals | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    if (interrupted !== undefined) exit(codeOf(name))
    interrupted ??= name
    abortBy(controller, new Interrupted(name))
  }
  for (const name of each(SIGNALS)) process.on(name, onSignal)
  const dumpNoMore = dumpOn === undefined ? undefined : dumpTasksOn(dumpOn)
  try {
    const value = await runAsync(runnable as Program<unknown>, {
      signal,
      ...(onUnobservedFailure !== undefined && { onUnobservedFailure }),
    })
    checkCode(value)
    end(value, ownExit)
    return value
  } catch (error) {
    // By identity, because what was thrown may be a Proxy that cannot be asked what it is an instance of.
    if (interrupted !== undefined && error === signal.reason) exit(codeOf(interrupted))
    else fail(error, report, exit)
    return undefined
  } finally {
    for (const name of each(SIGNALS)) process.off(name, onSignal)
    dumpNoMore?.()
  }
}

/** @throws TypeError when the signal is none that a program can listen to. */
function checkSignal(signal: unknown): void {
  if (signal === undefined) return
  const isFree = typeof signal === 'string' && signal in constants.signals && !includesSignal(signal)
  if (!isFree) throw new TypeError(`runMain: dumpOn is a signal such as 'SIGUSR2', not ${show(signal)}.`)
}

/** These end the program, or cannot be listened to. */
function includesSignal(signal: string): boolean {
  return indexOf([...each(SIGNALS), 'SIGKILL', 'SIGSTOP', 'SIGUSR1'], signal) !== -1
}

function reportToStderr(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** A count that was meant as the result must not say that all is well, which 256 would. */
function checkCode(value: unknown): void {
  if (typeof value !== 'number' || (isInteger(value) && value >= 0 && value <= 255)) return
  throw new RangeError(`The main program returned ${show(value)}; an exit code is an integer from 0 to 255.`)
}

/** The program is over: what else keeps the process alive, such as an open server of somebody else's, may go on. */
function end(value: unknown, ownExit: MainOptions['exit']): void {
  if (ownExit !== undefined) ownExit(typeof value === 'number' ? value : Number(process.exitCode ?? 0))
  else if (typeof value === 'number') process.exitCode = value
}

/** The process ends with 1, whether or not the error can be reported. */
function fail(error: unknown, report: (text: string) => void, exit: (code: number) => void): void {
  try {
    report(formatTrace(error))
  } finally {
    exit(1)
  }
}

/** As shells say it: 128 and the number of the signal. */
function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
