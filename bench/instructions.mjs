// `npm run bench:instructions`: how many instructions the heart takes for each thing in `rust/heart.rs`, compared with the
// committed record. Counts hardly vary, so a regression of a few percent is seen where time would drown it in noise.
//
// `--update` writes the record. Exit codes: 0 as recorded, or recorded elsewhere, 1 a regression, 2 nothing was counted (no valgrind, or the
// benches did not build).
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { markdown } from './runner/table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const recordFile = fileURLToPath(new URL('./rust/instructions.json', import.meta.url))
const FEW = 1_024
const MANY = 11_264
/** A count that is higher than recorded by more than this is a regression. */
const TOLERANCE = 0.02

const host = `${platform()} ${arch()}, ${output('rustc', ['--version']).trim()}`
if (spawnSync('valgrind', ['--version']).status !== 0)
  giveUp('valgrind is not installed; instructions cannot be counted')
const heart = build()
const counts = Object.fromEntries(names().map(name => [name, perUnit(name)]))
if (process.argv.includes('--update')) writeFileSync(recordFile, `${JSON.stringify({ host, counts }, null, 2)}\n`)
if (!existsSync(recordFile)) giveUp(`nothing is recorded yet; write ${recordFile} with --update`)
report(JSON.parse(readFileSync(recordFile, 'utf8')))

function build() {
  const args = ['bench', '-p', 'doeff-vm-core', '--bench', 'heart', '--locked', '--no-run', '--message-format=json']
  for (const line of output('cargo', args).split('\n')) {
    const message = line.startsWith('{') ? JSON.parse(line) : {}
    if (message.reason === 'compiler-artifact' && message.target.name === 'heart') return message.executable
  }
  return giveUp('cargo built no bench')
}

function names() {
  return output(heart, ['list']).trim().split('\n')
}

/** Instructions of one unit: what more units take more, so that start and end do not count. */
function perUnit(name) {
  return (count(name, MANY) - count(name, FEW)) / (MANY - FEW)
}

function count(name, n) {
  const to = join(tmpdir(), `heart-${process.pid}.out`)
  const args = ['--tool=callgrind', `--callgrind-out-file=${to}`, heart, name, String(n)]
  const { status, stderr } = spawnSync('valgrind', args, { encoding: 'utf8' })
  const collected = /Collected : (\d+)/.exec(stderr)
  if (status !== 0 || collected === null) giveUp(`valgrind failed on ${name}:\n${stderr}`)
  return Number(collected[1])
}

function report(record) {
  const rows = Object.entries(counts).map(([name, now]) => {
    const then = record.counts[name]
    const change = then === undefined ? Infinity : now / then - 1
    const verdict =
      then === undefined ? 'not recorded' : change > TOLERANCE ? 'WORSE' : change < -TOLERANCE ? 'better' : ''
    if (change > TOLERANCE && record.host === host) process.exitCode = 1
    const percent = then === undefined ? '' : `${(100 * change).toFixed(1)} %`
    return [name, then?.toFixed(0) ?? '', now.toFixed(0), percent, verdict]
  })
  console.log(markdown(['bench', 'recorded', 'now', 'change', ''], rows, 1))
  if (record.host !== host) console.log(`\nRecorded with ${record.host}, this is ${host}: the counts say little.`)
}

function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) giveUp(`${command} ${args.join(' ')} failed:\n${stderr ?? ''}`)
  return stdout
}

function giveUp(reason) {
  console.error(reason)
  process.exit(2)
}
