// What can be read off the bytes of one file: whether they are text, how many lines, and the TODO and FIXME marks.

/** A note to come back to. */
export interface Mark {
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  readonly word: string
  /** What follows the word, in at most 100 characters. */
  readonly text: string
}

const NEWLINE = 10
const SAMPLE = 8192
const LONGEST_TEXT = 100

/** Whether a zero byte is among the first 8 KiB. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, SAMPLE).includes(0)
}

/** The number of lines; a last one without a newline counts too. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return bytes.length > 0 && bytes.at(-1) !== NEWLINE ? lines + 1 : lines
}

// A mark is the first word of a comment, or stands before a colon or a name in parentheses. Prose about marks is none.
const MARK = /(?:(?:\/\/|[-*#;%])\s*|\b(?=\w+[:(]))(TODO|FIXME)\b:?\s*(.*)/

/** The marks in a text, at most one a line. */
export function findMarks(path: string, text: string): Mark[] {
  const marks: Mark[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [, word, rest] = MARK.exec(line) ?? []
    if (word === undefined || rest === undefined) continue
    marks.push({ path, line: index + 1, word, text: rest.slice(0, LONGEST_TEXT).trimEnd() })
  }
  return marks
}
