// Reads what `npm run bench -- --json=FILE` wrote, and refuses what it did not write.
import { readFileSync } from 'node:fs'
import { allImplementations } from '../implementations.mjs'
import { divide } from './figures.mjs'
import { isMemory } from './units.mjs'

/** The run of a file: its conditions, its entries, and what `Figures` answers about minima. */
export function readRun(file) {
  const run = JSON.parse(readFileSync(file, 'utf8'))
  if (!Array.isArray(run.entries) || run.entries.length === 0) throw new Error('it has no entries')
  for (const entry of run.entries) checkEntry(entry)
  const cells = new Map(run.entries.map(entry => [nameOf(entry.workload, entry.impl), entry]))
  if (cells.size < run.entries.length) throw new Error('a cell is told twice')
  const cell = (key, impl) => cells.get(nameOf(key, impl))
  const minimum = (key, impl) => cell(key, impl)?.min ?? undefined
  return {
    ...run,
    cell,
    minimum,
    ratio: ([key, impl], [otherKey, other]) => divide(minimum(key, impl), minimum(otherKey, other)),
    /** The workloads in the order of the file. */
    workloads: [
      ...new Map(run.entries.map(({ id, workload, unit }) => [workload, { id, key: workload, unit }])).values(),
    ],
    implementations: implementationsOf(run.entries),
  }
}

function checkEntry(entry) {
  for (const field of ['id', 'workload', 'impl', 'unit'])
    if (typeof entry[field] !== 'string') throw new Error(`an entry has no ${field}`)
  const { workload, impl, unit, min, error } = entry
  const measured = Number.isFinite(min) && (min > 0 || (min === 0 && isMemory(unit)))
  if (!measured && typeof error !== 'string') throw new Error(`${workload}, ${impl} has neither a minimum nor an error`)
}

/** In the order in which the tables name them; those that are not known come last. */
function implementationsOf(entries) {
  const measured = new Set(entries.map(({ impl }) => impl))
  return [...allImplementations.filter(impl => measured.has(impl)), ...[...measured].filter(isUnknown)]
}

const isUnknown = impl => !allImplementations.includes(impl)
const nameOf = (key, impl) => JSON.stringify([key, impl])
