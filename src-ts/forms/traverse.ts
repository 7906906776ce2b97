// Traversing: one program for each item, one after the other or several at a time.

import { each } from '../builtins/iterate'
import { InvalidProgramError } from '../messages/errors'
import { append, map } from '../builtins/intrinsics'
import { Kind, Program, type AnswerOf } from '../language/program'
import { Until } from '../wire/protocol'
import type { RowOf } from '../language/effect-row'
import { child, type Form } from '../machine/form'
import { form, isPending, join, lost, type StructuredEffect } from './structured'
import { show } from '../messages/show'

type AnyProgram = Program<unknown, unknown>
type Each = (item: unknown, index: number) => AnyProgram
type Steps<R> = Generator<AnyProgram, R, unknown>

/** How a list is traversed. */
export interface TraverseOptions {
  /** How many items at a time; a positive integer. */
  readonly concurrency: number
}

/**
 * Runs `f` on each item in order and collects the results. With a `concurrency`, up to so many run side by side as tasks;
 * when one fails, the others are cancelled and unwound.
 *
 * @throws InvalidProgramError when the concurrency is not a positive integer.
 * @example
 * run(traverse([1, 2], n => pure(n * 10))) // [10, 20]
 * run(traverse([1, 2, 3], n => Yield().map(() => n * 10), { concurrency: 2 }).with(scheduled())) // [10, 20, 30]
 */
export function traverse<T, P extends Program<unknown, unknown>>(
  items: Iterable<T>,
  f: (item: T, index: number) => P,
): Program<AnswerOf<P>[], RowOf<P>>
export function traverse<T, P extends Program<unknown, unknown>>(
  items: Iterable<T>,
  f: (item: T, index: number) => P,
  options: TraverseOptions,
): Program<AnswerOf<P>[], RowOf<P> | StructuredEffect>
export function traverse(items: Iterable<unknown>, f: unknown, options?: TraverseOptions): AnyProgram {
  if (options === undefined) return new Program(Kind.CALL, null, inOrder, items, f, 2)
  const { concurrency } = options
  if (concurrency !== Infinity && (!Number.isInteger(concurrency) || concurrency < 1)) {
    throw new InvalidProgramError(`traverse: the concurrency is a positive integer, not ${show(concurrency)}.`)
  }
  return new Program(Kind.CALL, null, concurrently, [items, f, concurrency], undefined, 3)
}

/** What the workers of one traversal share. */
interface Traversal {
  readonly queue: readonly unknown[]
  readonly results: unknown[]
  readonly f: Each
  readonly workers: number
  next: number
}

function* inOrder(items: Iterable<unknown>, f: Each): Steps<unknown[]> {
  const results: unknown[] = []
  for (const item of each(items)) append(results, yield f(item, results.length))
  return results
}

function* concurrently(items: Iterable<unknown>, f: Each, concurrency: number): Steps<unknown[]> {
  const queue = [...each(items)]
  const workers = Math.min(concurrency, queue.length)
  const shared: Traversal = { queue, results: map(queue, () => undefined), f, workers, next: 0 }
  yield form(traversing, shared, 'traverse')
  return shared.results
}

/** The steps of the form: each worker begins in place, so items that need not wait take no task at all. */
function* traversing(own: Form, shared: Traversal): Steps<void> {
  for (let at = 0; at < shared.workers && shared.next < shared.queue.length; at++) {
    yield child(own, new Program<unknown, unknown>(Kind.CALL, null, worker, shared, undefined, 1), at)
  }
  if (own.size === 0) return
  if (isPending(own)) yield join(own, Until.ALL)
  const failed = lost(own)
  if (failed !== undefined) throw failed.error()
}

/** Takes one item after the other. */
function* worker(shared: Traversal): Steps<void> {
  const { queue, results, f } = shared
  while (shared.next < queue.length) {
    const at = shared.next++
    results[at] = yield f(queue[at], at)
  }
}
