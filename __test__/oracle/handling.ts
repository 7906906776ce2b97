// Handling, in the reference interpreter: how an effect finds its clause, and what becomes of its performer.

import { add, type AnyClause } from './ast'
import { answerOf } from './built-in'
import type { closing } from './closing'
import { failure, guarded, schedulerFrom, searched, taskFrom, value } from './frames'
import type { Control, Frame, K, Performed, Prompt } from './frames'
import type { Met } from './laws'
import type { leaving } from './leaving'
import type { scheduling } from './scheduler'

/** The operation on one stack, the innermost frame first; clauses are noted in `trace`. */
export function handling(
  stack: Frame[],
  trace: string[],
  kept: K[],
  { abandon }: ReturnType<typeof closing>,
  { answer: schedule, becomeTask }: ReturnType<typeof scheduling>,
  { final }: ReturnType<typeof leaving>,
  met: Met,
) {
  return { perform }

  /** Searches the handlers outward, from the frame `from`. */
  function perform(effect: Performed, from = 0): Control {
    for (const at of searched(stack, from)) {
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
    if (clause.kind === 'fun') return compute(it, clause.by, note)
    const prompt = stack[at] as Prompt
    const isInherited = prompt.origin !== undefined && taskFrom(stack, at)?.[0] === prompt.of
    const body: Control = { is: 'enter', node: clause.body, scope: { ...prompt.text, it }, note }
    switch (clause.kind) {
      case 'outside':
        // E2. It runs on top of who performs.
        stack.unshift({ f: 'under', past: prompt })
        return body
      case 'final':
        if (isInherited) return final(effect, at, body)
        return abandon({ frames: stack.splice(0, asTasks(at) + 1) }, body)
      default: {
        const keeps = clause.kind === 'raw' && !isInherited
        const k: K = { frames: stack.splice(0, asTasks(at) + 1), crosses: isInherited }
        if (keeps) kept.push(k)
        else if (clause.kind === 'raw') met('L2 a raw continuation ends with its clause')
        if (k.frames?.some(isRegion) === true) met('L5 a clause takes a region with it')
        // L6. Nobody leaves from where all up to the prompt is being closed.
        const leaves = !isInherited || prompt.doomed === true ? {} : { leaves: prompt }
        return { ...body, scope: { ...body.scope, k }, gen: { k, keeps, effect, ...leaves } }
      }
    }
  }

  /** E1. What the function throws is thrown at who performs. */
  function compute(it: unknown, by: number, note: string): Control {
    const answer = guarded(() => {
      trace.push(note)
      return value(add(it, by))
    })
    if (answer.is === 'throw') met('E1 a function throws at the performer')
    return answer
  }

  /** C3. Who takes a whole scheduler takes the child that performs as a task. Gives where the prompt at `at` is then. */
  function asTasks(at: number): number {
    const place = schedulerFrom(stack)
    return place < 0 || place > at ? at : at - place + becomeTask(place)
  }
}

function isRegion({ f }: Frame): boolean {
  return f === 'region' || f === 'form' || f === 'shield' || f === 'restore'
}
