// Effects: operations without an implementation. A constructor made by `effect` gives programs of kind PERFORM;
// instances of user classes are effects too, typed by their constructor.

import { OwnWeakMap } from '../builtins/collections'
import { fix, freeze, includes, slice, sourceOf } from '../builtins/intrinsics'
import { DoeffTypeError } from '../messages/errors'
import { show } from '../messages/show'
import { placeOfCaller, type Captured } from '../messages/site'
import { Kind, payloadOf, Program } from './program'
import { Effect as EffectNumber } from '../wire/protocol'
import type { AnyEffect, Effect } from './effect-row'

/** An effect type as dispatch knows it. @internal */
export class EffectType {
  constructor(
    /** Number on the wire, unique in this environment. */
    readonly id: number,
    readonly name: string,
    /** The effect is an instance of a user class, carried as the only payload. */
    readonly untyped = false,
    /** Where it was declared, if a user did. */
    readonly declared: Captured | undefined = undefined,
    /** Its payload is not shown in messages. */
    readonly isRedacted = false,
  ) {
    freeze(this)
  }
}

let nextId: number = EffectNumber.FIRST_FREE

/** A new effect type. @internal */
export function newType(
  name: string,
  untyped: boolean,
  declared: Captured | undefined = undefined,
  isRedacted = false,
): EffectType {
  return new EffectType(nextId++, name, untyped, declared, isRedacted)
}

const typeKey = Symbol('effect type')

/** What a clause names its effect by: the constructor, whatever it takes and gives. */
export interface EffectKey<Own> {
  /** The effect's name. */
  readonly effectName: string
  /** Whether `x` is an effect of this type. */
  is(x: unknown): x is Program<unknown, Own>
  /** What the effect `x` of this type carries. @throws DoeffTypeError when it is something else. */
  payload(x: unknown): PayloadOf<Own>
}

/** What effects of a type carry. */
export type PayloadOf<Own> = Own extends { readonly payload: infer Payload } ? Payload : never

/** Makes effects of one type. */
export interface EffectConstructor<
  Name extends string,
  Payload extends readonly unknown[],
  Answer,
  Own = Effect<Name, Payload, Answer>,
> extends EffectKey<Own> {
  (...payload: Payload): Program<Answer, Own>
  readonly effectName: Name
  is(x: unknown): x is Program<Answer, Own>
}

/** The constructor of an effect whose type is declared: `interface ReadFile extends Effect<'ReadFile', [string], string> {}`. */
export type ConstructorOf<Own extends AnyEffect> = EffectConstructor<Own['name'], Own['payload'], Own['answer'], Own>

/** The effect that a constructor makes, to write rows by hand: `Program<string, EffectOf<typeof ReadFile>>`. */
export type EffectOf<Constructor> = Constructor extends EffectKey<infer Own> ? Own : never

/** What `effect(name)` gives: it makes the constructor, once it knows what the effect carries and is answered with. */
export interface EffectMaker<Name extends string> {
  <Payload extends readonly unknown[] = [], Answer = void>(): EffectConstructor<Name, Payload, Answer>
  <Own extends AnyEffect & { readonly name: Name }>(): ConstructorOf<Own>
}

/**
 * Declares an effect: its name, what it carries and what it is answered with. An effect whose type is an interface is shown
 * by the name of that: in editors, in messages, and in the declarations of a library.
 *
 * @example
 * const Greeting = effect('Greeting')<[name: string], string>()
 * const polite = handler('polite').fun(Greeting, name => `Dear ${name}`)
 * run(Do(function* () { return yield* Greeting('Ada') })().with(polite)) // 'Dear Ada'
 *
 * const Login = effect('Login', { redact: true })<[password: string], boolean>()
 * String(Login('secret')) // 'Login(…)'
 *
 * interface FindName extends Effect<'FindName', [id: number], string | undefined> {}
 * const FindName = effect('FindName')<FindName>()
 * run(FindName(1).with(handler('names').val(FindName, 'Ada'))) // 'Ada'
 */
export function effect<const Name extends string>(name: Name, options: EffectOptions = {}): EffectMaker<Name> {
  const isRedacted = redacts(options)
  const make = () => makeConstructor(newType(String(name), false, placeOfCaller(make), isRedacted)) as never
  return make
}

/** How an effect is shown. */
export interface EffectOptions {
  /** What it carries is not shown in messages, traces and logs: a password, say. */
  readonly redact?: boolean
}

/** @throws DoeffTypeError when the options are none. */
function redacts(options: unknown): boolean {
  const redact = typeof options === 'object' && options !== null ? (options as EffectOptions).redact : options
  if (redact === undefined || typeof redact === 'boolean') return redact === true
  throw new DoeffTypeError('ERR_INVALID_EFFECT', `effect takes { redact: true } as its options, not ${show(options)}.`)
}

/** The constructor of an effect type. Up to three payload values are kept without an array. @internal */
export function makeConstructor<Name extends string, Payload extends readonly unknown[], Answer>(
  type: EffectType,
  kind: Kind = Kind.PERFORM,
): EffectConstructor<Name, Payload, Answer> {
  const perform = function (a?: unknown, b?: unknown, c?: unknown): Program {
    const arity = arguments.length
    if (arity <= 3) return new Program(kind, type, a, b, c, arity)
    // eslint-disable-next-line prefer-rest-params -- a rest parameter would allocate on every call
    return new Program(kind, type, a, b, slice(arguments, 2), arity)
  }
  return asConstructor(perform, type)
}

/** Marks a function that makes effects of one type as their constructor. @internal */
export function asConstructor<Name extends string, Payload extends readonly unknown[], Answer>(
  perform: (...args: never[]) => unknown,
  type: EffectType,
): EffectConstructor<Name, Payload, Answer> {
  fix(perform, 'name', type.name)
  fix(perform, 'effectName', type.name)
  fix(perform, 'is', (x: unknown) => x instanceof Program && x.type === type)
  fix(perform, 'payload', (x: unknown) => {
    if (x instanceof Program && x.type === type) return payloadOf(x as Program<unknown, unknown>)
    throw new DoeffTypeError('ERR_INVALID_EFFECT', `${type.name}.payload takes an effect ${type.name}, not ${show(x)}.`)
  })
  fix(perform, typeKey, type)
  return perform as unknown as EffectConstructor<Name, Payload, Answer>
}

/** The effect type that a constructor or a user class stands for; `undefined` for anything else. @internal */
export function typeOf(constructor: unknown): EffectType | undefined {
  if (typeof constructor !== 'function') return undefined
  const own = (constructor as { [typeKey]?: EffectType })[typeKey]
  return own ?? typeOfClass(constructor)
}

/**
 * The name of the effect that `x` is, for handlers that see every effect: as declared, or the name of its class. `undefined`
 * when it is none.
 *
 * @example
 * effectName(Ask('user')) // 'Ask'
 * effectName('Ask') // undefined
 */
export function effectName(x: unknown): string | undefined {
  try {
    if (x instanceof Program) return (x as Program<unknown, unknown>).type?.name
    return typeof x === 'object' && x !== null ? untypedEffect(x)?.type?.name : undefined
  } catch {
    // A Proxy that refuses to be asked.
    return undefined
  }
}

const classTypes = new OwnWeakMap<object, EffectType | null>()

/** The effect type of a user class; built-in and bound functions are none. */
export function typeOfClass(constructor: object): EffectType | undefined {
  let type = classTypes.get(constructor)
  if (type === undefined) {
    const native = includes(sourceOf(constructor), '[native code]')
    type = native ? null : newType((constructor as { name?: string }).name || 'anonymous class', true)
    classTypes.set(constructor, type)
  }
  return type ?? undefined
}

/** The effect that an instance of a user class is; `undefined` when `x` is not one. @internal */
export function untypedEffect(x: object): Program | undefined {
  const constructor: unknown = (x as { constructor?: unknown }).constructor
  if (typeof constructor !== 'function') return undefined
  const type = typeOfClass(constructor)
  return type === undefined ? undefined : new Program(Kind.PERFORM, type, x, undefined, undefined, 1)
}
