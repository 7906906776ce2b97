// The part of `bench/README.md` that comes from recorded runs: conditions, charts, the table of minima, where doeff-vm is
// not the fastest, and the verdict.
import { writeRatio } from './figures.mjs'
import { markdown } from './table.mjs'
import { isMemory, writeFigure } from './units.mjs'
import { verdict } from './verdict.mjs'

const BEGIN = '<!-- figures: begin -->'
const END = '<!-- figures: end -->'
const SUBJECT = 'doeff'
const REFERENCES = ['tramp', 'effect']
// Fewer bytes per task, or MiB of growth, are the collector's.
const NOISE = 10

/** The page with everything between its two markers replaced. */
export function fillPage(page, figures) {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the page needs the lines ${BEGIN} and ${END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${page.slice(end)}`
}

/** `charts` are `{ title, path }` of this run. */
export function describeRun(run, charts) {
  const times = run.workloads.filter(({ unit }) => !isMemory(unit))
  const memory = run.workloads.filter(({ unit }) => isMemory(unit))
  const parts = [
    [conditions(run)],
    [charts.map(({ title, path }) => `![${cell(title)}](${path})`).join('\n\n')],
    [minima(run, times), 'Minimum in nanoseconds per unit:'],
    [losses(run, times, 'faster by'), 'Where doeff-vm is not the fastest, how many times faster the others are:'],
    [minima(run, memory), 'Memory, the least reading:'],
    [
      losses(run, memory, 'less by'),
      'Where doeff-vm does not take the least memory, how many times less the others take:',
    ],
    [verdict(run), 'The targets, as ratios of minima or in their own unit:'],
  ]
  return parts
    .filter(([body]) => body !== undefined)
    .map(([body, lead]) => (lead === undefined ? body : `${lead}\n\n${body}`))
    .join('\n\n')
}

function conditions({ commit, cpu, node, command, rounds, samples, mix }) {
  const taken = `${rounds} rounds of ${samples} samples, mixed warm-up ${mix ? 'on' : 'off'}`
  return `Node ${cell(node)}, ${cell(cpu)}, commit ${cell(commit)}; ${taken}:\n\n    ${command}`
}

/** Undefined when there are none. */
function minima(run, workloads) {
  if (workloads.length === 0) return undefined
  const { implementations } = run
  const references = REFERENCES.filter(name => implementations.includes(name) && implementations.includes(SUBJECT))
  const rows = workloads.map(({ id, key, unit }) => [
    ...[id, key, unit].map(cell),
    ...implementations.map(impl => writeMinimum(run.cell(key, impl), unit)),
    ...references.map(name => writeRatio(run.ratio([key, SUBJECT], [key, name]))),
  ])
  const ratios = references.map(name => `${SUBJECT} ÷ ${name}`)
  return markdown(['', 'workload', 'unit', ...implementations.map(cell), ...ratios], rows, 3)
}

/** Every implementation that has a lower minimum than doeff-vm, workload by workload; undefined when there is none. */
function losses(run, workloads, title) {
  const rows = []
  for (const { id, key, unit } of workloads) {
    if (isMemory(unit) && run.minimum(key, SUBJECT) < NOISE) continue
    const others = run.implementations
      .map(impl => [impl, run.ratio([key, SUBJECT], [key, impl])])
      .filter(([, ratio]) => ratio > 1)
      .map(([impl, ratio]) => `${cell(impl)} ${writeRatio(ratio)}`)
    if (others.length > 0) rows.push([cell(id), cell(key), others.join(', ')])
  }
  return rows.length === 0 ? undefined : markdown(['', 'workload', title], rows, 3)
}

function writeMinimum(entry, unit) {
  if (entry === undefined) return 'n/a'
  return entry.min === null ? whyNot(entry) : writeFigure(entry.min, unit)
}

/** Why a cell without a minimum has none. */
export const whyNot = ({ wrong }) => (wrong ? 'WRONG' : 'failed')

const ENTITIES = { '&': '&amp;', '<': '&lt;', '|': '\\|' }
const cell = content => content.replace(/[&<|]/g, character => ENTITIES[character])
