// Composition: several handlers as one value. Installing it installs them all, the first as the outermost.

import { each } from '../builtins/iterate'
import { InvalidHandlerError } from '../messages/errors'
import { asHandler } from './catch-all'
import { Handler, type AnyHandler } from './handler'
import { append, find, join, map } from '../builtins/intrinsics'
import type { Program } from './program'
import type { Identity, ResultMap, ResultUnder, RowMap, Then, ThenInRow } from './result-map'

/**
 * What becomes of the body's result when `Outer` maps what `Inner` has mapped, and what its clauses `Ends` the body with.
 * An outer one that asks for the row sees what the inner one leaves of it.
 */
type ThenResult<Inner, Outer, Takes, Performs, Ends> = Outer extends Identity
  ? Inner
  : Outer extends RowMap
    ? ThenInRow<Inner, Outer, Takes, Performs, Ends>
    : Inner extends Identity
      ? Outer
      : Inner extends ResultMap
        ? Then<Inner, Outer>
        : ResultUnder<Outer, Inner>

/** What becomes, under `Outer`, of what the clauses of an inner handler end the body with. */
type EndsUnder<Ends, Outer> = [Ends] extends [never] ? never : Outer extends RowMap ? never : ResultUnder<Outer, Ends>

/** Which results of the body both accept; none when the outer handler cannot take what the inner one gives. */
type BothAccept<InnerAccepts, InnerEnds, InnerResult, OuterAccepts> = [InnerResult] extends [Identity]
  ? [InnerEnds] extends [OuterAccepts]
    ? InnerAccepts & OuterAccepts
    : never
  : [InnerEnds | ResultUnder<InnerResult, unknown>] extends [OuterAccepts]
    ? InnerAccepts
    : never

/** The type of two handlers as one. */
type Inside<Outer, Inner> =
  Outer extends Handler<infer H2, infer P2, infer F2, infer R2, infer A2>
    ? Inner extends Handler<infer H1, infer P1, infer F1, infer R1, infer A1>
      ? Handler<
          H1 | H2,
          Exclude<P1, H2> | P2,
          EndsUnder<F1, R2> | F2,
          ThenResult<R1, R2, H1, P1, F1>,
          BothAccept<A1, F1, R1, A2>
        >
      : never
    : never

/** The type of a list of handlers as one, the first as the outermost. */
export type Composition<Handlers extends readonly unknown[]> = Handlers extends readonly [infer Only]
  ? Only
  : Handlers extends readonly [infer Outer, ...infer Rest]
    ? Inside<Outer, Composition<Rest>>
    : AnyHandler

/**
 * Makes one handler of several, the outermost first: `program.with(compose(a, b))` is `program.with(b).with(a)`. What
 * an inner one performs, the outer ones may take. The composition takes no clauses of its own.
 *
 * @throws InvalidHandlerError when something else than a handler is among them, or nothing.
 * @example
 * const Log = effect('Log')<[line: string]>()
 * const telling = handler('telling').fun(Log, line => Tell(line))
 * const logged = compose(writer(), telling)
 * run(Listen(Do(function* () { yield* Log('hello') })()).with(logged)) // [undefined, []]
 */
export function compose<Handlers extends readonly [AnyHandler, ...AnyHandler[]]>(
  ...handlers: Handlers
): Composition<Handlers>
export function compose(...handlers: unknown[]): AnyHandler {
  const parts: Handler[] = []
  for (const x of each(handlers)) {
    const handler = asHandler(x, 'compose') as Handler
    for (const part of each(handler.parts ?? [handler])) append(parts, part)
  }
  const only = parts[0]
  if (only === undefined) throw new InvalidHandlerError('compose takes at least one handler.')
  if (parts.length === 1) return only
  const name = `compose(${join(
    map(parts, part => part.name),
    ', ',
  )})`
  const isWrapping = find(parts, part => part.around !== undefined) !== undefined
  return new Handler(name, [], undefined, undefined, parts, isWrapping ? body => nest(parts, body) : undefined)
}

/** The body under each of the handlers, the first as the outermost. */
function nest(parts: readonly Handler[], body: Program<unknown, unknown>): Program<unknown, unknown> {
  let inner = body
  for (let at = parts.length - 1; at >= 0; at--) inner = inner.with(parts[at] as Handler)
  return inner
}
