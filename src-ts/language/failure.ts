// Failures: errors that the type of a program knows. A Failure is an ordinary Error of a class of the user's; `fail`
// throws it, and says in the row of the program which one it is.
//
// Nothing here catches; see `catching.ts`.

import { InvalidFailureError } from '../messages/errors'
import { each } from '../builtins/iterate'
import { filter, fix, hasOwn, join, keysOf, map, put } from '../builtins/intrinsics'
import { Kind, Program } from './program'
import type { Control, Fails } from './effect-row'
import { show } from '../messages/show'

declare const tag: unique symbol

/** An error that the type of a program knows, by its name and its fields. */
export interface Failure<out Name extends string = string> extends Error {
  readonly name: Name
  /** Exists in types only: another Error is no Failure. */
  readonly [tag]: Name
}

/** What any failure may be given besides its fields. */
export interface FailureOptions {
  /** Takes the place of the message made from the name and the fields. */
  readonly message?: string
  /** What has caused it. */
  readonly cause?: unknown
}

/** Names of every error's own, which no field can have. */
type Reserved = 'name' | 'stack'

/** What the constructor of a failure with these fields takes. */
export type FailureArguments<Fields> = [keyof Fields & Reserved] extends [never]
  ? [keyof Fields] extends [never]
    ? [options?: FailureOptions]
    : {} extends Fields
      ? [fields?: Readonly<Fields> & FailureOptions]
      : [fields: Readonly<Fields> & FailureOptions]
  : [fields: { readonly 'no field can be called': keyof Fields & Reserved }]

/** What `Failure(name)` gives: the class to extend, once it knows its fields. */
export interface FailureClass<Name extends string> {
  new <Fields extends object = {}>(...fields: FailureArguments<Fields>): Failure<Name> & Readonly<Fields>
}

/** How a failure is made: `class NotFound extends Failure('NotFound')<{ id: number }> {}`. */
export interface FailureMaker {
  <const Name extends string>(name: Name): FailureClass<Name>
  /** Makes `error instanceof Failure` true of every failure. */
  readonly prototype: Failure
}

type Fields = Readonly<Record<string, unknown>>

/** The base of all failures. */
class FailureError extends Error {
  constructor(fields: Fields = {}) {
    const { name } = new.target.prototype
    const names = fieldNames(name, fields)
    super(messageOf(name, names, fields), hasOwn(fields, 'cause') ? { cause: fields['cause'] } : undefined)
    for (const field of each(names)) put(this, field, fields[field])
  }
}

/** The fields that are not every error's own. @throws InvalidFailureError when one cannot be a field. */
function fieldNames(name: string, fields: unknown): string[] {
  if (typeof fields !== 'object' || fields === null) {
    throw new InvalidFailureError(
      `${name} takes its fields as one object, as in new ${name}({ id: 1 }), not ${show(fields)}.`,
    )
  }
  return filter(keysOf(fields), field => {
    if (field !== 'name' && field !== 'stack') return field !== 'message' && field !== 'cause'
    throw new InvalidFailureError(`No field of ${name} can be called ${field}: every error has one of its own.`)
  })
}

/** The message that was given, or else one that shows the fields. */
function messageOf(name: string, names: readonly string[], fields: Fields): string {
  if (hasOwn(fields, 'message') && fields['message'] !== undefined) return fields['message'] as string
  if (names.length === 0) return name
  return `${name} { ${join(
    map(names, field => `${field}: ${show(fields[field])}`),
    ', ',
  )} }`
}

/** Whether `x` is a failure. @internal */
export function isFailure(x: unknown): x is Failure {
  return x instanceof FailureError
}

/** Whether `x` is a class of failures. @internal */
export function isFailureClass(x: unknown): boolean {
  return typeof x === 'function' && isFailure((x as { prototype?: unknown }).prototype)
}

/**
 * Makes the base class of a failure: an Error whose name and fields the type of a program knows. The name is for people
 * and for types, and each failure of a program has its own; what is caught is told by its class.
 *
 * @throws InvalidFailureError when the name is empty or not a string.
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * const error = new NotFound({ id: 42 })
 * error.id // 42
 * error.message // 'NotFound { id: 42 }'
 * error instanceof Error && error instanceof Failure // true
 */
export const Failure = function Failure(name: unknown) {
  if (typeof name !== 'string' || name === '') {
    throw new InvalidFailureError(`Failure takes the name of a failure, as in Failure('NotFound'), not ${show(name)}.`)
  }
  const made = class extends FailureError {
    // Without it, older engines pass the arguments on by iterating over them.
    // eslint-disable-next-line no-useless-constructor
    constructor(fields?: Fields) {
      super(fields)
    }
  }
  fix(made, 'name', name, true)
  fix(made.prototype, 'name', name, true)
  return made
} as unknown as FailureMaker
;(Failure as { prototype: object }).prototype = FailureError.prototype

/** A program that fails. Performed by `yield*`, it throws at once, as `throw` would, and the driver never sees it. */
class Failing extends Program {
  constructor(failure: Failure) {
    super(Kind.FAIL, null, failure, undefined, undefined, 1)
  }

  override [Symbol.iterator](): never {
    throw this.a
  }
}

/**
 * Throws a failure where it is yielded, or where the program is called that returns it. Its row has the failure until a
 * handler made with {@link catching}, or {@link catchingAll}, catches it. `try` and `catch` see an ordinary Error.
 *
 * @throws InvalidFailureError when `failure` is something else.
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * const find = Do(function* (id: number) { return id === 1 ? 'Ada' : yield* fail(new NotFound({ id })) })
 * run(find(2).with(catching(NotFound, ({ id }) => `nobody at ${id}`))) // 'nobody at 2'
 */
export function fail<F extends Failure>(failure: F): Control<never, Fails<F>> {
  if (!isFailure(failure)) throw new InvalidFailureError(adviceForFail(failure))
  return new Failing(failure) as unknown as Control<never, Fails<F>>
}

function adviceForFail(x: unknown): string {
  const what = `fail takes a failure, not ${show(x)}`
  if (isFailureClass(x)) return `${what}: make one with new.`
  if (x instanceof Error) return `${what}: throw it, or make it of a class that extends Failure('Name').`
  return `${what}: make one of a class that extends Failure('Name').`
}
