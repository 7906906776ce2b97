// Isolation: a task on copies of the stores in scope. What it tells is kept, and told again where it is gathered.

import { Handler } from '../handler'
import { Kind, type Program, Program as ProgramClass } from '../program'
import { Native, Op, Word } from '../protocol'
import { word } from '../mailbox'
import type { Run } from '../run-state'
import { Local, reader } from '../stdlib/reader'
import { state } from '../stdlib/state'
import { Listen, Tell, writer } from '../stdlib/writer'
import type { Waitable } from './waitable'

/**
 * The program of an isolated task. Every handler up to the outermost store is installed once more around it: stores as
 * copies, the log empty, the others as they are, without their return clauses.
 */
export function isolated(run: Run, program: Program<unknown, unknown>, task: Waitable): Program<unknown, unknown> {
  const { machine } = run
  const { slots } = machine
  let inner = program
  let around: ((body: Program<unknown, unknown>) => Program<unknown, unknown>)[] = []
  const wrapped: typeof around = []
  let tells = false
  for (const number of machine.handlerNumbersInScope()) {
    const handler = slots.handlers[number]
    machine.send2(Op.STORE_OF, number, 0)
    const store = word(Word.Y)
    const native = word(Word.Z) as Native | 0
    const isLayer = word(Word.W) === 1
    if (store === 0) {
      if (handler !== undefined && handler.native === undefined) {
        const plain = new Handler(handler.name, handler.clauses, undefined, undefined) as Handler
        around.push(body => body.with(plain) as Program<unknown, unknown>)
      }
      continue
    }
    const copy = copyOf(run, native, store, isLayer)
    tells ||= native === Native.WRITER && !isLayer
    if (copy !== undefined) around.push(copy)
    wrapped.push(...around)
    around = []
  }
  if (tells) inner = new ProgramClass(Kind.CALL, null, listening, inner, task, 2)
  return wrapped.reduce((body, wrap) => wrap(body), inner)
}

function copyOf(
  run: Run,
  native: Native | 0,
  store: number,
  isLayer: boolean,
): ((body: Program<unknown, unknown>) => Program<unknown, unknown>) | undefined {
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
  const [result, messages] = (yield Listen(program)) as [unknown, unknown[]]
  if (messages.length > 0) (task.extra ??= {}).log = messages
  return result
}

/** What isolated tasks have told, in the order given; each log is handed out once. */
export function logsOf(waitables: readonly Waitable[]): unknown[] {
  const messages: unknown[] = []
  for (const waitable of waitables) {
    const { extra } = waitable
    if (extra?.log === undefined) continue
    messages.push(...extra.log)
    delete extra.log
  }
  return messages
}

/** Tells the messages here, then answers `results`. */
export function telling(messages: readonly unknown[], results: unknown): Program<unknown, unknown> {
  return new ProgramClass(Kind.CALL, null, tellAll, messages, results, 2)
}

function* tellAll(messages: readonly unknown[], results: unknown): Generator<Program<unknown, unknown>, unknown> {
  for (const message of messages) yield Tell(message)
  return results
}
