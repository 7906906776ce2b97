// Compares the figures with the targets. A verdict informs; it never fails the run.
import { targets } from '../targets.mjs'
import { writeRatio } from './figures.mjs'
import { markdown } from './table.mjs'

/** The table of the targets that were measured, or undefined when there is none. */
export function verdict(figures) {
  const rows = []
  for (const { id, says, of, to, limit } of targets) {
    const ratio = figures.ratio(of, to)
    if (ratio !== undefined) rows.push([id, says, writeRatio(ratio), ratio <= limit ? 'met' : 'not met'])
  }
  return rows.length === 0 ? undefined : markdown(['', 'target', 'ratio', 'verdict'], rows, 2)
}
