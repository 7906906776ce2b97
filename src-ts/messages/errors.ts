// The errors of the machine: one class and one stable `code` each. A user's own errors are never wrapped in them.

/**
 * The base of every error of doeff-vm.
 *
 * @example
 * const error = run(Try(Ask('port')).with(tryHandler).with(reader({})))
 * !error.ok && error.error instanceof DoeffError && error.error.code // 'ERR_MISSING_ENV_KEY'
 */
export class DoeffError extends Error {
  /** Stable, for programs; the message is for people. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/**
 * No handler in scope takes the effect. Thrown into the performer.
 *
 * @example
 * new VM().run(Get('n')) // throws UnhandledEffectError
 */
export class UnhandledEffectError extends DoeffError {
  constructor(
    message: string,
    /** The effect that found no handler. */
    readonly effect: unknown,
    /** The names of the handlers in scope, innermost first. */
    readonly handlers: readonly string[],
  ) {
    super('ERR_UNHANDLED_EFFECT', message)
  }
}

/**
 * A continuation was used a second time.
 *
 * @example
 * const Beep = effect('Beep')()
 * const twice = handler('twice').ctl(Beep, function* (k) {
 *   yield* Resume(k)
 *   return Resume(k)
 * })
 * run(Beep().with(twice)) // throws OneShotViolationError
 */
export class OneShotViolationError extends DoeffError {
  constructor(message: string) {
    super('ERR_ONE_SHOT_VIOLATION', message)
  }
}

/**
 * A continuation of another VM, or of a run that is over.
 *
 * @example
 * const Pause = effect('Pause')()
 * const pausing = handler('pausing').raw(Pause, function* (k) { return { k } })
 * const paused = run(Pause().with(pausing)) as { k: Continuation<void> }
 * run(Resume(paused.k)) // throws ForeignContinuationError
 */
export class ForeignContinuationError extends DoeffError {
  constructor(message: string) {
    super('ERR_FOREIGN_CONTINUATION', message)
  }
}

/**
 * `GetContinuation` or `Delegate` outside of a handler's clause.
 *
 * @example
 * run(GetContinuation()) // throws NoHandlerContextError
 */
export class NoHandlerContextError extends DoeffError {
  constructor(message: string) {
    super('ERR_NO_HANDLER_CONTEXT', message)
  }
}

/**
 * `Resume` or `Transfer` of a continuation that `CreateContinuation` made and nothing has started.
 *
 * @example
 * run(CreateContinuation(pure(1)).flatMap(k => Resume(k))) // throws UnstartedContinuationError
 */
export class UnstartedContinuationError extends DoeffError {
  constructor(message: string) {
    super('ERR_UNSTARTED_CONTINUATION', message)
  }
}

/**
 * `Ask` of a key that no reader in scope binds. Thrown into the performer.
 *
 * @example
 * run(Ask('port').with(reader({}))) // throws MissingEnvKeyError
 */
export class MissingEnvKeyError extends DoeffError {
  constructor(
    message: string,
    /** The key asked for. */
    readonly key: unknown,
  ) {
    super('ERR_MISSING_ENV_KEY', message)
  }
}

/**
 * An asynchronous effect in a synchronous run. Thrown into the performer.
 *
 * @example
 * new VM().run(AsyncEscape(() => Promise.resolve(1))) // throws AsyncInSyncRunError
 */
export class AsyncInSyncRunError extends DoeffError {
  constructor(message: string) {
    super('ERR_ASYNC_IN_SYNC_RUN', message)
  }
}

/**
 * A VM was entered again while it runs.
 *
 * @example
 * const vm = new VM()
 * vm.run(function* () { return vm.run(pure(1)) }) // throws ReentrantRunError
 */
export class ReentrantRunError extends DoeffError {
  constructor(message: string) {
    super('ERR_REENTRANT_RUN', message)
  }
}

/**
 * A call that makes no sense in the VM's present state.
 *
 * @example
 * new VM().stepOnce() // throws OutOfOrderError
 */
export class OutOfOrderError extends DoeffError {
  constructor(message: string) {
    super('ERR_OUT_OF_ORDER', message)
  }
}

/**
 * A VM was used after `dispose()`.
 *
 * @example
 * const vm = new VM()
 * vm.dispose()
 * vm.run(pure(1)) // throws VmDisposedError
 */
export class VmDisposedError extends DoeffError {
  constructor(message = 'This VM was disposed; make a new one with new VM().') {
    super('ERR_VM_DISPOSED', message)
  }
}

/**
 * A bug in the machine was caught. Only this VM is affected; it cannot be used any more.
 *
 * @example
 * const isFatal = (error: unknown) => error instanceof VmPoisonedError
 * isFatal(new Error('of the program')) // false
 */
export class VmPoisonedError extends DoeffError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_VM_POISONED', message, options)
  }
}

/**
 * The base of errors about a value of the wrong type: a `TypeError` with a code.
 *
 * @example
 * const error = run(Try(pure(1).map(() => Do(5 as never))).with(tryHandler))
 * !error.ok && error.error instanceof DoeffTypeError && error.error.code // 'ERR_INVALID_PROGRAM'
 */
export class DoeffTypeError extends TypeError {
  /** Stable, for programs; the message is for people. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
    this.name = new.target.name
  }
}

/**
 * Something that is not a program was given where one is needed.
 *
 * @example
 * Do((() => 1) as never) // throws InvalidProgramError
 */
export class InvalidProgramError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_PROGRAM', message)
  }
}

/**
 * A program yielded something that cannot be yielded. Thrown at the yield.
 *
 * @example
 * run(function* () { yield 42 }) // throws InvalidYieldError
 */
export class InvalidYieldError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_YIELD', message)
  }
}

/**
 * A handler was built or used wrongly, or a catch-all answered with something it may not.
 *
 * @example
 * const Port = effect('Port')<[], number>()
 * handler('ports').val(Port, 80).val(Port, 443) // throws InvalidHandlerError
 */
export class InvalidHandlerError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_HANDLER', message)
  }
}

/**
 * Something that is not a continuation of this package was given where one is needed.
 *
 * @example
 * run(Resume(42 as never)) // throws InvalidContinuationError
 */
export class InvalidContinuationError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_CONTINUATION', message)
  }
}

/**
 * A task that was waited for was cancelled.
 *
 * @example
 * const parent = Do(function* () {
 *   const task = yield* Spawn(pure(1))
 *   yield* Cancel(task)
 *   return yield* Wait(task)
 * })
 * run(parent().with(scheduled())) // throws TaskCancelledError
 */
export class TaskCancelledError extends DoeffError {
  constructor(message: string) {
    super('ERR_TASK_CANCELLED', message)
  }
}

/**
 * No task can ever go on, and nothing outside is pending: thrown into the root task. Or some can never go on, whatever comes
 * from outside: thrown into the oldest one of those that wait for one another. Or nobody holds an external promise any more:
 * thrown where it is waited for.
 *
 * @example
 * const stuck = Do(function* () { return yield* Wait((yield* CreatePromise()).future) })
 * run(stuck().with(scheduled())) // throws DeadlockError
 */
export class DeadlockError extends DoeffError {
  constructor(
    message: string,
    /** The tasks that are blocked. */
    readonly tasks: readonly BlockedTask[],
    /** The names of tasks that wait for one another in a circle, the first one again at the end. */
    readonly cycle: readonly string[] | undefined,
  ) {
    super('ERR_DEADLOCK', message)
  }
}

/** One task of a {@link DeadlockError}. */
export interface BlockedTask {
  /** Its number in its run. */
  readonly id: number
  readonly name: string
  /** What it waits for, in words. */
  readonly waitsFor: readonly string[]
  /** The program that spawned it. */
  readonly spawnedBy: string | undefined
}

/**
 * A promise was settled a second time.
 *
 * @example
 * const twice = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* CompletePromise(promise, 1)
 *   yield* FailPromise(promise, new Error('too late'))
 * })
 * run(twice().with(scheduled())) // throws AlreadySettledError
 */
export class AlreadySettledError extends DoeffError {
  constructor(message: string) {
    super('ERR_ALREADY_SETTLED', message)
  }
}

/**
 * `Release` of a semaphore whose permits are all in.
 *
 * @example
 * run(CreateSemaphore(1).flatMap(one => Release(one)).with(scheduled())) // throws TooManyPermitsError
 */
export class TooManyPermitsError extends DoeffError {
  constructor(message: string) {
    super('ERR_TOO_MANY_PERMITS', message)
  }
}

/**
 * A scheduler has as many tasks as it may: `scheduled({ maxTasks })`.
 *
 * @example
 * const endless = Do(function* () { for (;;) yield* Spawn(Yield()) })
 * run(endless().with(scheduled({ maxTasks: 10 }))) // throws TooManyTasksError
 */
export class TooManyTasksError extends DoeffError {
  constructor(message: string) {
    super('ERR_TOO_MANY_TASKS', message)
  }
}

/**
 * A program was given to an application that is closed; or it was under way when the application closed, and was unwound.
 * `cause` is there when the application ended by itself, because of its handlers.
 *
 * @example
 * const app = start()
 * await app.close()
 * await app.run(pure(42)) // throws ApplicationClosedError
 */
export class ApplicationClosedError extends DoeffError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_APPLICATION_CLOSED', message, options)
  }
}

/**
 * A clause of a handler outside of a task ended without resuming it: the place that it leaves to is not on the task's own
 * chain. Thrown where the task is waited for. Also thrown at a `Resume` that would give the result of a task to such a clause.
 *
 * @example
 * const Fail = effect('Fail')<[message: string], never>()
 * const parent = Do(function* () { return yield* Wait(yield* Spawn(Fail('no'))) })
 * run(parent().with(handler('failing').final(Fail, message => message)).with(scheduled())) // throws EscapedTaskError
 */
export class EscapedTaskError extends DoeffError {
  /** The name of the effect that the clause took. */
  readonly effect: string | undefined
  /** The name of its handler. */
  readonly handler: string | undefined
  /** The task; `undefined` when it is not known. */
  readonly task: unknown
  /** What the clause has ended with; what it threw is the `cause`. */
  readonly result: unknown

  constructor(
    message: string,
    about: { effect?: string; handler?: string; task: unknown; result: unknown },
    options?: ErrorOptions,
  ) {
    super('ERR_ESCAPED_TASK', message, options)
    this.effect = about.effect
    this.handler = about.handler
    this.task = about.task
    this.result = about.result
  }
}

/**
 * A program took longer than it may: see `Timeout`.
 *
 * @example
 * run(Timeout(10, Sleep(20)).with(simulatedClock()).with(scheduled())) // throws TimeoutError
 */
export class TimeoutError extends DoeffError {
  constructor(message: string) {
    super('ERR_TIMEOUT', message)
  }
}

/**
 * Something that cannot be waited for, or that belongs to another VM or to a run that is over.
 *
 * @example
 * Wait(42 as never) // throws InvalidWaitableError
 */
export class InvalidWaitableError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_WAITABLE', message)
  }
}

/**
 * An effect, a family of effects or a key was declared wrongly.
 *
 * @example
 * effects('Repo', { find: 42 as never }) // throws InvalidEffectError
 */
export class InvalidEffectError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_EFFECT', message)
  }
}

/**
 * Something that is no failure was given where one is needed, or a failure was made wrongly.
 *
 * @example
 * fail(42 as never) // throws InvalidFailureError
 */
export class InvalidFailureError extends DoeffTypeError {
  constructor(message: string) {
    super('ERR_INVALID_FAILURE', message)
  }
}

/** What may be gone when the same thing is tried again. */
const PASSING = [TimeoutError, TooManyTasksError] as const

/**
 * Whether an error says that the program or the machine is wrong, so that trying again is of no use: those of this package
 * do, except for the few that time may mend. @internal
 */
export function isHopeless(error: unknown): boolean {
  try {
    if (!(error instanceof DoeffError || error instanceof DoeffTypeError)) return false
    for (let at = 0; at < PASSING.length; at++) if (error instanceof (PASSING[at] as typeof TimeoutError)) return false
    return true
  } catch {
    // A Proxy that cannot be asked what it is an instance of is none of ours.
    return false
  }
}
