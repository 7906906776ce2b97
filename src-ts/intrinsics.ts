// The intrinsics that this package calls, taken before any program runs, so that nothing an application does to a
// prototype later can change how programs run. As functions of what would be the receiver: what is bound here costs what a
// method call does, once the engine has optimized it. Maps and sets of ours are in `collections.ts`.

import type { AnyGenerator } from './slots'

const uncurry = Function.prototype.bind.bind(Function.prototype.call)

// --- generators -----------------------------------------------------------------------------------------------------

const generator = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as AnyGenerator

type Step = (generator: AnyGenerator, value: unknown) => IteratorResult<unknown, unknown>

/** `generator.next(value)`: also faster than that, once generators come from many functions. */
export const next = uncurry(generator.next) as Step
/** `generator.throw(error)`. */
export const throwInto = uncurry(generator.throw) as Step
/** `generator.return(undefined)`. */
export const close = uncurry(generator.return) as Step

// --- functions and promises -----------------------------------------------------------------------------------------

/** `f.apply(receiver, args)`, where `f(...args)` would iterate over the arguments. */
export const apply = Reflect.apply as <R>(f: (...args: never[]) => R, receiver: unknown, args: readonly unknown[]) => R
/** `promise.then(f)`. */
export const whenDone = uncurry(Promise.prototype.then) as <T>(
  promise: Promise<T>,
  f: (value: T) => void,
) => Promise<void>
/** The source text of a function. */
export const sourceOf = uncurry(Function.prototype.toString) as (f: object) => string

// --- arrays ---------------------------------------------------------------------------------------------------------

type Test<T> = (item: T) => unknown

/** `list.map(f)`. */
export const map = uncurry(Array.prototype.map) as <T, R>(list: readonly T[], f: (item: T, at: number) => R) => R[]
/** `list.filter(test)`. */
export const filter = uncurry(Array.prototype.filter) as <T>(list: readonly T[], test: Test<T>) => T[]
/** `list.find(test)`. */
export const find = uncurry(Array.prototype.find) as <T>(list: readonly T[], test: Test<T>) => T | undefined
/** `list.findIndex(test)`. */
export const findIndex = uncurry(Array.prototype.findIndex) as <T>(list: readonly T[], test: Test<T>) => number
/** `list.indexOf(item)`. */
export const indexOf = uncurry(Array.prototype.indexOf) as <T>(list: readonly T[], item: T) => number
/** `list.join(separator)`. */
export const join = uncurry(Array.prototype.join) as (list: readonly unknown[], separator: string) => string
/** `list.slice(start, end)`, also of an `arguments` object. */
export const slice = uncurry(Array.prototype.slice) as <T>(list: ArrayLike<T>, start?: number, end?: number) => T[]
/** `list.pop()`. */
export const pop = uncurry(Array.prototype.pop) as <T>(list: T[]) => T | undefined

const push = uncurry(Array.prototype.push) as <T>(list: T[], item: T) => number
const define = Object.defineProperty
const first = { __proto__: null, value: undefined as unknown, configurable: true, enumerable: true, writable: true }

/** `list.push(item)`, but a setter that every object inherits at `'0'` does not get the first item. */
export function append<T>(list: T[], item: T): void {
  if (list.length !== 0) {
    push(list, item)
    return
  }
  first.value = item
  define(list, 0, first)
  first.value = undefined
}

// --- objects --------------------------------------------------------------------------------------------------------

/** Gives `object` a property of its own that cannot be assigned to. */
export function fix(object: object, key: string | symbol, value: unknown, configurable = false): void {
  define(object, key, { __proto__: null, value, configurable } as PropertyDescriptor)
}

/** The names of the enumerable properties of its own. */
export const keysOf = Object.keys as (object: object) => string[]
/** Whether a property is the object's own. */
export const hasOwn = Object.hasOwn as (object: object, key: string) => boolean

/** Gives `object` an ordinary property of its own, whatever it inherits. */
export function put(object: object, key: string, value: unknown): void {
  // An assignment is several times faster, and reaches no setter where nothing of that name is inherited.
  if (key in object) define(object, key, { ...first, __proto__: null, value } as PropertyDescriptor)
  else (object as Record<string, unknown>)[key] = value
}

/** `reference.deref()`. */
export const deref = uncurry(WeakRef.prototype.deref) as <T extends object>(reference: WeakRef<T>) => T | undefined

// --- texts ----------------------------------------------------------------------------------------------------------

/** `text.includes(part)`. */
export const includes = uncurry(String.prototype.includes) as (text: string, part: string) => boolean
/** `text.slice(start, end)`. */
export const cut = uncurry(String.prototype.slice) as (text: string, start: number, end: number) => string
/** `pattern.exec(text)`. */
export const exec = uncurry(RegExp.prototype.exec) as (pattern: RegExp, text: string) => RegExpExecArray | null
