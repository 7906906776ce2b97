// Continuations in use, in the reference interpreter: each can be used once, and over the border of a task only in the tail
// position of its clause (L4).

import type { closing } from './closing'
import { failure, type Control, type Frame, type Gen, type K, type Performed } from './frames'
import type { Met } from './laws'

/** The operations on one stack, the innermost frame first. */
export function resumption(stack: Frame[], { take, unwind }: ReturnType<typeof closing>, met: Met) {
  return { decline, resume, resuming, tailResume, use }

  /** L4. A clause of a handler outside of the task may resume in tail position only. */
  function tailResume(gen: Gen, k: K, control: Control): Control {
    if (isRefused(k, gen)) return failure('ERR_ESCAPED_TASK')
    const frames = take(k)
    if (frames === undefined) return failure('ERR_ONE_SHOT_VIOLATION')
    if (k.crosses === true) met('L4 a clause answers over a border')
    return { is: 'resume', frames, control }
  }

  function isRefused(k: K, gen?: Gen): boolean {
    const isRefused = k.crosses === true && k.frames !== undefined && gen?.k !== k
    if (isRefused) met('L4 another resume is refused')
    return isRefused
  }

  function resuming(how: 'resume' | 'transfer' | 'tailResume', k: K, control: Control): Control {
    if (how === 'resume') return resume(k, control)
    if (how === 'tailResume') return { is: 'leave', with: { is: 'use', k, control } }
    const end = stack.findIndex(frame => frame.f === 'gen')
    const { gen } = stack[end] as Extract<Frame, { f: 'gen' }>
    if (isRefused(k, gen)) return failure('ERR_ESCAPED_TASK')
    return use(k, frames => unwind(stack.splice(0, end + 1), { is: 'resume', frames, control }, gen.leaves))
  }

  /** A continuation can be used once. */
  function use(k: K, then: (frames: Frame[]) => Control): Control {
    const frames = take(k)
    return frames === undefined ? failure('ERR_ONE_SHOT_VIOLATION') : then(frames)
  }

  function resume(k: K, control: Control): Control {
    if (isRefused(k)) return failure('ERR_ESCAPED_TASK')
    return use(k, frames => ({ is: 'resume', frames, control }))
  }

  /** Closes the stack up to and including the clause under way; its continuation goes on searching outside. */
  function decline(instead: Performed | undefined, ended: boolean): Control {
    const at = stack.findIndex(frame => frame.f === 'gen' && frame.gen.k !== undefined)
    const { gen } = stack[at] as Extract<Frame, { f: 'gen' }>
    return use(gen.k as K, frames => {
      const then: Control = { is: 'forward', frames, effect: instead ?? (gen.effect as Performed) }
      const closing = stack.splice(0, at + 1)
      return ended ? then : unwind(closing, then, gen.leaves)
    })
  }
}
