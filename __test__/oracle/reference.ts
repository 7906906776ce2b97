// The reference interpreter: what programs of the AST mean, plainly and slowly, without segments, slots or a VM.
//
// A stack is a list of frames, the innermost first. A continuation owns the frames that a clause cut off, and gives
// them away once. Control is a value, an error or a closing on its way to the innermost frame.

import { INITIAL, type Happening, type Node, type Operand, type Outcome } from './ast'
import { asked } from './asking'
import { builtIn } from './built-in'
import { closing } from './closing'
import { failure, guarded, store, value, valueOf } from './frames'
import type { Control, Frame, Gen, K, Performed, Scope } from './frames'
import { handling } from './handling'
import { scheduling } from './scheduler'

/**
 * Runs a program; `undefined` when it takes more than 20,000 steps. What the trace throws when an event is noted, is
 * thrown by the program there. The run is cancelled at the wait of the number `cancelAt`, if there is one. Whenever all
 * tasks wait, some for the outside, the next of `happenings` are settled.
 */
export function interpret(
  program: Node,
  trace: string[] = [],
  cancelAt = Infinity,
  happenings: readonly Happening[][] = [],
): Outcome | undefined {
  const [state, log] = [store('state', INITIAL.state), store('writer')] as const
  const stack: Frame[] = [store('try'), { f: 'root' }, log, store('reader', INITIAL.env), state]
  const operations = closing(stack, trace)
  const { abandon, cleanUp, closeTop, fail, markGenerator, take, unwind } = operations
  const kept: K[] = []
  const aside: K[] = []
  const scheduler = scheduling(stack, operations, [...happenings])
  const { perform } = handling(stack, trace, kept, operations, scheduler)
  let waits = 0

  let control: Control = { is: 'enter', node: program, scope: { it: 0 } }
  for (let steps = 0; steps < 20_000; steps++) {
    const next: Control | undefined = guarded(() => step(control))
    if (next === undefined) {
      const ended = control.is === 'value' ? 'returned' : 'threw'
      const stores = { state: Object.fromEntries(state.map), log: log.log }
      return { ended, value: valueOf(control), ...stores, trace, reports: scheduler.reports() }
    }
    control = next
  }
  return undefined

  function step(control: Control): Control | undefined {
    switch (control.is) {
      case 'eval':
        return evaluate(control.node, control.scope)
      case 'enter':
        stack.unshift({ f: 'gen', gen: control.gen ?? {} })
        if (control.note !== undefined) trace.push(control.note)
        return { is: 'eval', node: control.node, scope: control.scope }
      case 'resume':
        stack.unshift(...control.frames)
        return control.control
      case 'forward':
        stack.unshift(...control.frames)
        return perform(control.effect, control.frames.length)
      case 'decline':
        return decline(control.effect, false)
      case 'close':
        if (control.error !== undefined) fail(control.error.value)
        return scheduler.close(stack[0] as Frame) ?? closeTop(stack[0] as Frame)
      case 'switch':
        if (control.error !== undefined) fail(control.error.value)
        return scheduler.switchTask()
      default:
        return arrive(control, stack.shift() as Frame)
    }
  }

  /** A value, an error or a leaving reaches the innermost frame, which is gone from the stack. */
  function arrive(control: Control, frame: Frame): Control | undefined {
    const threw = control.is === 'throw'
    if (frame.doomed === true || (frame.f === 'after' && !threw)) {
      // Nothing revives what is being closed: a value is dropped, an error is what the closing ends with.
      stack.unshift(frame)
      return { is: 'close', ...(threw && { error: { value: control.value } }) }
    }
    switch (frame.f) {
      case 'bind':
        if (control.is !== 'value') return control
        return { is: 'eval', node: frame.then, scope: { ...frame.scope, it: control.value } }
      case 'catch':
        return threw ? { is: 'eval', node: frame.then, scope: { ...frame.scope, it: control.value } } : control
      case 'finally':
        return cleanUp(frame, control)
      case 'cleaned':
        if (control.is === 'value' && frame.then.is === 'close') markGenerator(true)
        return control.is === 'value' ? frame.then : control
      case 'gen':
        // One that ends in the middle of its closing, because it caught what its own cleanup threw, is closed.
        if (frame.closing === true && control.is === 'value') return end(frame.gen, { is: 'close' })
        return end(frame.gen, control.is === 'leave' ? control.with : control)
      case 'prompt': {
        const { returns } = frame.handler
        if (returns === undefined || control.is !== 'value') return control
        return { is: 'enter', node: returns, scope: { it: control.value } }
      }
      case 'store':
        if (frame.native !== 'listen' || frame.inherited === true || control.is !== 'value') return control
        return value([control.value, [...frame.log]])
      case 'task':
        return scheduler.ended(frame.task, control)
      case 'tried':
        return value(threw ? { ok: false, error: control.value } : { ok: true, value: valueOf(control) })
      case 'answer':
        if (threw) return abandon(frame.k, control)
        return { is: 'resume', frames: take(frame.k) as Frame[], control }
      case 'root': {
        // The program is over: the continuations that are still kept are closed, the youngest first.
        stack.unshift(frame)
        const k = kept.pop()
        return k && abandon(k, control)
      }
      case 'after':
        return 'frames' in frame.then ? abandon({ frames: frame.then.frames }, control) : control
      case 'failed':
      case 'scheduler':
        return control
    }
  }

  /** A generator ended. */
  function end(gen: Gen, control: Control): Control {
    if (control.is === 'enter') return { ...control, gen }
    if (control.is === 'use') return end(gen, resume(control.k, control.control))
    if (control.is === 'decline') {
      if (gen.k !== undefined) stack.unshift({ f: 'gen', gen })
      return decline(control.effect, gen.k !== undefined)
    }
    return gen.keeps === true ? control : abandon(gen.k, control)
  }

  function evaluate(node: Node, scope: Scope): Control {
    const operand = (of: Operand) => (of === 'it' ? scope.it : of)
    const called: Control = { is: 'enter', node: 'body' in node ? node.body : node, scope }
    const within = (frame: Frame, control: Control = called): Control => {
      stack.unshift(frame)
      return control
    }
    const inner = (node: Node): Control => ({ is: 'eval', node, scope })
    switch (node.op) {
      case 'pure':
        return value(operand(node.value))
      case 'throw':
        return failure(operand(node.value))
      case 'note':
        trace.push(`note ${String(operand(node.value))}`)
        return value(undefined)
      case 'return':
        return { is: 'leave', with: value(operand(node.value)) }
      case 'bind':
        return within({ f: 'bind', then: node.then, scope }, inner(node.first))
      case 'catch':
        return within({ f: 'catch', then: node.then, scope }, inner(node.body))
      case 'finally':
        return within({ f: 'finally', cleanup: node.cleanup, scope }, inner(node.body))
      case 'call':
        return called
      case 'tail':
        return { is: 'leave', with: called }
      case 'handle':
        return within({ f: 'prompt', handler: node.handler })
      case 'state':
      case 'reader':
      case 'writer':
        return within(store(node.op, { x: node.value }))
      case 'perform':
        return perform({ name: node.effect, args: [operand(node.value)] })
      case 'get':
      case 'ask':
      case 'put':
      case 'modify':
      case 'tell':
      case 'local':
      case 'listen':
      case 'try':
        return perform(builtIn(node, operand, called))
      case 'scheduled':
        scheduler.begin()
        return called
      case 'spawn':
      case 'await':
      case 'gather':
      case 'race':
      case 'cancel':
      case 'yield':
      case 'promise':
      case 'external':
      case 'outside':
      case 'complete':
      case 'fail':
      case 'semaphore':
      case 'acquire':
      case 'release':
      case 'sleep':
      case 'now': {
        const effect = asked(node, scheduler.tasks, operand, called)
        return effect === undefined ? value(undefined) : perform(effect)
      }
      case 'wait':
        return waits++ === cancelAt ? cancel() : value(undefined)
      case 'keep':
        aside.push(scope.k as K)
        return value(undefined)
      case 'wake': {
        const k = aside.shift()
        return k === undefined ? value(undefined) : resume(k, value(operand(node.value)))
      }
      case 'discontinue':
        return use(scope.k as K, frames => unwind(frames, value(undefined)))
      case 'resume':
      case 'transfer':
      case 'tailResume':
        return resuming(node.op, scope.k as K, (node.throws ? failure : value)(operand(node.value)))
      case 'delegate': {
        const effect = node.instead && { name: node.instead, args: [7] }
        const control: Control = { is: 'decline', effect }
        return node.returned ? { is: 'leave', with: control } : control
      }
    }
  }

  /** Closes everything. */
  function cancel(): Control {
    const closing = unwind(stack.splice(0), failure('cancelled'))
    stack.push({ f: 'root' })
    return closing
  }

  function resuming(how: 'resume' | 'transfer' | 'tailResume', k: K, control: Control): Control {
    if (how === 'resume') return resume(k, control)
    if (how === 'tailResume') return { is: 'leave', with: { is: 'use', k, control } }
    return use(k, frames => {
      const own = stack.findIndex(frame => frame.f === 'gen')
      return unwind(stack.splice(0, own + 1), { is: 'resume', frames, control })
    })
  }

  /** A continuation can be used once. */
  function use(k: K, then: (frames: Frame[]) => Control): Control {
    const frames = take(k)
    return frames === undefined ? failure('ERR_ONE_SHOT_VIOLATION') : then(frames)
  }

  function resume(k: K, control: Control): Control {
    return use(k, frames => ({ is: 'resume', frames, control }))
  }

  /** Closes the stack up to and including the clause under way; its continuation goes on searching outside. */
  function decline(instead: Performed | undefined, ended: boolean): Control {
    const at = stack.findIndex(frame => frame.f === 'gen' && frame.gen.k !== undefined)
    const { gen } = stack[at] as Extract<Frame, { f: 'gen' }>
    return use(gen.k as K, frames => {
      const then: Control = { is: 'forward', frames, effect: instead ?? (gen.effect as Performed) }
      const closing = stack.splice(0, at + 1)
      return ended ? then : unwind(closing, then)
    })
  }
}
