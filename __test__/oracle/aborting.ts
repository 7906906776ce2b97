// The end of a whole run before its time, in the reference interpreter: the root of the run is cancelled (A1).

import type { closing } from './closing'
import { failure, value, type Control, type Frame } from './frames'
import { effective, walk } from './regions'
import type { scheduling } from './scheduler'

/** The operations on one stack, the innermost frame first. */
export function aborting(
  stack: Frame[],
  { unwind, unwindTo }: ReturnType<typeof closing>,
  { finish }: ReturnType<typeof scheduling>,
) {
  let isAborted = false
  return { abort, hostHears, unwindAll, unwindNow }

  /** Everybody is cancelled, unless a shield is around them; the program unwinds here, or after the shield. */
  function abort(): Control {
    isAborted = true
    const at = outermost()
    const frame = stack[at]
    if (frame?.f === 'scheduler' && frame.scheduler.ending === undefined && isOpen(at))
      finish(frame.scheduler, { is: 'abort' })
    return unwindNow() ?? value(undefined)
  }

  /** What runs unwinds where it performs anything. */
  function unwindNow(): Control | undefined {
    if (!isAborted) return undefined
    const at = outermost()
    if (at < 0) return isOpen(0) ? unwindAll() : undefined
    const { target } = walk(effective(stack.slice(0, at)))
    return target && unwindTo(stack.splice(0, at), target)
  }

  /** A1. Whoever has aborted a run hears that it was, whatever value it has come to all the same. */
  function hostHears(control: Control): Control {
    return isAborted && control.is === 'value' ? failure('cancelled') : control
  }

  /** Closes everything. */
  function unwindAll(error?: { value: unknown }): Control {
    const closing = unwind(stack.splice(0), failure(error === undefined ? 'cancelled' : error.value))
    stack.push({ f: 'root' })
    return closing
  }

  /** Whether nothing holds back the cancellation of the run from here on. */
  function isOpen(from: number): boolean {
    return walk(effective(stack.slice(from))).stop === undefined
  }

  /** Where the outermost scheduler stands. */
  function outermost(): number {
    return stack.findLastIndex(frame => frame.f === 'scheduler')
  }
}
