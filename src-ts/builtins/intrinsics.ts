// The intrinsics that this package calls, taken before any program runs, so that nothing an application does to a
// prototype later can change how programs run. As functions of what would be the receiver: what is bound here costs what a
// method call does, once the engine has optimized it. Maps and sets of ours are in `collections.ts`.

/** A generator of the running program, as the driver steps it. */
export type AnyGenerator = Generator<unknown, unknown, unknown>

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
/** The promises of the engine. */
export const NativePromise = Promise
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
const own = { __proto__: null, value: undefined as unknown, configurable: true, enumerable: true, writable: true }

/** `list.push(item)`, but a setter that every array inherits at the item's index does not get the item. */
export function append<T>(list: T[], item: T): void {
  const at = list.length
  try {
    push(list, item)
    // To ask first whether anything is inherited there would take longer than all of this.
    if (list[at] === item) return
  } catch {
    // The setter threw.
  }
  own.value = item
  define(list, at, own)
  own.value = undefined
}

const { setPrototypeOf } = Object

/** A list that inherits nothing, so that no setter gets what is put at an index beyond its end. It has no methods either. */
export function bare<T>(list: T[]): T[] {
  return setPrototypeOf(list, null) as T[]
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
  if (key in object) define(object, key, { ...own, __proto__: null, value } as PropertyDescriptor)
  else (object as Record<string, unknown>)[key] = value
}

/** `Object.freeze(object)`. */
export const { freeze } = Object
/** `reference.deref()`. */
export const deref = uncurry(WeakRef.prototype.deref) as <T extends object>(reference: WeakRef<T>) => T | undefined

/** `registry.register(target, held, token)`. */
export const register = uncurry(FinalizationRegistry.prototype.register) as <T>(
  registry: FinalizationRegistry<T>,
  target: object,
  held: T,
  token: object,
) => void
/** `registry.unregister(token)`. */
export const unregister = uncurry(FinalizationRegistry.prototype.unregister) as (
  registry: FinalizationRegistry<number>,
  token: object,
) => boolean

// --- numbers --------------------------------------------------------------------------------------------------------

/** `Number.isInteger(x)`. */
export const isInteger = Number.isInteger as (x: unknown) => x is number
/** `Number.isFinite(x)`. */
export const isFinite = Number.isFinite as (x: unknown) => x is number
/** `Math.imul` and `Math.min`. */
export const { imul, min } = Math

// --- texts ----------------------------------------------------------------------------------------------------------

/** `text.includes(part)`. */
export const includes = uncurry(String.prototype.includes) as (text: string, part: string) => boolean
/** `text.slice(start, end)`. */
export const cut = uncurry(String.prototype.slice) as (text: string, start: number, end: number) => string
/** `pattern.exec(text)`. */
export const exec = uncurry(RegExp.prototype.exec) as (pattern: RegExp, text: string) => RegExpExecArray | null
/** `String.fromCodePoint(...codes)`. */
export const { fromCodePoint } = String

// --- the event loop -------------------------------------------------------------------------------------------------

// What carries out a run is no part of it: it goes by real time, also where a test has put fake timers in place. What the
// program asks for itself, `Sleep` and `Now`, goes by whatever timers and clock are in place when it asks (`clock.ts`).

/** `performance.now()`; in an object, so that tests of ours can put a clock of theirs in its place. */
export const stopwatch = { read: performance.now.bind(performance) }
/** Calls `f` when the event loop has had its turn. */
export const afterTurn = setImmediate as (f: () => void) => void
/** Keeps the process alive, until {@link letGo}. */
export const keepAlive = setInterval as (f: () => void, ms: number) => NodeJS.Timeout
/** The process need not live any longer for this. */
export const letGo = clearInterval as (timer: NodeJS.Timeout | undefined) => void

// --- signals --------------------------------------------------------------------------------------------------------

/** What makes the signals that actions are given. */
export const Controller = AbortController
const signalIn = Object.getOwnPropertyDescriptor(AbortController.prototype, 'signal')?.get as () => AbortSignal
/** `controller.signal`. */
export const signalOf = uncurry(signalIn) as (controller: AbortController) => AbortSignal
/** `controller.abort(reason)`. */
export const abortBy = uncurry(AbortController.prototype.abort) as (
  controller: AbortController,
  reason?: unknown,
) => void
