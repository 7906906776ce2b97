// The frames of the reference interpreter, and the control that goes from one to the next.

import type { HandlerNode, Node } from './ast'
import type { Scheduler, Task } from './tasks'

/** Owns frames until they are taken. */
export interface K {
  frames: Frame[] | undefined
  /** The prompt at its end stands for one outside of the task: only the clause's tail position may resume. */
  crosses?: boolean
}
/** What the nodes of one generator see. */
export interface Scope extends Text {
  it: unknown
  k?: K
}
/** What encloses a node in the text. */
export interface Text {
  shield?: Shield
  /** The shield of the library's own form around this node. */
  own?: Shield
  cancels?: Region
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
  /** Frames are put back, and unwound up to the target; an error is what the unwinding ends with. */
  | { is: 'unwind'; frames: Frame[]; target: Frame; error?: Control }
  /** An unwinding has reached its target, the innermost frame. */
  | { is: 'reached' }
  /** A task was unwound. */
  | { is: 'cancelled' }
  | { is: 'enter'; node: Node; scope: Scope; gen?: Gen; note?: string }
  /** `by`: the prompt that takes it. */
  | { is: 'perform'; effect: Performed; by?: Prompt }
  | { is: 'decline'; effect: Performed | undefined }
  | { is: 'use'; k: K; control: Control }
  /** The scheduler on top of the stack goes on with another task. */
  | { is: 'switch'; error?: { value: unknown } }
  /** The form on top of the stack goes on with its next child, or as it was to when its tasks had ended. */
  | { is: 'next' | 'formEnded' }
  /** A clause of a handler outside of the task has ended without resuming: its result goes to the prompt. */
  | { is: 'escape'; prompt: Prompt; with: Control }
  /** The whole run is being cancelled; an error replaces that. */
  | { is: 'abort'; error?: { value: unknown } }
/** What a generator is besides its frames. */
export interface Gen {
  /** The continuation of the clause that this generator is; it closes it when it ends, unless `keeps`. */
  k?: K
  keeps?: boolean
  effect?: Performed
  /** The clause is of this handler, which stands outside of the task. */
  leaves?: Prompt
}

export type Frame = { doomed?: boolean } & (
  | { f: 'bind' | 'catch'; then: Node; scope: Scope; silent?: boolean }
  | { f: 'finally'; cleanup: Node; scope: Scope; silent?: boolean }
  | { f: 'cleaned'; then: Control }
  | { f: 'gen'; gen: Gen; closing?: boolean }
  | Prompt
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
  /** A program runs in place: handlers from here up to and including `past` do not hear of its effects. */
  | { f: 'under'; past: Frame }
  | Shield
  | { f: 'restore'; of: Shield }
  | Region
  | Form
  /** Where a closing ends, and what then. What a clause throws that it ends goes where the clause leaves to. */
  | { f: 'after'; then: Control; leaves?: Prompt | undefined }
  | { f: 'failed'; error: unknown }
)

export interface Prompt {
  f: 'prompt'
  doomed?: boolean
  handler: HandlerNode
  text: Text
  /** What a cleanup above has thrown while it is closed with all that is around it. */
  failure?: { value: unknown } | undefined
  /** The prompt outside of the task that this one stands for, and the task: anywhere else it is as any other. */
  origin?: Prompt
  of?: Task
}
export interface Shield {
  f: 'shield'
  doomed?: boolean
}
/** A cancel scope without tasks. */
export interface Region {
  f: 'region'
  doomed?: boolean
  kind: 'timeout' | 'cancelScope'
  /** As the how many-th it was opened. */
  number: number
  cancelled: boolean
  /** When its time is up, by which clock; the clock hears of it when something suspends below. */
  deadline: number
  clock?: Scheduler | undefined
  armed: boolean
}
/** A cancel scope with tasks. */
export interface Form {
  f: 'form'
  doomed?: boolean
  kind: 'all' | 'any' | 'scope'
  cancelled: boolean
  /** Programs that have not been started, and how many have. */
  bodies: Control[]
  started: number
  /** Who belongs to it and has not ended, in the order of joining. */
  tasks: Task[]
  results: unknown[]
  errors: unknown[]
  /** What the children have come to. */
  outcome?: Control
  /** The task that has decided it, whose error is looked at when the form goes on. */
  decider?: Task
  leaving?: Leaving
  /** It has been reached, and goes on so when its tasks have ended. */
  ending?: Control
  /** Who was cancelled when it was reached; later, who was left then. */
  ended: Set<Task>
}
/** How a form is left: with an effect that the prompt takes in its place, or with what that prompt is to give. */
export type Leaving = { prompt: Prompt; effect: Performed } | { prompt: Prompt; with: Control }

export const value = (value: unknown): Control => ({ is: 'value', value })
/** What a control has in it. */
export const valueOf = (control: Control): unknown => ('value' in control ? control.value : undefined)
export const failure = (value: unknown): Control => ({ is: 'throw', value })

/** Carries out what may throw; what programs throw are no errors of the interpreter itself. */
export function guarded<T>(action: () => T): T | Control {
  try {
    return action()
  } catch (error) {
    if (error instanceof Error) throw error
    return failure(error)
  }
}

/** The frame of a built-in handler. */
export function store(native: Native, entries: object = {}): Extract<Frame, { f: 'store' }> {
  return { f: 'store', native, map: new Map(Object.entries(entries)), log: [] }
}

/** Where handlers are searched, the innermost first: a program in place and a child in place jump outward. */
export function* searched(stack: readonly Frame[], from = 0): Generator<number> {
  for (let at = from; at < stack.length; at++) {
    yield at
    const frame = stack[at] as Frame
    if (frame.f === 'under') at = stack.indexOf(frame.past, at)
    // A child has what it inherits of the handlers between it and the scheduler.
    if (frame.f === 'task' && frame.task.inPlace) at = schedulerFrom(stack, at) - 1
    if (at < 0) throw new Error('A prompt or a scheduler is not where it was.')
  }
}

/** Where the scheduler stands that takes what is performed at `from`, -1 if none does. */
export function schedulerOf(stack: readonly Frame[], from = 0): number {
  for (const at of searched(stack, from)) if (stack[at]?.f === 'scheduler') return at
  return -1
}

/** Where the nearest scheduler stands, -1 if none does. */
export function schedulerFrom(stack: readonly Frame[], from = 0): number {
  return stack.findIndex((frame, at) => at >= from && frame.f === 'scheduler')
}

/** Where the frames of the scheduler's task, or of its innermost child in place, end. */
export function endOfOwn(frames: readonly Frame[], scheduler: Scheduler): number {
  return frames.findIndex(frame => frame.f === 'task' && frame.task.scheduler === scheduler) + 1
}

/** The task that has the frame at `at`, and where its own frame is. */
export function taskFrom(stack: readonly Frame[], at: number): [Task, number] | undefined {
  const end = stack.findIndex((frame, place) => place >= at && frame.f === 'task')
  const frame = stack[end]
  return frame?.f === 'task' ? [frame.task, end] : undefined
}
