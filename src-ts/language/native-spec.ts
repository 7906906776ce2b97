// What a handler has that is not made of clauses: one that the machine answers itself, or a program around the body.

import { freeze } from '../builtins/intrinsics'
import type { Program } from './program'
import type { Native } from '../wire/protocol'

/** A built-in handler: which one, and what fills a store of its own. @internal */
export interface NativeSpec {
  readonly native: Native | undefined
  /** It is a scheduler that works like this. */
  readonly scheduler?: { readonly maxTasks: number; readonly preemptEvery: number }
  /** Entries for a new store, read at each installation. */
  readonly seed: () => Iterable<readonly [key: unknown, value: unknown]>
  /** Maps the result, given the entries of the store that ended. */
  readonly mapResult?: (value: unknown, entries: readonly (readonly [key: unknown, value: unknown])[]) => unknown
  /** The handler's number in the one VM whose own store it works on. */
  readonly bound?: { readonly vm: object; readonly id: number; readonly run?: number }
}

/** What a handler makes of the body, when it is nothing but a program around it. @internal */
export type Around = (body: Program<unknown, unknown>) => Program<unknown, unknown>

/** Nobody can change `spec` any more. @internal */
export function freezeSpec(spec: NativeSpec): void {
  if (spec.scheduler !== undefined) freeze(spec.scheduler)
  if (spec.bound !== undefined) freeze(spec.bound)
  freeze(spec)
}
