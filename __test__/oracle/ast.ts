// Programs as data: what the random tests are made of. Both the VM and the reference interpreter run them.
//
// Every generator of the VM is one `call`, body, clause or return clause here; in between, nodes nest as statements
// do. `it` is the result of the nearest `bind`, the payload in a clause, the error in a `catch`.

/** An operand. */
export type Operand = number | 'it'

/** The effects that clauses can name. */
export type EffectName =
  'A' | 'B' | 'C' | 'Get' | 'Put' | 'Modify' | 'Ask' | 'Tell' | 'Yield' | 'Sleep' | 'CreateSemaphore'

/** Which ready tasks go first. */
export type Priority = 'idle' | 'normal' | 'high'

/** Keys of State and Reader. */
export type Key = 'x' | 'y' | 'z'

export type Node =
  | { op: 'pure' | 'throw' | 'note' | 'return'; value: Operand }
  /** A silent one does not bind the value. */
  | { op: 'bind'; first: Node; then: Node; silent?: boolean }
  | { op: 'perform'; effect: 'A' | 'B' | 'C'; value: Operand }
  | { op: 'get' | 'ask'; key: Key }
  | { op: 'put'; key: Key; value: Operand }
  /** Adds to a number; a negative amount makes the function throw. */
  | { op: 'modify'; key: Key; by: number }
  | { op: 'tell'; value: Operand }
  /** Waits for the outside; a run may be cancelled there. */
  | { op: 'wait' }
  | { op: 'local'; key: Key; value: Operand; body: Node }
  | { op: 'listen' | 'try'; body: Node }
  | { op: 'call' | 'tail'; body: Node }
  | { op: 'catch'; body: Node; then: Node }
  /** A silent one is not noted in the trace: it is of the library, not of the program. */
  | { op: 'finally'; body: Node; cleanup: Node; silent?: true }
  | { op: 'handle'; handler: HandlerNode; body: Node }
  | { op: 'state' | 'reader' | 'writer'; value: number; body: Node }
  /** In a clause, with its continuation: answered, thrown into, in tail position or not. */
  | { op: 'resume' | 'transfer' | 'tailResume'; value: Operand; throws: boolean }
  | { op: 'discontinue' | 'keep' }
  /** In a clause: declines, with the same effect or `A` to `C` instead; yielded or returned. */
  | { op: 'delegate'; instead?: 'A' | 'B' | 'C'; returned: boolean }
  /** Resumes the oldest continuation that a clause has put aside with `keep`. */
  | { op: 'wake'; value: Operand }
  | TaskNode
  | RegionNode
  | FormNode

/**
 * About tasks. Those spawned, the promises and the semaphores of a run are told by their numbers, counted backwards from
 * the one that was made last, again and again; where there is none, nothing happens.
 */
export type TaskNode =
  /** The body is the root task of a scheduler, with a simulated clock. */
  | { op: 'scheduled'; body: Node }
  | { op: 'spawn'; priority: Priority; daemon: boolean; body: Node }
  /** `exactly`: the number of the subject, counted from the first; nobody but the reference writes it. */
  | { op: 'await' | 'cancel' | 'acquire' | 'release'; of: number; exactly?: number }
  | { op: 'gather' | 'race'; of: number[] }
  | { op: 'yield' | 'promise' | 'external' | 'now' }
  /** Awaits a promise of JavaScript; it and those of `external` are settled from outside. */
  | { op: 'outside' }
  | { op: 'complete' | 'fail'; of: number; value: Operand }
  | { op: 'semaphore'; permits: number }
  | { op: 'sleep'; ms: number }

/** About regions: what bounds and what holds back a cancellation. */
export type RegionNode =
  /** `own`: of the library, invisible to the `restore` of the text; nobody but the reference writes it. */
  | { op: 'uncancelable'; body: Node; own?: true }
  /** Of the nearest enclosing `uncancelable` in the text; outside of one it only runs its body. */
  | { op: 'restore'; body: Node; own?: true }
  | { op: 'timeout'; ms: number; body: Node }
  | { op: 'cancelScope'; body: Node }
  /** Cancels the nearest enclosing `cancelScope` of the text, or one of those opened so far, counted backwards. */
  | { op: 'cancelIt'; of?: number }

/** Forms that have tasks, and forms around resources. */
export type FormNode =
  | { op: 'all' | 'any'; bodies: Node[] }
  | { op: 'taskScope'; body: Node }
  /** `it` is what was acquired, in the use and in the release. */
  | { op: 'bracket'; acquire: Node; use: Node; release: Node }
  | { op: 'ensure'; body: Node; cleanup: Node }
  | { op: 'withPermit'; of: number; body: Node }

export type ClauseNode =
  | { effect: EffectName; kind: 'val'; value: number }
  /** Adds to a number; a negative amount makes the function throw. */
  | { effect: EffectName; kind: 'fun'; by: number }
  | { effect: EffectName; kind: 'outside' | 'ctl' | 'raw' | 'final'; body: Node }

export interface HandlerNode {
  clauses: ClauseNode[]
  returns?: Node
  /** A catch-all instead of clauses; `it` is the name of the effect. */
  all?: { kind: 'ctl' | 'raw'; body: Node }
}

export type AnyClause = ClauseNode | NonNullable<HandlerNode['all']>

/** What a run gave. Errors of the VM are their codes, errors of the program what was thrown. */
export interface Outcome {
  ended: 'returned' | 'threw'
  value: unknown
  state: Record<string, unknown>
  log: unknown[]
  /** Notes, clauses and cleanups in the order they began. */
  trace: string[]
  /** Tasks that were left over, tasks that failed and that nobody waited for. */
  reports: { left: string[]; failed: string[] }
}

/** Something that happens outside: a promise is settled, that of this number. */
export interface Happening {
  of: number
  how: 'complete' | 'fail'
  value: number
}

/** A task is cancelled just before the run performs the suspending effect of this number. */
export interface Disturbance {
  /** Which of the tasks so far, counted backwards. */
  of: number
  at: number
}

/** What the store, the environment and the log of every run begin with. */
export const INITIAL = { state: { x: 0 }, env: { x: 100, y: 200 } } as const

/** Whether a node may suspend by itself: where a run can be disturbed. */
export function isSuspending(node: Node): boolean {
  const isOwn = 'exactly' in node && node.exactly !== undefined
  return !isOwn && ['await', 'gather', 'race', 'yield', 'acquire', 'sleep', 'outside'].includes(node.op)
}

/** Which one of these a task node is about. */
export function pick<T>(all: readonly T[], of: number): T | undefined {
  return all[all.length - 1 - (of % all.length)]
}

/** Which ones of these a task node is about. */
export function pickAll<T>(all: readonly T[], of: readonly number[]): T[] {
  return all.length === 0 ? [] : of.map(each => pick(all, each) as T)
}

/** Whether a handler of the program takes `Sleep`: time is its own then. */
export function hasOwnTime(program: Node): boolean {
  return JSON.stringify(program).includes('"effect":"Sleep"')
}

/** The sum of the numbers among two values: what `modify` and `fun` compute. */
export function add(value: unknown, by: number): number {
  // oxlint-disable-next-line no-throw-literal -- errors are values here
  if (by < 0) throw by
  return (typeof value === 'number' ? value : 0) + by
}
