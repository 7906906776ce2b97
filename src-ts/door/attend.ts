// The root program of an application: makes a task of each request that comes in, and unwinds those that are left when the
// application closes.

import { OwnSet } from '../builtins/collections'
import { append } from '../builtins/intrinsics'
import { each } from '../builtins/iterate'
import { Kind, Program, type ProgramGenerator } from '../language/program'
import { CreateExternalPromise, Wait } from '../effects/scheduler'
import { spawnIn } from '../effects/spawn'
import { Scope } from '../forms/structured'
import type { AnyTask } from '../language/waitable'
import type { ExternalPromise } from '../machine/promises'
import { answering, type Request, type RequestEntrance } from './request'

type AnyProgram = Program<unknown, unknown>
type Steps = ProgramGenerator<AnyProgram, void>

/** The way in: what was asked for from outside, until the root program hears of it. */
export class Entrance implements RequestEntrance {
  #waiting: ExternalPromise<void> | undefined
  #requests: Request[] = []
  /** Why nobody comes in any more. */
  #closedBy: (() => unknown) | undefined
  /** Every request that has not settled. */
  readonly open = new OwnSet<Request>()

  /** Leaves a request. May be called at any time, from anywhere. */
  post(request: Request): void {
    append(this.#requests, request)
    this.#waiting?.complete()
  }

  /** Lets nobody in any more; every request that has not ended is ended with an error that `reason` makes. */
  close(reason: () => unknown): void {
    this.#closedBy ??= reason
    this.#waiting?.complete()
  }

  get isClosed(): boolean {
    return this.#closedBy !== undefined
  }

  /** Ends every request that has not ended. */
  endAll(): void {
    for (const request of each(this.open.list())) request.end(this.#closedBy?.())
  }

  /** Takes the requests that are there. */
  take(): Request[] {
    const requests = this.#requests
    if (requests.length > 0) this.#requests = []
    return requests
  }

  /** Wakes the root program by `promise`, unless there is something to do already: then it gives `true`. */
  waitWith(promise: ExternalPromise<void>): boolean {
    this.#waiting = promise
    return this.#requests.length > 0 || this.isClosed
  }
}

/** Attends to the requests of an application until it closes. Whatever they have spawned ends with it. */
export function attending(entrance: Entrance): AnyProgram {
  return Scope(new Program(Kind.CALL, null, attend, entrance, undefined, 1))
}

function* attend(entrance: Entrance): Steps {
  while (!entrance.isClosed) {
    yield* admit(entrance)
    // The process need not stay alive for requests that may come.
    const promise = (yield CreateExternalPromise({ ref: false })) as ExternalPromise<void>
    if (!entrance.waitWith(promise)) yield Wait(promise.future)
  }
  entrance.endAll()
  for (let request = entrance.open.first(); request !== undefined; request = entrance.open.first()) {
    yield* follow(request)
  }
}

function* admit(entrance: Entrance): Steps {
  const requests = entrance.take()
  for (let at = 0; at < requests.length; at++) {
    const request = requests[at] as Request
    if (request.isOver) continue
    if (request.task !== undefined) yield* follow(request)
    else yield* begin(request)
  }
}

function* begin(request: Request): Steps {
  try {
    request.task = (yield spawnIn(request.context, answering(request), request.name)) as AnyTask
  } catch (error) {
    // There are too many tasks.
    request.fail(error)
  }
}

/** Waits until the task of a request has ended; if that has not settled it, the error of the task does. */
function* follow(request: Request): Steps {
  try {
    yield Wait(request.task as AnyTask)
    request.left()
  } catch (error) {
    request.fail(error)
  }
}
