// The intrinsics the driver steps generators with, taken before any program runs, so that nothing an application does
// to a prototype later can change how programs run. Calling the shared `next` directly is also faster than
// `generator.next` once generators come from many functions.

import type { AnyGenerator } from './slots'

const prototype = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as AnyGenerator
const uncurry = Function.prototype.bind.bind(Function.prototype.call)

type Step = (generator: AnyGenerator, value: unknown) => IteratorResult<unknown, unknown>

/** `generator.next(value)`. */
export const next = uncurry(prototype.next) as Step
/** `generator.throw(error)`. */
export const throwInto = uncurry(prototype.throw) as Step
/** `generator.return(undefined)`. */
export const close = uncurry(prototype.return) as Step
