/**
 * doeff-vm: algebraic effects for Node, on a virtual machine in Rust.
 *
 * Programs are generators that yield effects; handlers say what the effects mean; continuations are one-shot.
 */
export { Do, Program, pure, type AnswerOf, type ProgramGenerator, type ProgramLike } from './src-ts/language/program'
export {
  effect,
  effectName,
  type ConstructorOf,
  type EffectConstructor,
  type EffectKey,
  type EffectMaker,
  type EffectOf,
  type EffectOptions,
  type PayloadOf,
} from './src-ts/language/effect'
export {
  scopedEffect,
  type AnyScoped,
  type ResultOfBody,
  type RowOfBody,
  type ScopedClause,
  type ScopedConstructor,
  type ScopedEffect,
  type ScopedResult,
} from './src-ts/language/scoped'
export { Handler, type AnyHandler, type ClassClauses, type FunResult, type FunRow } from './src-ts/language/handler'
export { handler } from './src-ts/language/make-handler'
export {
  effects,
  op,
  type EffectsOf,
  type Family,
  type FamilyClauses,
  type FamilyResults,
  type PayloadIn,
  type Operation,
} from './src-ts/language/family'
export { raw, type CatchAll, type RawCatchAll } from './src-ts/language/catch-all'
export { compose, type Composition } from './src-ts/language/compose'
export type {
  Caught,
  Identity,
  Paired,
  ResultMap,
  ResultUnder,
  RowMap,
  Then,
  ThenInRow,
} from './src-ts/language/result-map'
export type { Signal } from './src-ts/language/signal'
export type { Continuation } from './src-ts/language/continuation'
export type {
  AnyEffect,
  Async,
  ClauseRow,
  Control,
  Delegated,
  Effect,
  Fails,
  FailsWith,
  FailuresIn,
  GeneratorRow,
  Handled,
  HandledBy,
  HandledAsync,
  NamesOf,
  RealTime,
  Rest,
  ResultOf,
  ReturnedRow,
  RowOf,
  WithoutFailures,
} from './src-ts/language/effect-row'
export {
  AsyncEscape,
  CreateContinuation,
  Delegate,
  Discontinue,
  GetContinuation,
  GetHandlers,
  GetTraceback,
  Pure,
  Resume,
  ResumeContinuation,
  ResumeThrow,
  Tail,
  Transfer,
  TransferThrow,
  WithHandler,
} from './src-ts/language/control'
export {
  Get,
  Modify,
  Put,
  state,
  type GetEffect,
  type ModifyEffect,
  type PutEffect,
  type StateEffect,
} from './src-ts/effects/state'
export { Ask, Local, reader, type AskEffect, type LocalEffect, type ReaderEffect } from './src-ts/effects/reader'
export { Listen, Tell, writer, type ListenEffect, type TellEffect, type WriterEffect } from './src-ts/effects/writer'
export { Try, tryHandler, type TryEffect } from './src-ts/effects/try'
export { Err, Ok, type Result } from './src-ts/language/result'
export {
  fail,
  Failure,
  type FailureArguments,
  type FailureClass,
  type FailureMaker,
  type FailureOptions,
} from './src-ts/language/failure'
export { attempt, catching, catchingAll, type Answered } from './src-ts/language/catching'
export type { Bindings } from './src-ts/language/bindings'
export type { BoundReader, BoundScheduler, BoundState, BoundWriter, Stdlib } from './src-ts/door/bound'
export {
  Acquire,
  Await,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  CurrentTask,
  FailPromise,
  Gather,
  Now,
  Race,
  Release,
  Sleep,
  Spawn,
  Wait,
  Yield,
  type AcquireEffect,
  type AwaitEffect,
  type CancelEffect,
  type CompletePromiseEffect,
  type CreatePromiseEffect,
  type CreateSemaphoreEffect,
  type CurrentTaskEffect,
  type ExternalPromiseEffect,
  type ExternalPromiseOptions,
  type FailPromiseEffect,
  type FailsOf,
  type GatherEffect,
  type NowEffect,
  type PromiseEffect,
  type RaceEffect,
  type RaceResult,
  type ReleaseEffect,
  type Results,
  type SchedulerEffect,
  type SemaphoreEffect,
  type SleepEffect,
  type SpawnEffect,
  type SpawnOptions,
  type WaitEffect,
  type YieldEffect,
} from './src-ts/effects/scheduler'
export { traverse, type TraverseOptions } from './src-ts/forms/traverse'
export {
  All,
  Any,
  CancelScope,
  Scope,
  Timeout,
  uncancelable,
  type AnswersIn,
  type AnswersOf,
  type Restore,
  type StructuredEffect,
} from './src-ts/forms/structured'
export { allSettled, raceAll, type SettledOf } from './src-ts/forms/settling'
export { forever, orElse, repeat, tap, zip } from './src-ts/forms/sequences'
export type { CancelScopeControl } from './src-ts/tasks/own-scope'
export { bracket, ensure, retry, withPermit, type BracketOptions, type RetryPolicy } from './src-ts/forms/resources'
export { runMain, type MainOptions } from './src-ts/door/main'
export { observe } from './src-ts/language/observe'
export type { TaskSnapshot } from './src-ts/tasks/deadlock'
export { awaitHandler, scheduled, simulatedClock, type SchedulerOptions } from './src-ts/tasks/scheduled'
export type { AnyTask, AnyWaitable, Task, VmPromise, Waitable } from './src-ts/language/waitable'
export type { ExternalPromise } from './src-ts/machine/promises'
export type { Semaphore } from './src-ts/machine/semaphore'
export type { OnLeftovers, OnUnobservedFailure } from './src-ts/machine/report'
export { run, runAsync } from './src-ts/door/run'
export type { AsyncOptions, RunOptions } from './src-ts/door/options'
export { start, type StartOptions } from './src-ts/door/start'
export { Application, type RequestOptions } from './src-ts/door/application'
export { VM, type ScopedHandlers, type StepResult } from './src-ts/door/vm'
export type { DebugLevel } from './src-ts/machine/debug'
export { effectTrace, formatTrace, type TraceLink } from './src-ts/language/trace'
export type { Stats } from './src-ts/machine/machine'
export {
  AlreadySettledError,
  ApplicationClosedError,
  AsyncInSyncRunError,
  DeadlockError,
  EscapedTaskError,
  InvalidWaitableError,
  TaskCancelledError,
  TimeoutError,
  TooManyPermitsError,
  TooManyTasksError,
  type BlockedTask,
  DoeffError,
  DoeffTypeError,
  ForeignContinuationError,
  InvalidContinuationError,
  InvalidEffectError,
  InvalidFailureError,
  InvalidHandlerError,
  InvalidProgramError,
  InvalidYieldError,
  MissingEnvKeyError,
  NoHandlerContextError,
  OneShotViolationError,
  OutOfOrderError,
  ReentrantRunError,
  UnhandledEffectError,
  UnstartedContinuationError,
  VmDisposedError,
  VmPoisonedError,
} from './src-ts/messages/errors'
export { backend, type Backend } from './src-ts/wire/backend'
export { version } from './src-ts/wire/version'
