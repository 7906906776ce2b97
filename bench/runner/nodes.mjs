// The table over versions of Node. Each version is a run of its own, so that only the ratios inside one may be compared; the
// subject's own minima stand before them.
import { writeRatio } from './figures.mjs'
import { markdown } from './table.mjs'
import { writeFigure } from './units.mjs'

const REFERENCES = ['tramp', 'effect']

/** `runs` are recorded runs with the same options; `subject` is the implementation whose figures and ratios are shown. */
export function nodesTable(runs, subject) {
  const columns = [
    ...runs.map(run => ownColumn(run, subject)),
    ...referencesOf(runs, subject).flatMap(name => runs.map(run => ratioColumn(run, subject, name))),
  ]
  const head = ['', 'workload', 'unit', ...columns.map(({ title }) => title)]
  const rows = runs[0].workloads.map(({ id, key, unit }) => [
    id,
    key,
    unit,
    ...columns.map(({ write }) => write(key, unit)),
  ])
  return markdown(head, rows, 3)
}

const referencesOf = ([{ implementations }], subject) =>
  REFERENCES.filter(name => name !== subject && implementations.includes(name))

const ownColumn = (run, subject) => ({
  title: `${subject}, ${majorOf(run)}`,
  write(key, unit) {
    const minimum = run.minimum(key, subject)
    return minimum === undefined ? 'n/a' : writeFigure(minimum, unit)
  },
})

const ratioColumn = (run, subject, name) => ({
  title: `÷ ${name}, ${majorOf(run)}`,
  write: key => writeRatio(run.ratio([key, subject], [key, name])),
})

/** v22.1.0: 22 */
const majorOf = ({ node }) => node.replace(/^v(\d+).*/, '$1')
