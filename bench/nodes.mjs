// `npm run bench:nodes`: runs the suite, `bench/run.mjs`, under several versions of Node one after the other and prints one
// table of all. The options are those of the suite; `--nodes=22,24` chooses versions. `--json=FILE` holds one run per version.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeOf } from '../scripts/nodes.mjs'
import { describeMachine } from './runner/machine.mjs'
import { nodesTable } from './runner/nodes.mjs'
import { writeNote } from './runner/note.mjs'
import { readOptions } from './runner/options.mjs'
import { readRun } from './runner/recorded.mjs'

const suite = fileURLToPath(new URL('./run.mjs', import.meta.url))
const PREFIX = '--nodes='

const { versions, passed, options } = understand(process.argv.slice(2))
const folder = mkdtempSync(join(tmpdir(), 'bench-nodes-'))
try {
  conclude(versions.map(measure))
} finally {
  rmSync(folder, { recursive: true })
}

/** A wrong option ends the command before any Node is installed. */
function understand(args) {
  try {
    const chosen = args.findLast(arg => arg.startsWith(PREFIX)) ?? `${PREFIX}20,22,24,26`
    const versions = chosen.slice(PREFIX.length).split(',')
    if (!versions.every(version => /^\d+$/.test(version))) throw new Error(`${chosen} is no list of major versions`)
    if (args.some(arg => /^--node(=|$)/.test(arg))) throw new Error('use --nodes=22,24 to choose versions of Node')
    const passed = args.filter(arg => !arg.startsWith(PREFIX))
    return { versions, passed, options: readOptions(passed) }
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
}

/** Answers the file of one run. The exit code of the suite is kept: 1 if a result was wrong or a cell failed. */
function measure(version) {
  const file = join(folder, `${version}.json`)
  const args = [suite, ...passed, `--node=${nodeOf(version)}`, `--json=${file}`, '--no-note']
  console.error(`\n> Node ${version}`)
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0 && status !== 1) throw new Error(`the run under Node ${version} ended with ${status}`)
  if (status === 1) process.exitCode = 1
  return file
}

function conclude(files) {
  const runs = files.map(readRun)
  const [subject] = options.implementations
  const report = `## Under ${runs.map(({ node }) => node).join(', ')}: minima, ratios of minima\n\n${nodesTable(runs, subject)}`
  console.log(`\n${report}`)
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ runs: files.map(parse) }, null, 2)}\n`)
  if (!options.note) return
  const machine = { ...describeMachine(process.execPath), node: runs.map(({ node }) => node).join(', ') }
  const command = options.command.replace('bench/run.mjs', 'bench/nodes.mjs')
  console.log(`\nwritten to ${writeNote(report, { ...options, command, topic: `nodes-${options.topic}` }, machine)}`)
}

function parse(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
