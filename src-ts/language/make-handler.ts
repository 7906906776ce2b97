// `handler`: how handlers begin. Clause by clause, for a family of effects at once, around a resource, or with a state of their own.

import { bracketing } from './bracketing'
import { asHandler } from './catch-all'
import { asFunction } from './clause'
import { handlerOfFamily, type EffectsOf, type FamilyClauses, type FamilyResults } from './family'
import { Handler, type AnyHandler, type FunRow } from './handler'
import { asProgram, type Program } from './program'
import type { RowOf } from './effect-row'
import type { Around } from './native-spec'

/**
 * Starts a handler; the name appears in messages and traces. With a family of effects, the handler has a clause for each of them:
 * a missing one does not compile, and is refused by name.
 *
 * @throws InvalidHandlerError when a clause of the family is missing, or there is one that it does not have.
 * @example
 * const Roll = effect('Roll')<[sides: number], number>()
 * const loaded = handler('loaded').fun(Roll, sides => sides)
 * run(Do(function* () { return yield* Roll(6) })().with(loaded)) // 6
 * const Dice = effects('Dice', { roll: op<[sides: number], number>(), shake: op() })
 * const fair = handler('fair', Dice, { roll: () => 4, shake: () => undefined })
 * run(Dice.shake().flatMap(() => Dice.roll(6)).with(fair)) // 4
 */
export function handler(name: string): Handler
export function handler<F, Results extends FamilyResults<F>>(
  name: string,
  family: F,
  clauses: FamilyClauses<F, Results>,
): Handler<EffectsOf<F>, FunRow<Results[keyof Results]>>
export function handler(name: string, ...rest: [family?: unknown, clauses?: unknown]): unknown {
  if (rest.length > 0) return handlerOfFamily(String(name), rest[0], rest[1])
  return new Handler(String(name), [], undefined, undefined)
}

/** A handler that is another one, made where it is installed. */
function installing(name: string, around: Around): AnyHandler {
  return new Handler(name, [], undefined, undefined, undefined, around, true) as unknown as AnyHandler
}

/**
 * A handler around a resource: where it is installed, `acquire` is run, the handler that `make` makes of what it has answered is
 * installed, and `release` is run when the handled program ends, however it ends. As in `bracket`, neither is cancelled. What
 * they perform goes outward.
 *
 * @throws InvalidHandlerError, InvalidProgramError when an argument is something else.
 * @example
 * const Query = effect('Query')<[sql: string], string>()
 * const events: string[] = []
 * const open = Do(function* () { events.push('open'); return (sql: string) => `rows of ${sql}` })
 * const close = Do(function* (_connection: unknown) { events.push('close') })
 * const database = handler.resource('database', open(), close, query => handler('queries').fun(Query, query))
 * run(Query('users').with(database)) // 'rows of users'
 * events // ['open', 'close']
 */
handler.resource = function <Resource, E, Release extends Program<unknown, unknown>, H, P, F, R, A>(
  name: string,
  acquire: Program<Resource, E>,
  release: (resource: Resource) => Release,
  make: (resource: Resource) => Handler<H, P, F, R, A>,
): Handler<H, P | E | RowOf<Release>, F, R, A> {
  const owner = String(name)
  const checked = asProgram(acquire, `handler.resource('${owner}', …)`)
  asFunction(release, owner, 'release')
  asFunction(make, owner, 'resource')
  return installing(owner, body =>
    bracketing({
      acquire: checked,
      use: resource => body.with(asHandler(make(resource as Resource), owner) as Handler) as Program<unknown, unknown>,
      release: resource => asProgram(release(resource as Resource), owner),
      cancelable: false,
    }),
  ) as never
}

/**
 * A handler with a state of its own for each installation: `init` is called where it is installed, and `make` gives the handler
 * that works on the state. So a handler value may be installed many times, and runs do not see each other's state.
 *
 * @throws InvalidHandlerError when an argument is something else.
 * @example
 * const Log = effect('Log')<[line: string]>()
 * const collecting = handler.local(
 *   () => [] as string[],
 *   lines => handler('collecting').fun(Log, line => { lines.push(line) }).returns(() => lines),
 * )
 * run(Log('a').with(collecting)) // ['a']
 * run(Log('b').with(collecting)) // ['b']
 */
handler.local = function <State, H, P, F, R, A>(
  init: () => State,
  make: (state: State) => Handler<H, P, F, R, A>,
): Handler<H, P, F, R, A> {
  asFunction(init, 'handler.local', 'state')
  asFunction(make, 'handler.local', 'state')
  return installing(
    'local',
    body => body.with(asHandler(make(init()), 'handler.local') as Handler) as Program<unknown, unknown>,
  ) as never
}
