// The reference interpreter: what programs of the AST mean, plainly and slowly, without segments, slots or a VM.
//
// A stack is a list of frames, the innermost first. A continuation owns the frames that a clause cut off, and gives
// them away once. Control is a value, an error or a closing on its way to the innermost frame.

import { add, INITIAL, type ClauseNode, type HandlerNode, type Node, type Operand, type Outcome } from './ast'

/** Owns frames until they are taken. */
interface K {
  frames: Frame[] | undefined
}
interface Scope {
  it: unknown
  k?: K
}
interface Performed {
  name: string
  args: unknown[]
  run?: Control
}
type Control =
  | { is: 'value' | 'throw'; value: unknown }
  | { is: 'leave'; with: Control }
  | { is: 'eval'; node: Node; scope: Scope }
  /** The frames are being closed; an error replaces what the closing was to end with. */
  | { is: 'close'; error?: { value: unknown } }
  | { is: 'resume'; frames: Frame[]; control: Control }
  | { is: 'forward'; frames: Frame[]; effect: Performed }
  | { is: 'enter'; node: Node; scope: Scope; gen?: Gen; note?: string }
  | { is: 'decline'; effect: Performed | undefined }
  | { is: 'use'; k: K; control: Control }
interface Gen {
  /** The continuation of the clause that this generator is; it closes it when it ends, unless `keeps`. */
  k?: K
  keeps?: boolean
  effect?: Performed
}
type Frame = { doomed?: boolean } & (
  | { f: 'bind' | 'catch'; then: Node; scope: Scope }
  | { f: 'finally'; cleanup: Node; scope: Scope }
  | { f: 'cleaned'; then: Control }
  | { f: 'gen'; gen: Gen; closing?: boolean }
  | { f: 'prompt'; handler: HandlerNode }
  | {
      f: 'store'
      native: 'state' | 'reader' | 'local' | 'writer' | 'listen' | 'try'
      map: Map<unknown, unknown>
      log: unknown[]
    }
  | { f: 'tried' | 'root' }
  | { f: 'answer'; k: K }
  /** Where a closing ends, and what then. */
  | { f: 'after'; then: Control }
  | { f: 'failed'; error: unknown }
)

const value = (value: unknown): Control => ({ is: 'value', value })
const failure = (value: unknown): Control => ({ is: 'throw', value })

/** Runs a program; `undefined` when it takes more than `limit` steps. */
export function interpret(program: Node, limit = 20_000): Outcome | undefined {
  const store = (native: 'state' | 'reader' | 'local' | 'writer' | 'listen' | 'try', entries: object = {}): Frame => ({
    f: 'store',
    native,
    map: new Map(Object.entries(entries)),
    log: [],
  })
  const [state, log] = [store('state', INITIAL.state), store('writer')] as const
  let stack: Frame[] = [store('try'), { f: 'root' }, log, store('reader', INITIAL.env), state]
  const trace: string[] = []
  const kept: K[] = []
  const aside: K[] = []

  let control: Control = { is: 'enter', node: program, scope: { it: 0 } }
  for (let steps = 0; steps < limit; steps++) {
    const next: Control | undefined = step(control)
    if (next === undefined) {
      const ended = control.is === 'value' ? 'returned' : 'threw'
      const result = (control as { value: unknown }).value
      if (state.f !== 'store' || log.f !== 'store') throw new Error('unreachable')
      return { ended, value: result, state: Object.fromEntries(state.map) as never, log: log.log, trace }
    }
    control = next
  }
  return undefined

  function step(control: Control): Control | undefined {
    switch (control.is) {
      case 'eval':
        return evaluate(control.node, control.scope)
      case 'enter':
        if (control.note !== undefined) trace.push(control.note)
        stack.unshift({ f: 'gen', gen: control.gen ?? {} })
        return { is: 'eval', node: control.node, scope: control.scope }
      case 'resume':
        stack.unshift(...control.frames)
        return control.control
      case 'forward':
        stack.unshift(...control.frames)
        return perform(control.effect, control.frames.length)
      case 'decline':
        return decline(control.effect, false)
      case 'use':
        throw new Error('only a generator that ends uses a continuation')
      case 'close':
        if (control.error !== undefined) fail(control.error.value)
        return closeTop(stack[0] as Frame)
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
        return end(frame.gen, control.is === 'leave' ? control.with : control)
      case 'prompt': {
        const { returns } = frame.handler
        if (returns === undefined || control.is !== 'value') return control
        return { is: 'enter', node: returns, scope: { it: control.value } }
      }
      case 'store':
        return frame.native === 'listen' && control.is === 'value' ? value([control.value, frame.log]) : control
      case 'tried':
        if (threw) return value({ ok: false, error: control.value })
        return value({ ok: true, value: (control as { value: unknown }).value })
      case 'answer':
        if (threw) return abandon(frame.k, control)
        return { is: 'resume', frames: take(frame.k) as Frame[], control }
      case 'root':
        return finish(frame, control)
      case 'after':
        return 'frames' in frame.then ? abandon({ frames: frame.then.frames }, control) : control
      case 'failed':
        return control
    }
  }

  function cleanUp(frame: Extract<Frame, { f: 'finally' }>, then: Control): Control {
    trace.push('cleanup')
    stack.unshift({ f: 'cleaned', then })
    return { is: 'eval', node: frame.cleanup, scope: frame.scope }
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
      case 'answer':
        return abandon(frame.k, { is: 'close' })
      case 'after':
        return 'frames' in frame.then ? abandon({ frames: frame.then.frames }, { is: 'close' }) : { is: 'close' }
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

  /** An error got into frames that are being closed: it is what the closing ends with. */
  function fail(error: unknown): void {
    const at = stack.findIndex(frame => frame.doomed !== true)
    stack.splice(at, stack[at]?.f === 'failed' ? 1 : 0, { f: 'failed', error })
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

  function unwind(frames: Frame[], then: Control): Control {
    for (const frame of frames) frame.doomed = true
    stack.unshift(...frames, { f: 'after', then })
    return { is: 'close' }
  }

  /** The program is over: the continuations that are still kept are closed, the youngest first. */
  function finish(root: Frame, control: Control): Control | undefined {
    stack.unshift(root)
    const k = kept.pop()
    return k === undefined ? undefined : abandon(k, control)
  }

  function evaluate(node: Node, scope: Scope): Control {
    const operand = (of: Operand) => (of === 'it' ? scope.it : of)
    const called: Control = { is: 'enter', node: 'body' in node ? node.body : node, scope }
    const within = (frame: Frame): Control => {
      stack.unshift(frame)
      return called
    }
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
        stack.unshift({ f: 'bind', then: node.then, scope })
        return { is: 'eval', node: node.first, scope }
      case 'catch':
        stack.unshift({ f: 'catch', then: node.then, scope })
        return { is: 'eval', node: node.body, scope }
      case 'finally':
        stack.unshift({ f: 'finally', cleanup: node.cleanup, scope })
        return { is: 'eval', node: node.body, scope }
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
        return perform({ name: 'Get', args: [node.key] })
      case 'ask':
        return perform({ name: 'Ask', args: [node.key] })
      case 'put':
        return perform({ name: 'Put', args: [node.key, operand(node.value)] })
      case 'modify':
        return perform({ name: 'Modify', args: [node.key, node.by] })
      case 'tell':
        return perform({ name: 'Tell', args: [operand(node.value)] })
      case 'local':
        return perform({ name: 'Local', args: [{ [node.key]: operand(node.value) }], run: called })
      case 'listen':
        return perform({ name: 'Listen', args: [], run: called })
      case 'try':
        return perform({ name: 'Try', args: [], run: called })
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

  /** Searches the handlers outward, from the frame `from`. */
  function perform(effect: Performed, from = 0): Control {
    const { name, args, run } = effect
    for (let at = from; at < stack.length; at++) {
      const frame = stack[at] as Frame
      if (frame.f === 'prompt') {
        const { all, clauses } = frame.handler
        const clause = all ?? clauses.find(each => each.effect === name)
        if (clause !== undefined) return call(clause, effect, at, all === undefined ? args[0] : name)
      } else if (frame.f === 'store') {
        const { map, log, native } = frame
        const [key, written] = args
        if (native === 'state' && (name === 'Get' || name === 'Put' || name === 'Modify')) {
          const old = map.get(key)
          if (name === 'Put') map.set(key, written)
          if (name === 'Modify') {
            if ((written as number) < 0) return failure(written)
            map.set(key, add(old, written as number))
          }
          return value(name === 'Put' ? undefined : old)
        }
        const isReader = native === 'reader' || native === 'local'
        if (isReader && name === 'Ask') {
          if (map.has(key)) return value(map.get(key))
          if (native === 'reader') return failure('ERR_MISSING_ENV_KEY')
        }
        const isWriter = native === 'writer' || native === 'listen'
        if (isWriter && name === 'Tell') {
          log.push(key)
          if (native === 'writer') return value(undefined)
        }
        if (isReader && name === 'Local') stack.unshift(store('local', key as object))
        else if (isWriter && name === 'Listen') stack.unshift(store('listen'))
        else if (native === 'try' && name === 'Try') stack.unshift({ f: 'tried' })
        else continue
        return run as Control
      }
    }
    return failure('ERR_UNHANDLED_EFFECT')
  }

  function call(
    clause: ClauseNode | NonNullable<HandlerNode['all']>,
    effect: Performed,
    at: number,
    it: unknown,
  ): Control {
    if (clause.kind === 'val') return value(clause.value)
    const note = 'effect' in clause ? `${clause.kind} ${clause.effect}` : `all ${effect.name}`
    if (clause.kind === 'fun') trace.push(note)
    if (clause.kind === 'fun' && clause.by >= 0) return value(add(it, clause.by))
    const k: K = { frames: stack.splice(0, at + 1) }
    switch (clause.kind) {
      case 'fun':
        return abandon(k, failure(clause.by))
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
