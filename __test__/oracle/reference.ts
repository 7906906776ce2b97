// The reference interpreter: what programs of the AST mean, plainly and slowly, without segments, slots or a VM.
//
// A stack is a list of frames, the innermost first. A continuation owns the frames that a clause cut off, and gives
// them away once. Control is a value, an error or a closing on its way to the innermost frame.

import {
  INITIAL,
  isSuspending,
  pick,
  type Disturbance,
  type Happening,
  type Node,
  type Operand,
  type Outcome,
} from './ast'
import { aborting } from './aborting'
import { asked } from './asking'
import { builtIn } from './built-in'
import { closing } from './closing'
import { bracket, ensure, withPermit } from './derived'
import { forms as formsOf } from './forms'
import { failure, guarded, schedulerOf, store, value, valueOf } from './frames'
import type { Control, Frame, Gen, K, Performed, Region, Scope, Shield, Text } from './frames'
import { handling } from './handling'
import type { Met } from './laws'
import { leaving } from './leaving'
import { resumption } from './resuming'
import { scheduling } from './scheduler'

/** How a program is run, besides from its start to its end. */
export interface Conditions {
  /** The run is cancelled at the wait of this number. */
  cancelAt?: number
  /** Whenever all tasks wait, some for the outside, the next of these are settled. */
  happenings?: readonly Happening[][]
  disturbance?: Disturbance
  /** Told of the laws that the run comes across. */
  met?: Met
}

/** Programs that take more are passed over. */
const MOST_STEPS = 20_000
const MOST_FRAMES = 1_000

/**
 * Runs a program; `undefined` when it takes too many steps, or gets too deep. What the trace throws when an event is noted, is
 * thrown by the program there.
 */
export function interpret(program: Node, trace: string[] = [], conditions: Conditions = {}): Outcome | undefined {
  const { cancelAt, disturbance, happenings = [], met = () => {} } = conditions
  const [state, log] = [store('state', INITIAL.state), store('writer')] as const
  const stack: Frame[] = [store('try'), { f: 'root' }, log, store('reader', INITIAL.env), state]
  const operations = closing(stack, trace, met)
  const { abandon, cleanUp, closeTop, fail, markGenerator, unwind, unwindTo } = operations
  const { decline, resume, resuming, tailResume, use } = resumption(stack, operations, met)
  const kept: K[] = []
  const aside: K[] = []
  const regions: Region[] = []
  const scheduler = scheduling(stack, operations, [...happenings], met)
  const { tasks, timers } = scheduler
  const leave = leaving(stack, operations, scheduler, met)
  const forms = formsOf(stack, scheduler, leave, met)
  const { perform: search } = handling(stack, trace, kept, operations, scheduler, leave, met)
  const abort = aborting(stack, operations, scheduler)
  let waits = 0
  let suspensions = 0
  let opened = 0

  let control: Control = { is: 'enter', node: program, scope: { it: 0 } }
  for (let steps = 0; steps < MOST_STEPS && stack.length < MOST_FRAMES; steps++) {
    const next: Control | undefined = guarded(() => step(control))
    if (next === undefined) {
      control = abort.hostHears(control)
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
        return search(control.effect, control.frames.length)
      case 'perform':
        return perform(control.effect, control.by && stack.indexOf(control.by))
      case 'unwind':
        return unwindTo(control.frames, control.target, control.error)
      case 'next':
        return forms.next()
      case 'formEnded':
        return forms.formEnded()
      case 'escape':
        return leave.escape(control.prompt, control.with)
      case 'abort':
        return abort.unwindAll(control.error)
      case 'decline':
        return decline(control.effect, false)
      case 'close':
        return close(control.error)
      case 'switch':
        if (control.error !== undefined) fail(control.error.value)
        return scheduler.switchTask()
      default:
        return arrive(control, stack.shift() as Frame)
    }
  }

  function close(error: { value: unknown } | undefined): Control {
    if (error !== undefined) fail(error.value)
    const frame = stack[0] as Frame
    if (frame.f === 'region' && frame.doomed === true) timers.letGo(frame)
    return scheduler.close(frame) ?? forms.close(frame) ?? closeTop(frame)
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
        const { silent, scope: around } = frame
        return { is: 'eval', node: frame.then, scope: silent === true ? around : { ...around, it: control.value } }
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
        return end(leavingGen(frame), control.is === 'leave' ? control.with : control)
      case 'prompt': {
        const { returns } = frame.handler
        if (returns === undefined || control.is !== 'value') return control
        return { is: 'enter', node: returns, scope: { ...frame.text, it: control.value } }
      }
      case 'store':
        if (frame.native !== 'listen' || frame.inherited === true || control.is !== 'value') return control
        return value([control.value, [...frame.log]])
      case 'task':
        return frame.task.inPlace ? forms.childEnded(frame.task, control) : scheduler.ended(frame.task, control)
      case 'region':
        return regionEnded(frame, control)
      case 'form':
        return forms.arrived(frame, control)
      case 'under':
        met(threw ? 'E2 a program in place throws at the performer' : 'E2 a program in place answers')
        return control
      case 'tried':
        return value(threw ? { ok: false, error: control.value } : { ok: true, value: valueOf(control) })
      case 'root': {
        // The program is over: the continuations that are still kept are closed, the youngest first.
        stack.unshift(frame)
        const k = kept.pop()
        return k && abandon(k, control)
      }
      case 'after':
        return afterError(frame, control)
      case 'failed':
      case 'scheduler':
      case 'shield':
      case 'restore':
        return control
    }
  }

  /** A cleanup has thrown: the closing that ended here ends with that. */
  function afterError({ leaves, then }: Extract<Frame, { f: 'after' }>, error: Control): Control {
    const ending: Control = leaves === undefined ? error : { is: 'escape', prompt: leaves, with: error }
    switch (then.is) {
      case 'unwind':
        return { ...then, error }
      case 'escape':
        return { ...then, with: error }
      case 'resume':
      case 'forward':
        return abandon({ frames: then.frames }, ending)
      case 'cancelled':
      case 'reached': {
        met('R6 an error of a cleanup replaces that')
        const [below] = stack
        if (below?.f === 'task') below.task.unwound = true
        return ending
      }
      default:
        return ending
    }
  }

  /** R1, R6. */
  function regionEnded(region: Region, control: Control): Control {
    timers.letGo(region)
    if (control.is === 'reached') {
      const isTimeout = region.kind === 'timeout'
      met(isTimeout ? 'R6 a timeout is reached' : 'R6 a cancel scope is reached')
      return isTimeout ? failure('ERR_TIMEOUT') : value(undefined)
    }
    if (region.cancelled)
      met(control.is === 'throw' ? 'R1 an error passes a cancelled region' : 'R1 a value passes a cancelled region')
    return control
  }

  /** A generator has resumed in its place, or it ends with what that throws. */
  function used(gen: Gen, control: Control): Control {
    if (control.is === 'throw') return end(gen, control)
    return gen.keeps === true ? control : abandon(gen.k, control)
  }

  /** A generator ended. */
  function end(gen: Gen, control: Control): Control {
    if (control.is === 'enter') return { ...control, gen }
    if (control.is === 'use') return used(gen, tailResume(gen, control.k, control.control))
    if (control.is === 'decline') {
      if (gen.k !== undefined) stack.unshift({ f: 'gen', gen })
      return decline(control.effect, gen.k !== undefined)
    }
    const isLeaving = gen.leaves !== undefined && control.is !== 'close'
    const ending: Control = isLeaving ? { is: 'escape', prompt: gen.leaves as never, with: control } : control
    return gen.keeps === true ? ending : abandon(gen.k, ending)
  }

  function perform(effect: Performed, from?: number): Control {
    return abort.unwindNow() ?? search(effect, from)
  }

  function evaluate(node: Node, scope: Scope): Control {
    const operand = (of: Operand) => (of === 'it' ? scope.it : of)
    const enter = (node: Node, scope: Scope): Control => ({ is: 'enter', node, scope })
    const called = enter('body' in node ? node.body : node, scope)
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
        return within({ f: 'bind', then: node.then, scope, ...(node.silent && { silent: true }) }, inner(node.first))
      case 'catch':
        return within({ f: 'catch', then: node.then, scope }, inner(node.body))
      case 'finally':
        return within(
          { f: 'finally', cleanup: node.cleanup, scope, ...(node.silent && { silent: true }) },
          inner(node.body),
        )
      case 'call':
        return called
      case 'tail':
        return { is: 'leave', with: called }
      case 'handle':
        return within({ f: 'prompt', handler: node.handler, text: textOf(scope) })
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
        const victim = isDue(node) ? pick(tasks.of('task'), disturbance?.of ?? 0) : undefined
        if (victim !== undefined) {
          stack.unshift({ f: 'bind', then: node, scope, silent: true })
          return perform({ name: 'Cancel', args: [victim] })
        }
        const effect = asked(node, tasks, operand, called)
        return effect === undefined ? value(undefined) : perform(effect)
      }
      case 'wait':
        return waits++ === cancelAt ? abort.abort() : (abort.unwindNow() ?? value(undefined))
      case 'uncancelable': {
        const shield: Shield = { f: 'shield' }
        return within(shield, enter(node.body, { ...scope, [node.own === true ? 'own' : 'shield']: shield }))
      }
      case 'restore': {
        const of = node.own === true ? scope.own : scope.shield
        return of === undefined ? called : within({ f: 'restore', of })
      }
      case 'timeout':
        return needsTasks() ?? within(newRegion('timeout', node.ms))
      case 'cancelScope': {
        const refused = needsTasks()
        if (refused !== undefined) return refused
        const cancels = newRegion('cancelScope')
        regions.push(cancels)
        return within(cancels, enter(node.body, { ...scope, cancels }))
      }
      case 'cancelIt': {
        const region = node.of === undefined ? scope.cancels : pick(regions, node.of)
        if (region !== undefined) tasks.cancelRegion(region)
        return value(undefined)
      }
      case 'taskScope':
        return forms.open('scope', [called])
      case 'all':
      case 'any':
        return forms.open(
          node.op,
          node.bodies.map(body => enter(body, scope)),
        )
      case 'bracket':
        return inner(bracket(node))
      case 'ensure':
        return inner(ensure(node))
      case 'withPermit': {
        const semaphore = pick(tasks.semaphores, node.of)
        return semaphore === undefined ? value(undefined) : inner(withPermit(node, semaphore.number))
      }
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

  /** Whether it is time to cancel a task. */
  function isDue(node: Node): boolean {
    return isSuspending(node) && suspensions++ === disturbance?.at
  }

  /** Regions with a deadline or a name are there where tasks are. */
  function needsTasks(): Control | undefined {
    return schedulerOf(stack) < 0 ? failure('ERR_UNHANDLED_EFFECT') : undefined
  }

  function newRegion(kind: Region['kind'], ms = Infinity): Region {
    const clock = (stack[schedulerOf(stack)] as Extract<Frame, { f: 'scheduler' }>).scheduler
    return { f: 'region', kind, number: opened++, cancelled: false, deadline: clock.now + ms, clock, armed: false }
  }
}

function textOf({ shield, own, cancels }: Scope): Text {
  return { ...(shield && { shield }), ...(own && { own }), ...(cancels && { cancels }) }
}

/** A clause that is being closed leaves nothing: what its cleanup throws is what the closing ends with. */
function leavingGen({ closing, gen }: Extract<Frame, { f: 'gen' }>): Gen {
  const { leaves: _, ...own } = gen
  return closing === true ? own : gen
}
