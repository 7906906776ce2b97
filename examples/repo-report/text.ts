// A report as people read it: tables on stdout, warnings on stderr.

import type { Report } from './report'
import type { Tally } from './tallies'
import { printable, table } from './table'
import type { Problem, Warning } from './warnings'

const MOST_MARKS = 20

/** The whole report, with a newline at its end. */
export function reportText(report: Report): string {
  const sections = [summary(report), languages(report), longest(report), marks(report)]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => `${lines.join('\n')}\n`)
    .join('\n')
}

/** The warnings, one a line: each unreadable path by itself, the others by their number. Not yet safe to print. */
export function warningLines(warnings: readonly Warning[]): string[] {
  const unreadable = warnings.filter(({ problem }) => problem === 'unreadable')
  const numbers = Object.entries(COUNTED).map(([problem, [one, many]]) => {
    const number = warnings.filter(warning => warning.problem === problem).length
    return number === 0 ? [] : [number === 1 ? `1 ${one}` : `${format(number)} ${many}`]
  })
  return [...unreadable.map(({ path, message }) => `${path}: ${message}`), ...numbers.flat()]
}

const COUNTED: Readonly<Record<Exclude<Problem, 'unreadable'>, readonly [one: string, many: string]>> = {
  binary: ['binary file: its lines are not counted', 'binary files: their lines are not counted'],
  large: ['file is too large: its lines are not counted', 'files are too large: their lines are not counted'],
  link: ['symbolic link is not followed', 'symbolic links are not followed'],
  special: ['entry is neither file nor directory', 'entries are neither files nor directories'],
}

function summary({ path, files, lines, bytes, stopped }: Report): string[] {
  const total = `${plural(files, 'file')}, ${plural(lines, 'line')}, ${plural(bytes, 'byte')} in ${printable(path)}`
  return stopped === null ? [total] : [total, `The walk was stopped by ${stopped}: there is more than this.`]
}

function languages({ languages, ...total }: Report): string[] {
  if (languages.length === 0) return []
  return table(
    [
      ['Language', 'Files', 'Lines', 'Bytes', 'Share'],
      ...languages.map(tally => languageRow(tally.name, tally, percent(tally.share))),
      languageRow('Total', total, ''),
    ],
    ['left', 'right', 'right', 'right', 'right'],
  )
}

function languageRow(name: string, { files, lines, bytes }: Tally, share: string): string[] {
  return [name, format(files), format(lines), format(bytes), share]
}

function longest({ longest }: Report): string[] {
  if (longest.length === 0) return []
  const rows = longest.map(({ path, lines }) => [format(lines), printable(path)])
  return ['Longest files, in lines', ...table(rows, ['right', 'ragged'])]
}

function marks({ marks }: Report): string[] {
  if (marks.length === 0) return []
  const shown = marks.slice(0, MOST_MARKS).map(({ path, line, word, text }) => {
    return printable(`${path}:${line}  ${word} ${text}`.trimEnd())
  })
  const rest = marks.length - shown.length
  const more = rest > 0 ? [`… and ${format(rest)} more, which --json lists`] : []
  return [`TODO and FIXME marks: ${format(marks.length)}`, ...shown, ...more]
}

function plural(number: number, noun: string): string {
  return `${format(number)} ${noun}${number === 1 ? '' : 's'}`
}

function format(number: number): string {
  return number.toLocaleString('en-US')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}
