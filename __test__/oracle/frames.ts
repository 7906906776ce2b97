// The frames of the reference interpreter, and the control that goes from one to the next.

import type { HandlerNode, Node } from './ast'
import type { Scheduler, Task } from './tasks'

/** Owns frames until they are taken. */
export interface K {
  frames: Frame[] | undefined
}
/** What the nodes of one generator see. */
export interface Scope {
  it: unknown
  k?: K
}
/** An effect on its way; `run` is the program that it carries. */
export interface Performed {
  name: string
  args: unknown[]
  run?: Control
}
/** The built-in handlers, and the layers that `Local` and `Listen` put around their programs. */
export type Native = 'state' | 'reader' | 'local' | 'writer' | 'listen' | 'try'

/** What happens next. */
export type Control =
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
  /** The scheduler on top of the stack goes on with another task. */
  | { is: 'switch'; error?: { value: unknown } }
/** What a generator is besides its frames. */
export interface Gen {
  /** The continuation of the clause that this generator is; it closes it when it ends, unless `keeps`. */
  k?: K
  keeps?: boolean
  effect?: Performed
}
export type Frame = { doomed?: boolean } & (
  | { f: 'bind' | 'catch'; then: Node; scope: Scope }
  | { f: 'finally'; cleanup: Node; scope: Scope }
  | { f: 'cleaned'; then: Control }
  | { f: 'gen'; gen: Gen; closing?: boolean }
  | { f: 'prompt'; handler: HandlerNode }
  | {
      f: 'store'
      native: Native
      map: Map<string, unknown>
      log: unknown[]
      inherited?: boolean
    }
  | { f: 'task'; task: Task }
  | { f: 'scheduler'; scheduler: Scheduler }
  | { f: 'tried' | 'root' }
  | { f: 'answer'; k: K }
  /** Where a closing ends, and what then. */
  | { f: 'after'; then: Control }
  | { f: 'failed'; error: unknown }
)

export const value = (value: unknown): Control => ({ is: 'value', value })
/** What a control has in it. */
export const valueOf = (control: Control): unknown => ('value' in control ? control.value : undefined)
export const failure = (value: unknown): Control => ({ is: 'throw', value })

/** Carries out what may throw. */
export function guarded<T>(action: () => T): T | Control {
  try {
    return action()
  } catch (error) {
    return failure(error)
  }
}

/** The frame of a built-in handler. */
export function store(native: Native, entries: object = {}): Extract<Frame, { f: 'store' }> {
  return { f: 'store', native, map: new Map(Object.entries(entries)), log: [] }
}
