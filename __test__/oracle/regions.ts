// Regions of the reference interpreter: which cancellation a task sees, and how far it unwinds (R2, R3). Nothing here
// changes anything.

import type { Frame } from './frames'

/** R2. The frames of a task, the innermost first: after a clause come those of its unused continuation. */
export function effective(frames: readonly Frame[], into: Frame[] = []): Frame[] {
  for (const frame of frames) {
    into.push(frame)
    if (frame.f === 'gen') effective(heldBy(frame), into)
  }
  return into
}

/** What a clause works on behalf of: not what a `raw` one has. */
export function heldBy(frame: Frame): readonly Frame[] {
  return frame.f === 'gen' && frame.gen.keeps !== true ? (frame.gen.k?.frames ?? []) : []
}

/** What a walk over effective frames has found. */
export interface Walk {
  target?: Frame
  candidates: number
  stop?: 'shield' | 'closing'
  /** A shield was passed, for a restore of it was. */
  isRestored: boolean
}

/** R3. The frame up to which the owner of these frames is to unwind, if any. */
export function targetOf(frames: readonly Frame[]): Frame | undefined {
  return walk(effective(frames)).target
}

/** R3. Each cancelled scope on the way is a candidate, the last one is the target. */
export function walk(effectively: readonly Frame[]): Walk {
  const walk: Walk = { candidates: 0, isRestored: false }
  const passed = new Set<Frame>()
  for (const frame of effectively) {
    if (isClosing(frame)) return { ...walk, stop: 'closing' }
    if (frame.f === 'restore') passed.add(frame.of)
    if (frame.f === 'shield') {
      if (!passed.has(frame)) return { ...walk, stop: 'shield' }
      walk.isRestored = true
    }
    if (isCancelled(frame)) {
      walk.target = frame
      walk.candidates++
    }
  }
  return walk
}

/** The machine closes it, or runs its cleanup, or it waits for its tasks. */
function isClosing(frame: Frame): boolean {
  if (frame.doomed === true) return true
  if (frame.f === 'gen') return frame.closing === true
  if (frame.f === 'form') return frame.ending !== undefined
  return frame.f === 'cleaned' && frame.then.is === 'close'
}

function isCancelled(frame: Frame): boolean {
  if (frame.f === 'region' || frame.f === 'form') return frame.cancelled
  return frame.f === 'task' && frame.task.cancelled
}

/** From a frame on, as far as its task goes. */
export function chainFrom(effectively: readonly Frame[], frame: Frame): Frame[] | undefined {
  const from = effectively.indexOf(frame)
  if (from < 0) return undefined
  const end = effectively.findIndex((each, at) => at >= from && each.f === 'task' && !each.task.inPlace)
  return effectively.slice(from, end < 0 ? undefined : end + 1)
}
