// Effect traces: the programs and handlers that an error passed on its way out, innermost first.
//
// A link is noted when an error leaves a program or a handler, so programs that do not fail pay nothing. The trace is
// kept beside the error; only its stack says it too, once it has left a run (`shown-stack.ts`).
//
// What threw is named by the error's own stack; the trace adds where the programs around it waited.

import { types } from 'node:util'

import { OwnWeakMap } from '../builtins/collections'
import { each } from '../builtins/iterate'
import type { Handler } from './handler'
import type { Clause } from './clause'
import { Continuation } from './continuation'
import { InPlace } from './in-place'
import { append, indexOf, join, map, slice } from '../builtins/intrinsics'
import { Kind, nameOfKind, type Program } from './program'
import { siteIn, takeSite, type Captured } from '../messages/site'

/** One link of a trace. */
export interface TraceLink {
  /** A program that was running, a handler's clause that was running, or a handler that was installed. */
  readonly kind: 'program' | 'clause' | 'handler'
  readonly name: string
  /** Where it waited when the error came: `file:line:column` of its `yield*`. A plain `yield` leaves no place. */
  readonly site?: string
}

/** A link as noted: the text of its place is made when it is asked for. */
interface Noted extends TraceLink {
  readonly captured: Captured | undefined
}

/** Links kept of one trace, the innermost; the rest is counted. */
const MOST_LINKS = 50

interface Trace {
  readonly links: Noted[]
  omitted: number
}

const describe = Object.getOwnPropertyDescriptor
const ANONYMOUS = 'anonymous'

const traces = new OwnWeakMap<object, Trace>()

/** Notes that `error` leaves the frame or handler that `link` names. @internal */
export function noteLeaving(error: unknown, link: TraceLink): void {
  if ((typeof error !== 'object' && typeof error !== 'function') || error === null) return
  let trace = traces.get(error)
  if (trace === undefined) {
    trace = { links: [], omitted: 0 }
    traces.set(error, trace)
  }
  const captured = link.kind === 'handler' ? undefined : takeSite(error)
  if (trace.links.length < MOST_LINKS) append(trace.links, { ...link, captured })
  else trace.omitted++
}

/** The link of a frame, from what its generator came from. @internal */
export function frameLink(origin: unknown): TraceLink {
  if (origin instanceof Continuation) return { kind: 'clause', name: Continuation.nameOf(origin) }
  const program = (origin instanceof InPlace ? origin.program : origin) as Program | Clause | Handler | undefined
  if (program === undefined) return { kind: 'program', name: ANONYMOUS }
  if ('owner' in program) return { kind: 'clause', name: `${program.type?.name ?? 'effect'} in ${program.owner}` }
  if ('clauses' in program) return { kind: 'clause', name: `return clause in ${program.name}` }
  return { kind: 'program', name: nameOfProgram(program) }
}

/** The link of an installed handler. @internal */
export function handlerLink(handler: Handler | undefined): TraceLink {
  return { kind: 'handler', name: handler?.name ?? 'built-in layer' }
}

/** The name of what a program calls or performs, handlers around it aside. @internal */
export function nameOfProgram(program: Program<unknown, unknown>): string {
  let inner = program
  while (inner.kind === Kind.WITH || inner.kind === Kind.WITH_HANDLER) inner = inner.b as Program
  if (inner.kind === Kind.CALL) return (inner.a as { name?: string }).name || ANONYMOUS
  if (inner.kind === Kind.FORM) return inner.c as string
  return inner.type?.name ?? (inner.kind > Kind.PERFORM_ON ? nameOfKind(inner.kind) : ANONYMOUS)
}

/**
 * The programs and handlers that `error` passed, innermost first: at most 50 of them. Programs that waited at a `yield*`
 * say where.
 *
 * @example
 * const fails = Do(function* fails() { throw new Error('no') })
 * let caught: unknown
 * try { run(fails()) } catch (error) { caught = error }
 * effectTrace(caught) // [{ kind: 'program', name: 'fails' }]
 */
export function effectTrace(error: unknown): readonly TraceLink[] {
  const links = typeof error === 'object' && error !== null ? traces.get(error)?.links : undefined
  return map(links ?? [], located)
}

function located({ kind, name, captured }: Noted): TraceLink {
  if (captured === undefined) return { kind, name }
  const site = siteIn(captured, kind === 'program' && name !== ANONYMOUS ? name : undefined)
  return site === undefined ? { kind, name } : { kind, name, site }
}

/**
 * The error and its effect trace as readable text; below it, indented, the same of its `cause` and of the `errors` of an
 * AggregateError. Never throws, whatever the error is.
 *
 * @example
 * const fails = Do(function* fails() { throw new Error('no') })
 * let caught: unknown
 * try { run(fails()) } catch (error) { caught = error }
 * formatTrace(caught) // 'Error: no\n    in program fails'
 */
export function formatTrace(error: unknown): string {
  const lines: string[] = []
  writeTrace(lines, error, '', '', [])
  return join(lines, '\n')
}

/** Errors of errors are written down to this depth. */
const DEEPEST = 10
/** Of a list of errors, so many are written. */
const MOST_ERRORS = 20

/** `around` are the errors that this one is the cause of, so that circles end. */
function writeTrace(lines: string[], error: unknown, indent: string, label: string, around: readonly unknown[]): void {
  if (indexOf(around, error) >= 0) {
    append(lines, `${indent}${label}${headline(error)} (see above)`)
    return
  }
  append(lines, `${indent}${label}${headline(error)}`)
  if (typeof error !== 'object' || error === null) return
  for (const link of each(effectTrace(error))) append(lines, `${indent}    ${linkText(link)}`)
  const omitted = traces.get(error)?.omitted ?? 0
  if (omitted > 0) append(lines, `${indent}    … and ${omitted} more`)
  const cause = valueOf(error, 'cause')
  const errors = valueOf(error, 'errors')
  const within = slice(around)
  append(within, error)
  const deeper = `${indent}  `
  if (within.length >= DEEPEST) {
    if (cause !== undefined || isList(errors)) append(lines, `${deeper}… and the errors below`)
    return
  }
  if (cause !== undefined) writeTrace(lines, cause, deeper, 'cause: ', within)
  if (!isList(errors)) return
  for (let at = 0; at < errors.length && at < MOST_ERRORS; at++) {
    writeTrace(lines, valueOf(errors, `${at}`), deeper, `errors[${at}]: `, within)
  }
  if (errors.length > MOST_ERRORS) append(lines, `${deeper}… and ${errors.length - MOST_ERRORS} more errors`)
}

/** Arrays only, and no Proxy of one that cannot be asked. */
function isList(value: unknown): value is readonly unknown[] {
  return !types.isProxy(value) && Array.isArray(value)
}

/** The value of a property of its own; getters are not asked. */
function valueOf(object: object, key: string): unknown {
  try {
    return types.isProxy(object) ? undefined : (describe(object, key)?.value as unknown)
  } catch {
    return undefined
  }
}

/** A link in words. @internal */
export function linkText({ kind, name, site }: TraceLink): string {
  return `${WORDS[kind]} ${name}${site === undefined ? '' : ` (${site})`}`
}

const WORDS = { program: 'in program', clause: 'in clause', handler: 'under handler' } as const

function headline(error: unknown): string {
  try {
    if (typeof error === 'object' && error !== null && 'message' in error) {
      const { name, message } = error as { name?: unknown; message: unknown }
      return `${typeof name === 'string' ? name : 'Error'}: ${String(message)}`
    }
    return `thrown: ${String(error)}`
  } catch {
    return 'an error that cannot be shown'
  }
}
