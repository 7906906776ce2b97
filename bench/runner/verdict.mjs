// Compares the figures with the targets. A verdict informs; it never fails the run.
import { targets } from '../targets.mjs'
import { markdown } from './table.mjs'
import { quantity } from './units.mjs'

/** The table of the targets that were measured, or undefined when there is none. */
export function verdict(figures) {
  const rows = []
  for (const target of targets) {
    const { id, says, limit } = target
    const figure = figureOf(target, figures)
    if (figure !== undefined) rows.push([id, says, write(figure, target), figure <= limit ? 'met' : 'not met'])
  }
  return rows.length === 0 ? undefined : markdown(['', 'target', 'figure', 'verdict'], rows, 2)
}

const figureOf = ({ of, to }, figures) => (to === undefined ? figures.minimum(...of) : figures.ratio(of, to))
const write = (figure, { unit }) => (unit === undefined ? figure.toFixed(2) : quantity(figure, unit))
