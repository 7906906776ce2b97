// `start`: which handlers an application may have, and what is put around them.

import { Application } from './application'
import { checkedOptions, type AsyncOptions } from './options'
import { asHandler } from '../language/catch-all'
import type { AnyHandler, Handler } from '../language/handler'
import { each } from '../builtins/iterate'
import { fix, findIndex } from '../builtins/intrinsics'
import { InvalidHandlerError } from '../messages/errors'
import { Clause } from '../wire/protocol'
import type { HandledAsync } from '../language/effect-row'
import type { Identity } from '../language/result-map'
import { scheduled } from '../tasks/scheduled'
import type { SchedulerEffect } from '../effects/scheduler'

/** How an application runs. */
export type StartOptions = Pick<AsyncOptions, 'name' | 'yieldEveryMs' | 'onUnobservedFailure'>

/**
 * Starts an application: installs the handlers once, in a machine of its own, and gives an object that runs programs under
 * them, from any callback. So all programs share what the handlers hold: stores, semaphores, connections, the scheduler.
 * Several handlers are given as one: `compose(outer, inner)`. Outside of them a scheduler is installed, unless there is one
 * among them.
 *
 * A handler that ends programs or changes their results (`final` and return clauses, `catching`) would do so for the
 * application as a whole, so it is refused: give it to each program, `app.run(program.with(handler))`.
 *
 * The process stays alive while a program waits for the outside, not while the application is idle.
 *
 * @throws InvalidHandlerError when `handlers` is no handler, or one that ends programs; TypeError, RangeError when an option
 * is of no use.
 * @example
 * const app = start(compose(state({ visits: 0 }), reader({ greeting: 'Hello' })))
 * const greet = Do(function* (name: string) {
 *   const visits = yield* Modify<number>('visits', n => (n ?? 0) + 1)
 *   return `${yield* Ask<string>('greeting')}, ${name}, ${visits} before you`
 * })
 * await Promise.all([app.run(greet('Ada')), app.run(greet('Bob'))]) // ['Hello, Ada, 0 before you', 'Hello, Bob, 1 before you']
 * await app.close()
 */
export function start(): Application<SchedulerEffect>
export function start<H, P>(
  handlers: Handler<H, P, never, Identity, void> & HandledAsync<Exclude<P, SchedulerEffect>>,
  options?: StartOptions,
): Application<H | SchedulerEffect>
export function start(handlers?: unknown, options: StartOptions = {}): unknown {
  const { name, yieldEveryMs, onUnobservedFailure } = checkedOptions(options, 'start')
  const checked = { signal: undefined, name, yieldEveryMs, onUnobservedFailure, onLeftovers: undefined }
  if (arguments.length === 0) return new Application(root => root.with(scheduled()), checked)
  const handler = asHandler(handlers, 'start') as Handler
  const parts = handler.parts ?? [handler]
  for (const part of each(parts)) checkPart(part)
  const hasScheduler = findIndex(parts, part => part.native?.scheduler !== undefined) !== -1
  return new Application(root => (hasScheduler ? root.with(handler) : root.with(handler).with(scheduled())), checked)
}

/** @throws InvalidHandlerError when the handler would end the application or change what it gives. */
function checkPart(part: AnyHandler): void {
  const { name, clauses, returnClause, native, around, installs } = part
  const final = findIndex(clauses, clause => clause.kind === Clause.FINAL)
  const what =
    final !== -1
      ? `ends programs (final clause for ${clauses[final]?.type?.name ?? 'every effect'})`
      : around !== undefined && !installs
        ? 'catches what programs throw'
        : returnClause !== undefined || native?.mapResult !== undefined
          ? 'changes their results (return clause)'
          : undefined
  if (what === undefined) return
  throw new InvalidHandlerError(`start: ${name} ${what}, so it is for each program: app.run(program.with(${name})).`)
}

// Not every Node that this package runs on has the symbol.
const asyncDispose = (Symbol as { readonly asyncDispose?: symbol }).asyncDispose
if (asyncDispose !== undefined) {
  fix(Application.prototype, asyncDispose, function (this: Application) {
    return this.close()
  })
}
