// The report: a program that walks, then reads off what was counted; and the one place where the handlers meet it.

import { Do, handler, Listen, reader, run, state, writer } from 'doeff-vm'

import { readingAhead } from './ahead'
import type { Mark } from './content'
import type { FileSystem } from './files'
import { option, type Options } from './options'
import { tallies, type FileFacts, type LanguageTally, type Tally } from './tallies'
import { Fail, walk } from './walk'
import type { Warning } from './warnings'

/** The share is in lines: 1 is all of them. */
export interface LanguageShare extends LanguageTally {
  readonly share: number
}

/** Everything the report says; printed as it is with `--json`. */
export interface Report extends Tally {
  readonly path: string
  /** Why the walk ended early; `null` when everything was seen. */
  readonly stopped: string | null
  /** Most lines first. */
  readonly languages: readonly LanguageShare[]
  /** Longest first. */
  readonly longest: readonly FileFacts[]
  readonly marks: readonly Mark[]
  readonly warnings: readonly Warning[]
}

/** A report, or why there is none. */
export type Outcome = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly message: string }

/** Reports on the tree that the file system handler knows. */
export const report = Do(function* () {
  const path = yield* option('path')
  const [stopped, log] = yield* Listen(walk(path))
  const { total, languages, files, marks } = yield* tallies()
  languages.sort(byLines)
  files.sort(byLines)
  const result: Report = {
    path,
    stopped: stopped ?? null,
    ...total,
    languages: languages.map(tally => ({ ...tally, share: tally.lines / Math.max(total.lines, 1) })),
    longest: files.slice(0, yield* option('top')),
    marks,
    warnings: log as Warning[],
  }
  return result
})

/** Turns a failure into a value. */
const verdict = handler('verdict')
  .final(Fail, (message): Outcome => ({ ok: false, message }))
  .returns((report: Report): Outcome => ({ ok: true, report }))

/** The report under all of its handlers but the file system. The first handler is the innermost. */
export function reportWith(options: Options) {
  return report()
    .with(state())
    .with(writer())
    .with(verdict)
    .with(reader({ ...options }))
}

/** Runs the report on a file system that answers at once. */
export function reportOn(files: FileSystem, options: Options): Outcome {
  return run(reportWith(options).with(files))
}

/** The report on the disk, whose files are read ahead. */
export const reportAhead = Do(function* reportAhead(options: Options) {
  return yield* reportWith(options).with(yield* readingAhead(options))
})

function byLines(a: { readonly lines: number }, b: { readonly lines: number }): number {
  return b.lines - a.lines
}
