// Does memory grow? `node bench/growth.mjs [--impl=doeff] [--only=regex] [--scale=1]` runs long loops and deep recursion,
// each in a process of its own, and prints the resident set in MiB at the start, at 10, 50 and 100 % of the units, and at its
// peak. A loop should stay flat; what is nested or pending costs memory per level, and the table says how much.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadProgram } from './implementations.mjs'
import { check } from './runner/result.mjs'
import { markdown } from './runner/table.mjs'

const probes = [
  { key: 'effects', n: 1e7, about: 'effects in one run', flat: true },
  { key: 'tailResumes', n: 1e7, about: 'tail-resumed ctl effects in one run', flat: true },
  { key: 'subPrograms', n: 1e6, about: 'nested sub-programs', flat: false },
  { key: 'nontailResumes', n: 1e6, about: 'pending non-tail resumes', flat: false },
].map(probe => ({ ...probe, topic: 'growth', program: probe.key }))

const options = {
  impl: { type: 'string', default: 'doeff' },
  only: { type: 'string', default: '' },
  scale: { type: 'string', default: '1' },
  probe: { type: 'string' },
}
const { impl, only, scale, probe: ownProbe } = parseArgs({ options }).values

if (ownProbe !== undefined) await runProbe(probes.find(({ key }) => key === ownProbe))
else compareProbes()

/** The child: runs one probe and prints its memory as a line of JSON. */
async function runProbe(probe) {
  const n = unitsOf(probe)
  const program = await loadProgram(impl, probe)
  const start = residentMiB()
  const { mark, readings } = memoryMarks([n / 10, n / 2, n])
  const begin = performance.now()
  check(await program(n, mark), n)
  const ms = performance.now() - begin
  console.log(JSON.stringify({ start, readings, peak: process.resourceUsage().maxRSS / 1024, ms }))
}

/** `mark(i)` notes the memory when i reaches the next of these counts; otherwise it costs one comparison. */
function memoryMarks(counts) {
  const readings = []
  let next = counts[0]
  const mark = i => {
    if (i < next) return
    readings.push(residentMiB())
    next = counts[readings.length] ?? Infinity
  }
  return { mark, readings }
}

/** The parent: one process after the other, one row each. */
function compareProbes() {
  const rows = []
  for (const implementation of impl.split(','))
    for (const probe of probes.filter(({ key }) => new RegExp(only).test(key)))
      rows.push([implementation, `${unitsOf(probe)} ${probe.about}`, ...measureProbe(implementation, probe)])
  const head = ['', 'probe', 'start', '10 %', '50 %', '100 %', 'peak', 'growth', 'ns/unit']
  console.log(markdown(head, rows, 2))
}

function measureProbe(implementation, probe) {
  const self = fileURLToPath(import.meta.url)
  const args = [self, `--impl=${implementation}`, `--scale=${scale}`, `--probe=${probe.key}`]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) {
    process.exitCode = 1
    console.error(`${implementation} ${probe.key}: ${signal ?? `exit code ${status}`}\n${stderr}`)
    return ['', '', '', '', '', 'FAILED', '']
  }
  const { start, readings, peak, ms } = JSON.parse(stdout)
  const memory = [start, ...readings, peak].map(mib => mib.toFixed(0))
  return [...memory, growth(probe, readings), ((ms * 1e6) / unitsOf(probe)).toFixed(0)]
}

/** Loops: MiB between 10 % and 100 %. Depth: bytes per level between the same two. */
function growth(probe, [early, , late]) {
  const grown = late - early
  if (probe.flat) return `${grown.toFixed(0)} MiB`
  return `${((grown * 2 ** 20) / (0.9 * unitsOf(probe))).toFixed(0)} B/level`
}

function unitsOf({ n }) {
  return n * Number(scale)
}

function residentMiB() {
  return process.memoryUsage.rss() / 2 ** 20
}
