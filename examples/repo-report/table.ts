// Tables for a terminal or a pipe: columns of equal width, no colour, nothing that a file name could break.

/** Where the text of a cell stands in its column; in a `ragged` column cells keep their own widths. */
export type Alignment = 'left' | 'right' | 'ragged'

type Row = readonly string[]

const GAP = '  '

/** Aligns rows of cells, one line each. */
export function table(rows: readonly Row[], alignments: readonly Alignment[]): string[] {
  const columns = alignments.map((alignment, at) => ({ alignment, width: widthOf(rows, at) }))
  return rows.map(row =>
    columns
      .map(({ alignment, width }, at) => fill(row[at] ?? '', alignment, width))
      .join(GAP)
      .trimEnd(),
  )
}

function widthOf(rows: readonly Row[], column: number): number {
  return rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0)
}

function fill(cell: string, alignment: Alignment, width: number): string {
  if (alignment === 'ragged') return cell
  return alignment === 'left' ? cell.padEnd(width) : cell.padStart(width)
}

// Control characters, line and paragraph separators, and the characters that reorder a line.
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu

/** Text from outside, such as a file name, safe to print on one line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, found => `\\u{${found.charCodeAt(0).toString(16)}}`)
}
