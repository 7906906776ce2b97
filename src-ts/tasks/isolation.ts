// Isolation: a task on copies of the stores in scope. What it tells is kept, and told again where it is gathered.

import { each } from '../builtins/iterate'
import { INHERITED } from '../machine/enter'
import type { Handler } from '../language/handler'
import { append } from '../builtins/intrinsics'
import { Kind, type Program, Program as ProgramClass } from '../language/program'
import { Native, Op, Word } from '../wire/protocol'
import { word } from '../wire/mailbox'
import type { Run } from '../machine/run'
import { Local, reader } from '../effects/reader'
import { state } from '../effects/state'
import { Listen, Tell, writer } from '../effects/writer'
import type { Waitable } from '../language/waitable'

type Wrap = (body: Program<unknown, unknown>) => Program<unknown, unknown>

/**
 * The program of an isolated task, which stands right on the scheduler. What it would have inherited is installed around
 * it: stores as copies, the log empty, the other handlers as they are, without their return clauses. Of what stands
 * outside of the scheduler it gets copies of the stores.
 */
export function isolated(run: Run, program: Program<unknown, unknown>, task: Waitable): Program<unknown, unknown> {
  const { machine } = run
  let body = program
  const wraps: Wrap[] = []
  let tells = false
  let inside = true
  for (const number of each(machine.handlerNumbersInScope())) {
    const handler = machine.slots.handlers[number]
    if (handler?.native?.scheduler !== undefined) inside = false
    machine.send2(Op.STORE_OF, number, 0)
    const store = word(Word.Y)
    const native = word(Word.Z) as Native | 0
    const isLayer = word(Word.W) === 1
    if (store === 0) {
      if (inside && handler !== undefined) append(wraps, reinstalled(handler))
      continue
    }
    tells ||= native === Native.WRITER && !isLayer
    const copy = copyOf(run, native, store, isLayer)
    if (copy !== undefined) append(wraps, copy)
  }
  if (tells) body = new ProgramClass(Kind.CALL, null, listening, body, task, 2)
  for (const wrap of each(wraps)) body = wrap(body)
  return body
}

function reinstalled(handler: Handler): Wrap {
  return body => new ProgramClass<unknown, unknown>(Kind.WITH, null, handler, body, INHERITED, 2)
}

function copyOf(run: Run, native: Native | 0, store: number, isLayer: boolean): Wrap | undefined {
  const entries = native === Native.WRITER ? [] : run.machine.entries(store)
  switch (native) {
    case Native.STATE:
      return body => body.with(state(entries)) as Program<unknown, unknown>
    case Native.READER:
      return isLayer
        ? body => Local(entries, body) as Program<unknown, unknown>
        : body => body.with(reader(entries)) as Program<unknown, unknown>
    case Native.WRITER:
      return isLayer ? undefined : body => body.with(writer()) as Program<unknown, unknown>
    default:
      return undefined
  }
}

/** Runs the program of a task and keeps what it told. */
function* listening(program: Program, task: Waitable): Generator<Program<unknown, unknown>, unknown, unknown> {
  const [result, messages] = each((yield Listen(program)) as unknown[]) as [unknown, unknown[]]
  if (messages.length > 0) (task.extra ??= {}).log = messages
  return result
}

/** What isolated tasks have told, in the order given; each log is handed out once. */
export function logsOf(waitables: readonly Waitable[]): unknown[] {
  const messages: unknown[] = []
  for (const waitable of each(waitables)) {
    const { extra } = waitable
    if (extra?.log === undefined) continue
    for (const message of each(extra.log)) append(messages, message)
    delete extra.log
  }
  return messages
}

/** Tells the messages here, then answers `results`. */
export function telling(messages: readonly unknown[], results: unknown): Program<unknown, unknown> {
  return new ProgramClass(Kind.CALL, null, tellAll, messages, results, 2)
}

function* tellAll(messages: readonly unknown[], results: unknown): Generator<Program<unknown, unknown>, unknown> {
  for (const message of each(messages)) yield Tell(message)
  return results
}
