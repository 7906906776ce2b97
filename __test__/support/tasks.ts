// Programs with tasks, for tests: run under a scheduler, on a VM that must hold nothing afterwards.

import { scheduled, type AsyncOptions, type ProgramGenerator, Do, type SchedulerOptions } from '../../index'
import { newVm, thrownBy } from './leaks'

type Body<R> = () => ProgramGenerator<unknown, R>

/** Runs `body` as the root task of a scheduler; no handlers stand between them. */
export function go<R>(body: Body<R>, options?: SchedulerOptions): R {
  return newVm().run(Do(body)().with(scheduled(options))) as R
}

/** As {@link go}, where tasks may wait for the outside. */
export function goAsync<R>(body: Body<R>, options?: AsyncOptions): Promise<R> {
  return newVm().runAsync(Do(body)().with(scheduled()), options) as Promise<R>
}

/** What {@link go} throws; fails when it returns. */
export function failureOfTasks(body: Body<unknown>, options?: SchedulerOptions): unknown {
  return thrownBy(() => go(body, options))
}

/** What `promise` rejects with; fails when it resolves. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`nothing was thrown, the result was ${String(value)}`)
}

/** Lets the event loop go round: timers that are due fire, I/O that is done is told. */
export function turnOfTheEventLoop(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Collects process warnings of this package while `action` runs; gives their codes and messages. */
export async function warningsDuring(action: () => unknown): Promise<{ code: string; message: string }[]> {
  const warnings: { code: string; message: string }[] = []
  const emit = jest.spyOn(process, 'emitWarning').mockImplementation(((message: string, options: { code: string }) => {
    warnings.push({ code: options.code, message: String(message) })
  }) as never)
  try {
    await action()
  } finally {
    emit.mockRestore()
  }
  return warnings
}
