// The walk over the tree. It performs effects only: files are asked for, tallies are State, options are Reader,
// warnings are Writer. Three more effects are never answered; each ends a piece of work, and a handler says which:
//
//   Unreadable   ends the work on one file or directory   `tolerant`, around each of them
//   Stop         ends the walk, the report is still made  `untilStopped`, around the walk
//   Fail         ends the report, there is none           `verdict` in report.ts, around everything

import { Do, effect, handler, pure, type Program, type RowOf } from 'doeff-vm'

import { countLines, findMarks, isBinary } from './content'
import { FileSize, KindOf, ListDir, ReadFile, type Answer, type Entry } from './files'
import { BINARY, languageOf } from './languages'
import { option } from './options'
import { count, keepMarks, see } from './tallies'
import { warn } from './warnings'

const Unreadable = effect('Unreadable')<[path: string, reason: string], never>()
const Stop = effect('Stop')<[reason: string], never>()
export const Fail = effect('Fail')<[message: string], never>()

/** What cannot be read becomes a warning; the walk goes on behind it. */
const tolerant = handler('tolerant').final(Unreadable, function* (path, reason) {
  yield* warn(path, 'unreadable', reason)
})

/** The result of a walk: why it was stopped, or `undefined` when it saw everything. */
const untilStopped = handler('untilStopped')
  .final(Stop, reason => reason)
  .returns(() => undefined)

/** Walks over what is at `root`. */
export const walk = Do(function* (root: string) {
  const kind = yield* KindOf(root)
  if (!kind.ok) return yield* Fail(`${root}: ${kind.reason}`)
  if (kind.value === 'file') return yield* file(root).with(untilStopped)
  if (kind.value === 'directory') return yield* directory(root).with(untilStopped)
  return yield* Fail(`${root}: neither a file nor a directory`)
})

/** The walk calls itself, which is the one place where the compiler has to be told what it performs. */
type Walk = Program<void, RowOf<ReturnType<typeof list> | ReturnType<typeof file> | ReturnType<typeof warn>>>

const directory: (path: string) => Walk = Do(function* (path: string) {
  for (const { name, kind } of yield* list(path)) {
    const inner = pathOf(path, name)
    if (kind === 'directory') yield* directory(inner)
    else if (kind === 'file') yield* file(inner)
    else yield* warn(inner, kind)
  }
})

const list = Do(function* (path: string) {
  const skip = yield* option('skip')
  const all = (yield* entriesOf(path).with(tolerant)) ?? []
  const entries = all.filter(({ name }) => !skip.includes(name))
  entries.sort(byName)
  return entries
})

const entriesOf = Do(function* (path: string) {
  return yield* readable(path, yield* ListDir(path))
})

const file = Do(function* (path: string) {
  const limit = yield* option('maxFiles')
  if ((yield* see()) >= limit) yield* Stop(`--max-files=${limit}`)
  yield* examine(path).with(tolerant)
})

const examine = Do(function* (path: string) {
  const bytes = yield* readable(path, yield* FileSize(path))
  const language = languageOf(path)
  if (bytes > (yield* option('maxBytes'))) {
    yield* count({ path, language, lines: 0, bytes })
    return yield* warn(path, 'large')
  }
  const content = yield* readable(path, yield* ReadFile(path))
  if (isBinary(content)) {
    yield* count({ path, language: BINARY, lines: 0, bytes: content.length })
    return yield* warn(path, 'binary')
  }
  yield* count({ path, language, lines: countLines(content), bytes: content.length })
  yield* keepMarks(findMarks(path, new TextDecoder().decode(content)))
})

/** The answer, or the end of the work on this path. */
function readable<T>(path: string, answer: Answer<T>) {
  return answer.ok ? pure(answer.value) : Unreadable(path, answer.reason)
}

/** The path of a name in a directory. */
export function pathOf(directory: string, name: string): string {
  if (directory === '.') return name
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

/** By code units: the same order everywhere. */
export function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : 1
}
