// The running count, kept in State: one entry for the whole tree, one for each language, and three lists.

import { Do, Get, Modify, traverse, type ModifyEffect, type Program } from 'doeff-vm'

import type { Mark } from './content'

/** A number of files and what is in them. */
export interface Tally {
  readonly files: number
  readonly lines: number
  readonly bytes: number
}

/** What is known of one file. */
export interface FileFacts {
  readonly path: string
  readonly language: string
  /** 0 when they could not be counted. */
  readonly lines: number
  readonly bytes: number
}

/** The tally of one language. */
export interface LanguageTally extends Tally {
  readonly name: string
}

const NOTHING: Tally = { files: 0, lines: 0, bytes: 0 }

/** Counts a file. */
export const count = Do(function* (file: FileFacts) {
  const before = yield* Modify<Tally>(tallyOf(file.language), plus(file))
  if (before === undefined) yield* append('languages', file.language)
  yield* Modify<Tally>('total', plus(file))
  yield* append('files', file)
})

/** Keeps the marks of one file. */
export const keepMarks = Do(function* (marks: readonly Mark[]) {
  for (const mark of marks) yield* append('marks', mark)
})

/** The number of files seen before this one. */
export function see(): Program<number, ModifyEffect> {
  return Modify<number>('seen', (seen = 0) => seen + 1).map((seen = 0) => seen)
}

/** Everything counted so far. */
export const tallies = Do(function* () {
  const names = (yield* Get<string[]>('languages')) ?? []
  return {
    total: (yield* Get<Tally>('total')) ?? NOTHING,
    languages: yield* traverse(names, languageTally),
    files: (yield* Get<FileFacts[]>('files')) ?? [],
    marks: (yield* Get<Mark[]>('marks')) ?? [],
  }
})

const languageTally = Do(function* (name: string) {
  const tally: LanguageTally = { name, ...NOTHING, ...(yield* Get<Tally>(tallyOf(name))) }
  return tally
})

function tallyOf(language: string): string {
  return `tally of ${language}`
}

function plus(file: FileFacts): (tally: Tally | undefined) => Tally {
  return (tally = NOTHING) => ({
    files: tally.files + 1,
    lines: tally.lines + file.lines,
    bytes: tally.bytes + file.bytes,
  })
}

/** Appends to the list under `key`. The list belongs to the store alone, so it may grow in place. */
function append<T>(key: string, item: T): Program<T[] | undefined, ModifyEffect> {
  return Modify<T[]>(key, (list = []) => {
    list.push(item)
    return list
  })
}
