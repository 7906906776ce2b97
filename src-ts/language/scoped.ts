// Scoped effects: effects that carry a program, such as a transaction, a span, or a part with another setting. What the clause
// makes of the program runs where the effect was performed, so the program keeps the handlers that it has there, as the
// programs in `Local` and `Listen` do.

import { OwnWeakMap } from '../builtins/collections'
import { asConstructor, newType, type EffectType, type EffectKey } from './effect'
import { InvalidHandlerError, InvalidProgramError } from '../messages/errors'
import { apply, slice } from '../builtins/intrinsics'
import { isGeneratorFunction } from './clause'
import { asProgram, Kind, Program, type ProgramGenerator } from './program'
import { show } from '../messages/show'
import type { Effect } from './effect-row'

/** The effect type of a scoped effect: its payload, then the program. */
export type ScopedEffect<Name extends string, Payload extends readonly unknown[]> = Effect<
  Name,
  [...payload: Payload, program: Program<unknown, unknown>],
  unknown
>

declare const carried: unique symbol

/** Makes effects of one type that carry a program, and answer what the program does. */
export interface ScopedConstructor<Name extends string, Payload extends readonly unknown[]> extends EffectKey<
  ScopedEffect<Name, Payload>
> {
  <A, E>(...args: [...payload: Payload, program: Program<A, E>]): Program<A, E | ScopedEffect<Name, Payload>>
  readonly effectName: Name
  /** Exists in types only. */
  readonly [carried]: Payload
}

/** The constructor of any scoped effect. */
export interface AnyScoped {
  readonly effectName: string
  readonly [carried]: readonly unknown[]
}

declare const body: unique symbol
declare const result: unique symbol

/** Stands for the row of the program that a scoped effect carries, in its clauses: whatever it is, it is kept. */
export interface RowOfBody {
  readonly name: 'what the program performs'
  readonly [body]: true
}

/** Stands for the result of that program, in its clauses: they answer with it, whatever it is. */
export interface ResultOfBody {
  readonly [result]: true
}

/** What a clause for a scoped effect gives: the program that runs in the place of the one it was given, or its steps. */
export type ScopedResult = Program<ResultOfBody, unknown> | ProgramGenerator<unknown, ResultOfBody>

/** A clause for a scoped effect: from the program and the payload to what runs in its place. */
export type ScopedClause<Constructor extends AnyScoped, Result extends ScopedResult> = (
  program: Program<ResultOfBody, RowOfBody>,
  ...payload: Constructor[typeof carried]
) => Result

/**
 * Declares an effect that carries a program: `Span('checkout', program)`. Its handlers say with `.scoped` what is run in place
 * of the program, which keeps its result and its row.
 *
 * @throws InvalidProgramError (at the call of the constructor) when its last argument is no program.
 * @example
 * const Span = scopedEffect('Span')<[name: string]>()
 * const spans: string[] = []
 * const tracing = handler('tracing').scoped(Span, function* (program, name) {
 *   spans.push(`${name} begins`)
 *   const value = yield* program
 *   spans.push(`${name} ends`)
 *   return value
 * })
 * const work = Do(function* () { return (yield* Ask<number>('n')) + 1 })
 * const outer = reader({ n: 0 })
 * run(Span('work', work()).with(reader({ n: 41 })).with(tracing).with(outer)) // 42
 * spans // ['work begins', 'work ends']
 */
export function scopedEffect<const Name extends string>(
  name: Name,
): <Payload extends readonly unknown[] = []>() => ScopedConstructor<Name, Payload> {
  return () => {
    const type = newType(String(name), false)
    scopedTypes.set(type, true)
    const perform = function (...args: unknown[]): Program {
      const last = args.length - 1
      args[last] = asProgram(args[last], type.name)
      return new Program(Kind.PERFORM, type, args[0], args[1], args.length > 3 ? slice(args, 2) : args[2], args.length)
    }
    return asConstructor(perform as never, type) as never
  }
}

const scopedTypes = new OwnWeakMap<EffectType, true>()

/** The function of a `fun` clause that a clause for a scoped effect is. @throws InvalidHandlerError when it is none. @internal */
export function scopedFunction(clause: unknown, type: EffectType, owner: string): unknown {
  if (!scopedTypes.has(type)) {
    throw new InvalidHandlerError(
      `${type.name} carries no program: declare it with scopedEffect('${type.name}'), or answer it with .fun(…).`,
    )
  }
  return (...args: unknown[]): unknown => {
    const last = args.length - 1
    const given = [args[last], ...slice(args, 0, last)]
    if (isGeneratorFunction(clause)) return new Program(Kind.CALL, null, clause, given, undefined, MANY)
    const made = apply(clause as () => unknown, undefined, given)
    if (made instanceof Program) return made
    throw new InvalidProgramError(
      `The scoped clause of ${owner} for ${type.name} gives the program that runs in its place, not ${show(made)}.`,
    )
  }
}

/** More arguments than a call keeps without a list. */
const MANY = 3
