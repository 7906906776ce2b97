/**
 * doeff-vm: algebraic effects for Node, on a virtual machine in Rust.
 *
 * Programs are generators that yield effects; handlers say what the effects mean; continuations are one-shot.
 */
export { Do, Program, pure, type AnswerOf, type ProgramGenerator, type ProgramLike } from './src-ts/program'
export { effect, type EffectConstructor, type EffectKey, type EffectOf } from './src-ts/effect'
export { handler, Handler, raw, type AnyHandler, type CatchAll, type RawCatchAll } from './src-ts/handler'
export { compose, type Composition } from './src-ts/compose'
export type { Caught, Identity, Paired, ResultMap, ResultUnder, RowMap, Then, ThenInRow } from './src-ts/result-map'
export type { Continuation } from './src-ts/continuation'
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
  HandledAsync,
  NamesOf,
  RealTime,
  ResultOf,
  ReturnedRow,
  RowOf,
  WithoutFailures,
} from './src-ts/row'
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
} from './src-ts/control'
export {
  Get,
  Modify,
  Put,
  state,
  type GetEffect,
  type ModifyEffect,
  type PutEffect,
  type StateEffect,
} from './src-ts/stdlib/state'
export { Ask, Local, reader, type AskEffect, type LocalEffect, type ReaderEffect } from './src-ts/stdlib/reader'
export { Listen, Tell, writer, type ListenEffect, type TellEffect, type WriterEffect } from './src-ts/stdlib/writer'
export { Try, tryHandler, type TryEffect } from './src-ts/stdlib/try'
export { Err, Ok, type Result } from './src-ts/result'
export {
  fail,
  Failure,
  type FailureArguments,
  type FailureClass,
  type FailureMaker,
  type FailureOptions,
} from './src-ts/failure'
export { attempt, catching, catchingAll, type Answered } from './src-ts/catching'
export type { Bindings } from './src-ts/stdlib/bindings'
export type { BoundReader, BoundScheduler, BoundState, BoundWriter, Stdlib } from './src-ts/stdlib/bound'
export {
  Acquire,
  Await,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  FailPromise,
  Gather,
  Now,
  Race,
  Release,
  Sleep,
  Spawn,
  Wait,
  Yield,
  type AwaitEffect,
  type CancelEffect,
  type ExternalPromiseEffect,
  type ExternalPromiseOptions,
  type FailsOf,
  type GatherEffect,
  type NowEffect,
  type PromiseEffect,
  type RaceEffect,
  type RaceResult,
  type Results,
  type SchedulerEffect,
  type SemaphoreEffect,
  type SleepEffect,
  type SpawnEffect,
  type SpawnOptions,
  type WaitEffect,
  type YieldEffect,
} from './src-ts/scheduler/effects'
export { traverse, type TraverseOptions } from './src-ts/traverse'
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
} from './src-ts/scheduler/structured'
export type { CancelScopeControl } from './src-ts/scheduler/own-scope'
export { bracket, ensure, retry, withPermit, type BracketOptions, type RetryPolicy } from './src-ts/scheduler/resources'
export { runMain, type MainOptions } from './src-ts/main'
export { observe } from './src-ts/observe'
export type { TaskSnapshot } from './src-ts/scheduler/deadlock'
export { awaitHandler, scheduled, simulatedClock, type SchedulerOptions } from './src-ts/scheduler/scheduled'
export type { AnyTask, AnyWaitable, Task, VmPromise, Waitable } from './src-ts/scheduler/waitable'
export type { ExternalPromise } from './src-ts/scheduler/promises'
export type { Semaphore } from './src-ts/scheduler/semaphore'
export type { OnUnobservedFailure } from './src-ts/scheduler/report'
export { run, runAsync } from './src-ts/execute'
export type { AsyncOptions } from './src-ts/options'
export { VM, type ScopedHandlers, type StepResult } from './src-ts/vm'
export type { DebugLevel } from './src-ts/debug'
export { effectTrace, formatTrace, type TraceLink } from './src-ts/trace'
export type { Stats } from './src-ts/machine'
export {
  AlreadySettledError,
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
} from './src-ts/errors'
export { version } from './src-ts/version'
