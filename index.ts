/**
 * doeff-vm: algebraic effects for Node, on a virtual machine in Rust.
 *
 * Programs are generators that yield effects; handlers say what the effects mean; continuations are one-shot.
 */
export { Do, Program, pure, traverse, type ProgramGenerator, type ProgramLike } from './src-ts/program'
export { effect, type EffectConstructor } from './src-ts/effect'
export { handler, Handler, raw, type CatchAll, type Identity, type RawCatchAll } from './src-ts/handler'
export type { Continuation } from './src-ts/continuation'
export type { AnyEffect, Control, Effect, Handled, NamesOf, ResultOf, ReturnedRow, RowOf } from './src-ts/row'
export {
  Delegate,
  Discontinue,
  Pure,
  Resume,
  ResumeThrow,
  Tail,
  Transfer,
  TransferThrow,
  WithHandler,
} from './src-ts/control'
export { Get, Modify, Put, state, type GetEffect, type ModifyEffect, type PutEffect, type StateEffect } from './src-ts/stdlib/state'
export { Ask, Local, reader, type AskEffect, type LocalEffect, type ReaderEffect } from './src-ts/stdlib/reader'
export { Listen, Tell, writer, type ListenEffect, type TellEffect, type WriterEffect } from './src-ts/stdlib/writer'
export { Err, Ok, Try, tryHandler, type Result, type TryEffect } from './src-ts/stdlib/try'
export type { Bindings } from './src-ts/stdlib/bindings'
export type { BoundReader, BoundState, BoundWriter, Stdlib } from './src-ts/stdlib/bound'
export { run } from './src-ts/execute'
export { VM } from './src-ts/vm'
export type { Stats } from './src-ts/machine'
export {
  AsyncInSyncRunError,
  DoeffError,
  DoeffTypeError,
  ForeignContinuationError,
  InvalidContinuationError,
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
