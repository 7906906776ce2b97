// Observing: a handler that sees every effect and answers none.

import { Delegate } from './control'
import { asHandler, type CatchAll } from './catch-all'
import { Handler } from './handler'
import { map } from '../builtins/intrinsics'

/**
 * A handler that calls `see` on every effect that reaches it, and lets the search go on outside. It changes nothing: the
 * program behaves as without it, unless `see` throws.
 *
 * @throws InvalidHandlerError when `see` is not a function.
 * @example
 * const seen: string[] = []
 * const watching = observe(effect => seen.push(String(effect)))
 * run(Get('n').with(watching).with(state({ n: 42 }))) // 42
 * seen // ["Get('n')"]
 */
export function observe(see: (effect: unknown) => void): Handler {
  const catchAll = asHandler(
    ((effect: unknown) => {
      see(effect)
      return Delegate()
    }) as CatchAll,
    'observe',
  ) as Handler
  return new Handler(
    'observe',
    map(catchAll.clauses, clause => ({ ...clause, owner: 'observe' })),
    undefined,
    undefined,
  )
}
