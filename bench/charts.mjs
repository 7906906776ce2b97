// `npm run bench:charts -- FILE…`: draws what `npm run bench -- --json=FILE` measured, one SVG per group of workloads in
// `charts/`, and writes the figures into `README.md` between its two markers. All of it comes from the files that are named:
// charts of groups that they do not hold are removed. `--page=FILE` fills another page, with `charts/` next to it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chart } from './runner/chart.mjs'
import { describeRun, fillPage, whyNot } from './runner/page.mjs'
import { readRun } from './runner/recorded.mjs'

const TIME = 'minimum time per unit, shorter is faster'
const groups = [
  { name: 'effects', title: 'Effects: W1–W4', ids: /^W[1-4]b?$/ },
  { name: 'control', title: 'Control: W5–W8', ids: /^W[5-8]$/ },
  { name: 'tasks', title: 'Tasks: W9–W11', ids: /^W(9|10|11)$/ },
  { name: 'waiting', title: 'Cancelling and waiting: W12–W13', ids: /^W1[23]$/ },
  { name: 'ordinary', title: 'Ordinary programs: W15, W17', ids: /^W1[57]$/ },
  { name: 'start', title: 'Starting: a run (W14), a process (import)', ids: /^(W14|import)$/ },
  { name: 'field', title: "The field's programs: F1–F8", ids: /^F\d$/ },
  {
    name: 'memory',
    title: 'Memory of a parked task, of a level',
    ids: /^(mem|growth)$/,
    units: /^B\//,
    says: 'least bytes, shorter is less',
  },
  {
    name: 'peak',
    title: 'Peak and growth of memory',
    ids: /^(mem|growth)$/,
    units: /^MiB$/,
    says: 'least resident memory in MiB, shorter is less',
  },
]
const labels = { doeff: 'doeff-vm', effect: 'Effect', saga: 'redux-saga', native: 'async/await' }

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { page: { type: 'string' } } })
  if (positionals.length === 0) throw new Error('name a file written by npm run bench -- --json=FILE')
  const page = values.page === undefined ? new URL('./README.md', import.meta.url) : pathToFileURL(values.page)
  writeAll(page, positionals.map(read))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

function read(file) {
  try {
    const run = readRun(file)
    const homeless = run.workloads.find(workload => !groups.some(group => holds(group, workload)))
    if (homeless !== undefined) throw new Error(`no chart is for ${homeless.id} ${homeless.key}`)
    return run
  } catch (error) {
    throw new Error(`${basename(file)}: ${error.message}`, { cause: error })
  }
}

/** Everything is composed before anything is written, so that a refused file leaves page and charts as they were. */
function writeAll(page, runs) {
  const drawn = new Map(groups.flatMap(group => draw(group, runs)))
  const described = runs.map(run => describeRun(run, chartsOf(run)))
  const filled = fillPage(readFileSync(page, 'utf8'), described.join('\n\n'))
  mkdirSync(new URL('./charts/', page), { recursive: true })
  for (const { name } of groups) {
    const file = new URL(pathOf(name), page)
    if (drawn.has(name)) writeFileSync(file, drawn.get(name))
    else rmSync(file, { force: true })
  }
  writeFileSync(page, filled)
  console.log(`${[...drawn.keys()].map(pathOf).join(', ')} and the figures in ${basename(fileURLToPath(page))}`)
}

function holds({ ids, units = /^/ }, { id, unit }) {
  return ids.test(id) && units.test(unit)
}

/** A chart compares, and only figures of one run can be compared. */
function draw(group, runs) {
  const { name, title, says = TIME } = group
  const holding = runs.filter(run => run.workloads.some(workload => holds(group, workload)))
  if (holding.length > 1) throw new Error(`${title} stands in two files; a chart is of one run`)
  return holding.map(run => [name, chart({ title, says, groups: barsOf(run, group) })])
}

function barsOf(run, group) {
  const workloads = run.workloads.filter(workload => holds(group, workload))
  return workloads.map(({ id, key, unit }) => ({
    name: `${id} ${key}`,
    unit,
    bars: run.implementations.map(impl => barOf(impl, run.cell(key, impl))),
  }))
}

function barOf(impl, entry) {
  const label = labels[impl] ?? impl
  if (entry === undefined) return { impl, label, note: 'n/a' }
  return entry.min === null ? { impl, label, note: whyNot(entry) } : { impl, label, min: entry.min }
}

function chartsOf(run) {
  const held = groups.filter(group => run.workloads.some(workload => holds(group, workload)))
  return held.map(({ name, title }) => ({ title, path: pathOf(name) }))
}

function pathOf(name) {
  return `charts/${name}.svg`
}
