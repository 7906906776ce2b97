// Handling, in the reference interpreter: how an effect finds its clause, and what becomes of its performer.

import { add, type AnyClause } from './ast'
import { answerOf } from './built-in'
import type { closing } from './closing'
import { failure, guarded, value, type Control, type Frame, type K, type Performed } from './frames'
import type { scheduling } from './scheduler'

/** The operation on one stack, the innermost frame first; clauses are noted in `trace`. */
export function handling(
  stack: Frame[],
  trace: string[],
  kept: K[],
  { abandon }: ReturnType<typeof closing>,
  { answer: schedule }: ReturnType<typeof scheduling>,
) {
  return { perform }

  /** Searches the handlers outward, from the frame `from`. */
  function perform(effect: Performed, from = 0): Control {
    for (let at = from; at < stack.length; at++) {
      const frame = stack[at] as Frame
      if (frame.f === 'prompt') {
        const { all, clauses } = frame.handler
        const clause = all ?? clauses.find(each => each.effect === effect.name)
        if (clause !== undefined) return call(clause, effect, at, all === undefined ? effect.args[0] : effect.name)
      } else if (frame.f === 'scheduler') {
        const answer = schedule(frame.scheduler, effect, at)
        if (answer !== undefined) return answer
      } else if (frame.f === 'store') {
        const answer = answerOf(frame, effect)
        if (answer === undefined) continue
        if ('is' in answer) return answer
        stack.unshift(answer)
        return effect.run as Control
      }
    }
    return failure('ERR_UNHANDLED_EFFECT')
  }

  function call(clause: AnyClause, effect: Performed, at: number, it: unknown): Control {
    if (clause.kind === 'val') return value(clause.value)
    const note = 'effect' in clause ? `${clause.kind} ${clause.effect}` : `all ${effect.name}`
    if (clause.kind === 'fun') {
      const answer = guarded(() => {
        trace.push(note)
        return value(add(it, clause.by))
      })
      return answer.is === 'throw' ? abandon({ frames: stack.splice(0, at + 1) }, answer) : answer
    }
    const k: K = { frames: stack.splice(0, at + 1) }
    switch (clause.kind) {
      case 'outside':
        stack.unshift({ f: 'answer', k })
        return { is: 'enter', node: clause.body, scope: { it }, note }
      case 'final':
        return abandon(k, { is: 'enter', node: clause.body, scope: { it }, note })
      default: {
        const keeps = clause.kind === 'raw'
        if (keeps) kept.push(k)
        return { is: 'enter', node: clause.body, scope: { it, k }, gen: { k, keeps, effect }, note }
      }
    }
  }
}
