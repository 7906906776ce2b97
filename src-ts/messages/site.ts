// Where in the source a program waited: noted when an error is thrown into its `yield*`, so a program that does not fail
// pays nothing. A plain `yield` has nothing of ours on the stack, and its place stays unknown.

import { OwnWeakMap } from '../builtins/collections'
import { exec } from '../builtins/intrinsics'

const capture = Error.captureStackTrace
const { set } = Reflect

/** A stack whose text is made when it is first read. @internal */
export interface Captured {
  readonly stack?: unknown
}

const sites = new OwnWeakMap<object, Captured>()

/** The program's own line, and the engine's below it. */
const LINES = 2

/**
 * Notes the place of whoever called `below`, which `error` is thrown into. Costs a third of making an Error, and
 * nothing when the application has turned stacks off by `Error.stackTraceLimit`. @internal
 */
export function noteSite(error: unknown, below: (error: unknown) => never): void {
  const limit = Error.stackTraceLimit
  if (typeof error !== 'object' || error === null || !(limit > 0)) return
  const captured: Captured = {}
  // Unlike an assignment, this does not throw when the application has frozen Error.
  set(Error, 'stackTraceLimit', LINES)
  capture(captured, below)
  set(Error, 'stackTraceLimit', limit)
  sites.set(error, captured)
}

/**
 * The place of whoever called `below`, to be read by {@link placeIn}; `undefined` when the application has turned stacks off.
 * @internal
 */
export function placeOfCaller(below: Function): Captured | undefined {
  const limit = Error.stackTraceLimit
  if (!(limit > 0)) return undefined
  const captured: Captured = {}
  set(Error, 'stackTraceLimit', 1)
  capture(captured, below)
  set(Error, 'stackTraceLimit', limit)
  return captured
}

/** The place as `file:line:column`. @internal */
export function placeIn(captured: Captured): string | undefined {
  const place = exec(PLACE, textOf(captured))
  return place?.[1] ?? place?.[2]
}

/** The place that was noted last for `error`, once. @internal */
export function takeSite(error: object): Captured | undefined {
  const captured = sites.get(error)
  if (captured !== undefined) sites.delete(error)
  return captured
}

const PLACE = /^\s+at (?:.+ \((.+:\d+:\d+)\)|(.+:\d+:\d+))$/m
/** The line of the engine's own function below; source maps leave it as it is. */
const GENERATOR = /^\s+at (.+)\.throw \(<anonymous>\)$/m

/**
 * The place as `file:line:column`, when it is in a generator of this name, if there is one. An error may be caught and
 * thrown again by another program; a place that was noted before is not that one's. @internal
 */
export function siteIn(captured: Captured, name: string | undefined): string | undefined {
  const text = textOf(captured)
  const generator = exec(GENERATOR, text)?.[1]
  if (name !== undefined && generator !== undefined && generator !== name) return undefined
  return placeIn(captured)
}

/** Making the text may run a hook of the application. */
function textOf(captured: Captured): string {
  try {
    return String(captured.stack)
  } catch {
    return ''
  }
}
