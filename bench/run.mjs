// `npm run bench`: measures the workloads with every implementation, prints the tables and the verdict, and writes a dated
// note into `bench/results`. Options and rules: `bench/README.md`. Exits with 1 only if a result was wrong or a cell failed.
import { writeFileSync } from 'node:fs'
import { needsPeers } from './implementations.mjs'
import { describeAbsent } from './runner/absent.mjs'
import { batchesOf, measureBatch } from './runner/cell.mjs'
import { Figures } from './runner/figures.mjs'
import { describeMachine } from './runner/machine.mjs'
import { writeNote } from './runner/note.mjs'
import { readOptions } from './runner/options.mjs'
import { installPeers } from './runner/peers.mjs'
import { depthTable, figureTable } from './runner/table.mjs'
import { isMemory } from './runner/units.mjs'
import { verdict } from './runner/verdict.mjs'

const options = understand(process.argv.slice(2))
if (needsPeers(options.implementations)) installPeers()

const figures = new Figures()
for (const batch of batchesOf(options.workloads)) {
  const [{ id, key, probe, about }] = batch
  console.error(`${id} ${probe ?? key}: ${about}`)
  for (const [name, cells] of await measureBatch(batch, options)) figures.add(name, cells)
}

const machine = describeMachine(options.node)
const report = compose(figures)
console.log(`\nNode ${machine.node}, ${machine.cpu}, commit ${machine.commit}\n\n${report}`)
if (options.json) writeFileSync(options.json, `${JSON.stringify(describeRun(), null, 2)}\n`)
if (options.note) console.log(`\nwritten to ${writeNote(report, options, machine)}`)
process.exitCode = [...figures.failures()].length > 0 ? 1 : 0

function understand(args) {
  try {
    return readOptions(args)
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
}

/** What `--json` holds: the conditions of the run, and one entry per cell. */
function describeRun() {
  const { command, rounds, samples, mix, workloads } = options
  return { ...machine, command, rounds, samples, mix, entries: figures.entries(workloads) }
}

function compose(figures) {
  const { workloads, implementations } = options
  const tableOf = kept => figureTable(figures, { workloads: workloads.filter(kept), implementations })
  const failures = [...figures.failures()].map(
    ({ key, implementation, error, wrong }) => `- ${implementation}, ${key}: ${wrong ? 'wrong result: ' : ''}${error}`,
  )
  const sections = [
    ['Nanoseconds per unit, median / minimum; ratios of minima', tableOf(({ unit }) => !isMemory(unit))],
    ['Memory, median / minimum; ratios of minima', tableOf(({ unit }) => isMemory(unit))],
    ['Not expressible', describeAbsent(options)],
    ['Depth: ratio of the own minima', depthTable(figures, options)],
    ['Verdict', verdict(figures)],
    ['Failures', failures.length > 0 ? failures.join('\n') : undefined],
  ]
  return sections
    .filter(([, body]) => body !== undefined)
    .map(([title, body]) => `## ${title}\n\n${body}`)
    .join('\n\n')
}
