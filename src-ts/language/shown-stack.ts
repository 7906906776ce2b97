// What the `stack` of an error that leaves a run says: the programs that it passed, where frames of the machine and of Node
// were. Test runners, loggers and `console.log` print that text and nothing else.
//
// The head of the stack, and every frame of the user's, stay as they are. Nothing is done before the error leaves.

import { types } from 'node:util'

import { OwnWeakMap } from '../builtins/collections'
import { each } from '../builtins/iterate'
import { append, cut, exec, includes, join, pop } from '../builtins/intrinsics'
import { ownPlace } from '../wire/files'
import { effectTrace, type TraceLink } from './trace'

const describe = Object.getOwnPropertyDescriptor
const define = Object.defineProperty
const { isNativeError } = types

/** Where some engines keep the stacks of all errors: behind one getter. */
const engineGetter = describe(new Error('of the engine'), 'stack')?.get

/** Whether a place is in the machine's own code. @internal */
export function isOwnPlace(place: string): boolean {
  return includes(place, ownPlace)
}

/** Errors that have left a run; they are shown as they were the first time. */
const shown = new OwnWeakMap<object, true>()

/**
 * Puts the programs that `error` passed into its `stack`, once. An error that is none, that is frozen, or whose stack is not
 * the engine's own text is left alone. Never throws. @internal
 */
export function showPrograms(error: unknown): void {
  try {
    if (!isNativeError(error) || shown.get(error) !== undefined) return
    const text = stackOf(error)
    const links = effectTrace(error)
    if (text === undefined || links.length === 0) return
    shown.set(error, true)
    const value = withPrograms(text, headLength(error, text), links)
    define(error, 'stack', { __proto__: null, value, configurable: true, writable: true } as PropertyDescriptor)
  } catch {
    // A hook of the application's for stacks threw, or the stack is full: the error leaves as it is.
  }
}

/** The text that the engine made, if it may be replaced. */
function stackOf(error: Error): string | undefined {
  const found = describe(error, 'stack')
  if (found?.configurable !== true || found.enumerable === true) return undefined
  const isOfEngine = found.get === undefined ? found.writable === true : found.get === engineGetter
  const text: unknown = isOfEngine ? error.stack : undefined
  return typeof text === 'string' ? text : undefined
}

const FIRST_FRAME = /\n\s+at /

/** How long the head is: the message may have lines that look like frames. */
function headLength(error: Error, text: string): number {
  const message: unknown = describe(error, 'message')?.value
  const begin = typeof message === 'string' ? indexIn(text, message) : 0
  const rest = cut(text, begin, text.length)
  return begin + (exec(FIRST_FRAME, rest)?.index ?? rest.length)
}

/** Where the message ends in the text; 0 when it was changed since. */
function indexIn(text: string, message: string): number {
  const first = exec(/^[^:\n]*: /, text)?.[0].length ?? 0
  return cut(text, first, first + message.length) === message ? first + message.length : 0
}

/** A step of the engine's into a generator; the name is the generator's. */
const STEP = /^\s+at (.+)\.(?:next|throw|return) \(<anonymous>\)$/
const LINE = /[^\n]+/g

function withPrograms(text: string, head: number, links: readonly TraceLink[]): string {
  const lines: string[] = []
  let isPlaced = false
  let before = ''
  LINE.lastIndex = head
  for (let found = exec(LINE, text); found !== null; found = exec(LINE, text)) {
    const line = found[0]
    if (!isOfMachine(line)) {
      append(lines, line)
    } else {
      // The machine steps generators of its own; a generator that a program steps is the program's.
      const stepped = exec(STEP, before)?.[1]
      if (stepped !== undefined) pop(lines)
      if (!isPlaced && includes(line, ownPlace)) {
        placePrograms(lines, links, stepped)
        isPlaced = true
      }
    }
    before = line
  }
  if (!isPlaced) placePrograms(lines, links, undefined)
  return join([cut(text, 0, head), ...each(lines)], '\n')
}

function isOfMachine(line: string): boolean {
  return includes(line, ownPlace) || includes(line, 'node:internal/')
}

/** The generator that threw has a frame of its own already. Programs whose place is unknown are named. */
function placePrograms(lines: string[], links: readonly TraceLink[], stepped: string | undefined): void {
  for (let at = 0; at < links.length; at++) {
    const { kind, name, site } = links[at] as TraceLink
    if (kind === 'handler' || (at === 0 && site === undefined && stepped === name)) continue
    append(lines, `    at ${kind === 'clause' ? 'clause ' : ''}${name} (${site ?? '<anonymous>'})`)
  }
}
