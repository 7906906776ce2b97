// A request: one program that was given to a running application, and the promise of its result. It begins in a task of its
// own, is ended through a cancel scope inside of that task, and settles its promise exactly once.

import type { AsyncResource } from 'node:async_hooks'

import { each } from '../builtins/iterate'
import { append } from '../builtins/intrinsics'
import type { OwnSet } from '../builtins/collections'
import { CancelScope } from '../forms/structured'
import { Kind, Program, type ProgramGenerator } from '../language/program'
import type { AnyTask } from '../language/waitable'
import type { CancelScopeControl } from '../tasks/own-scope'

type AnyProgram = Program<unknown, unknown>

/** What a request needs of whoever asked for it. */
export interface Asker {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Where requests come in. */
export interface RequestEntrance {
  /** Every request that has not settled. */
  readonly open: OwnSet<Request>
  /** Leaves a request: a new one, or one whose task ends without having settled it. */
  post(request: Request): void
}

/** One program in an application. */
export class Request {
  /** Why it is to end, once it is told to. */
  #reason: unknown
  #isToldToEnd = false
  #scope: CancelScopeControl | undefined
  #isSettled = false
  /** What its program has returned. */
  #value: unknown
  #hasValue = false
  /** Its task, once it has one. */
  task: AnyTask | undefined
  /** Called once, when it has settled. */
  #onceSettled: (() => void)[] = []

  constructor(
    readonly program: AnyProgram,
    /** For messages. */
    readonly name: string,
    /** The asynchronous context of whoever asked, in which the program begins. */
    readonly context: AsyncResource,
    readonly asker: Asker,
    /** Where it is admitted. */
    readonly entrance: RequestEntrance,
  ) {
    entrance.open.add(this)
  }

  /** Whether its program need not begin. */
  get isOver(): boolean {
    return this.#isSettled
  }

  /** Calls `f` when it has settled. */
  whenSettled(f: () => void): void {
    append(this.#onceSettled, f)
  }

  /** Ends it: what has begun is unwound first. What has a result by then keeps it. */
  end(reason: unknown): void {
    if (this.#isToldToEnd || this.#isSettled) return
    this.#isToldToEnd = true
    this.#reason = reason
    if (this.#scope === undefined) this.fail(reason)
    else this.#scope.cancel()
  }

  /** The program, as the body of a scope that {@link Request.end} cancels. */
  body(scope: CancelScopeControl): AnyProgram {
    this.#scope = scope
    return new Program(Kind.CALL, null, noting, this, undefined, 1)
  }

  /** Its program has returned. */
  note(value: unknown): void {
    this.#value = value
    this.#hasValue = true
  }

  /** Its scope has been left: with a result, or because it was told to end. */
  left(): void {
    if (!this.#hasValue) return this.fail(this.#reason)
    if (this.#settle()) this.asker.resolve(this.#value)
  }

  /** It has ended with an error. */
  fail(error: unknown): void {
    if (this.#settle()) this.asker.reject(error)
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    this.entrance.open.delete(this)
    for (const f of each(this.#onceSettled)) f()
    return true
  }
}

function* noting(request: Request): ProgramGenerator<AnyProgram, void> {
  request.note(yield request.program)
}

/** What the task of a request runs. */
export function answering(request: Request): AnyProgram {
  return new Program(Kind.CALL, null, answered, request, undefined, 1)
}

function* answered(request: Request): ProgramGenerator<AnyProgram, void> {
  if (request.isOver) return
  try {
    yield CancelScope(scope => request.body(scope))
    request.left()
  } catch (error) {
    request.fail(error)
  } finally {
    // The task is left from outside: a clause of a handler has not resumed it, or somebody has cancelled it.
    if (!request.isOver) request.entrance.post(request)
  }
}
