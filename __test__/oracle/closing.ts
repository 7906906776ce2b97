// Closing, in the reference interpreter: what happens to the frames of a computation that is given up.
//
// They are marked as doomed and put back on the stack, above the frame that says how to go on; then they are closed
// from the top. A cleanup runs as anything does, with the stack below it.

import { failure, value, type Control, type Frame, type K, type Prompt } from './frames'
import type { Met } from './laws'
import { effective, heldBy } from './regions'

/** The operations on one stack, the innermost frame first; cleanups are noted in `trace`. */
export function closing(stack: Frame[], trace: string[], met: Met) {
  return { abandon, cleanUp, closeTop, fail, markGenerator, take, unwind, unwindTo }

  function cleanUp(frame: Extract<Frame, { f: 'finally' }>, then: Control): Control {
    if (frame.silent !== true) trace.push('cleanup')
    stack.unshift({ f: 'cleaned', then })
    return { is: 'eval', node: frame.cleanup, scope: frame.scope }
  }

  /** Closes the innermost frame; past the doomed ones, goes on as the closing was to. */
  function closeTop(frame: Frame): Control {
    if (frame.doomed !== true) return closed(frame)
    if (frame.f === 'finally') markGenerator(false)
    stack.shift()
    switch (frame.f) {
      case 'finally':
        return cleanUp(frame, { is: 'close' })
      case 'gen':
        return frame.gen.keeps === true ? { is: 'close' } : abandon(frame.gen.k, { is: 'close' })
      case 'after':
        return 'frames' in frame.then ? abandon({ frames: frame.then.frames }, { is: 'close' }) : { is: 'close' }
      case 'prompt':
        return { is: 'close', ...(frame.failure && { error: frame.failure }) }
      default:
        return { is: 'close' }
    }
  }

  /** Everything doomed is closed, down to this frame. */
  function closed(frame: Frame): Control {
    if (frame.f === 'after' || frame.f === 'failed') {
      stack.shift()
      return frame.f === 'after' ? frame.then : failure(frame.error)
    }
    // Somebody resumed what was being closed. A cleanup is closed with it, anybody else gets no value.
    const isCleanup = stack.some(each => endsClosing(each) || (each.f === 'gen' && each.closing === true))
    if (!isCleanup) return value(undefined)
    for (const each of stack) {
      if (endsClosing(each) || each.doomed === true) break
      each.doomed = true
      if (each.f === 'prompt' || each.f === 'store') break
    }
    return { is: 'close' }
  }

  function endsClosing(frame: Frame): boolean {
    return frame.f === 'after' || frame.f === 'failed'
  }

  /** While the innermost generator runs a cleanup, it is as alive as any. */
  function markGenerator(doomed: boolean): void {
    const end = stack.findIndex(frame => frame.f === 'gen')
    for (const frame of stack.slice(0, end + 1)) frame.doomed = doomed
    ;(stack[end] as Extract<Frame, { f: 'gen' }>).closing = !doomed
  }

  /** An error got into frames that are being closed. It goes outward with the closing, unless a clause ends their body once more. */
  function fail(error: unknown): void {
    const at = stack.findIndex(frame => frame.doomed !== true || frame.f === 'task' || frame.f === 'prompt')
    const frame = stack[at]
    if (frame?.f === 'task' && frame.doomed === true) frame.task.failure = { value: error }
    else if (frame?.f === 'prompt' && frame.doomed === true) frame.failure = { value: error }
    else stack.splice(at, stack[at]?.f === 'failed' ? 1 : 0, { f: 'failed', error })
  }

  function take(k: K): Frame[] | undefined {
    const { frames } = k
    k.frames = undefined
    return frames
  }

  /** Closes what a continuation still owns, then goes on. */
  function abandon(k: K | undefined, then: Control): Control {
    const frames = k && take(k)
    return frames === undefined ? then : unwind(frames, then)
  }

  function unwind(frames: Frame[], then: Control, leaves?: Prompt): Control {
    for (const frame of frames) {
      frame.doomed = true
      if (frame.f === 'task') frame.task.failure = undefined
      if (frame.f === 'prompt') frame.failure = undefined
    }
    stack.unshift(...frames, { f: 'after', then, leaves })
    return { is: 'close' }
  }

  /**
   * R5. Unwinds these frames, which are not on the stack, up to the target. If that is in the continuation of a clause, the
   * clause is closed first, then the continuation is put back in its place.
   */
  function unwindTo(frames: Frame[], target: Frame, error?: Control): Control {
    const at = frames.indexOf(target)
    if (at >= 0) {
      stack.unshift(...frames.slice(at))
      return unwind(frames.slice(0, at), error ?? { is: target.f === 'task' ? 'cancelled' : 'reached' })
    }
    met('R2 a clause is closed for its continuation')
    const holder = frames.findIndex(frame => effective(heldBy(frame)).includes(target))
    const clause = frames[holder] as Extract<Frame, { f: 'gen' }>
    const own = take(clause.gen.k as K) as Frame[]
    stack.unshift(...frames.slice(holder + 1))
    return unwind(frames.slice(0, holder + 1), { is: 'unwind', frames: own, target, ...(error && { error }) })
  }
}
