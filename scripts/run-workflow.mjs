// Runs the `run:` steps of a workflow here, as far as a Linux machine can, so that a workflow is not untested text:
// `node scripts/run-workflow.mjs ci|release [--list] [--install] [WORD…]`. Words choose steps by "job / step". A step that needs a tool this
// machine lacks, or another kind of machine, is named and passed over, as is one that installs tools, unless --install says otherwise.
// With --list nothing is run.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { parse } from 'yaml'

import { root } from './run.mjs'

const [file, ...words] = process.argv.slice(2).filter(each => !each.startsWith('--'))
const isList = process.argv.includes('--list')
const workflow = parse(readFileSync(join(root, `.github/workflows/${file}.yml`), 'utf8'))
const outputs = join(mkdtempSync(join(tmpdir(), 'doeff-vm-workflow-')), 'output')

/** Tools of a runner that a step may need, by the words that it starts a command with. */
const tools = {
  docker: 'docker',
  gh: 'gh',
  rustup: 'rustup',
  sudo: 'sudo',
  'cargo deny': 'cargo-deny',
  python3: 'python3',
}

const counts = { run: 0, passed: 0, failed: 0 }
for (const [name, job] of Object.entries(workflow.jobs)) {
  const row = rowOf(job)
  for (const step of job.steps.filter(({ run }) => run !== undefined)) {
    const title = `${name} / ${step.name}`
    if (!words.every(word => title.includes(word))) continue
    const reason = isPublishing(name)
      ? 'a dry run ends before it'
      : row === undefined
        ? 'it runs on another system'
        : whyNot(step, row)
    if (reason !== undefined) {
      counts.passed++
      console.log(`pass over  ${title}: ${reason}`)
    } else runStep(title, step, row)
  }
}
rmSync(join(outputs, '..'), { recursive: true })
console.log(`${counts.run} steps run, ${counts.failed} failed; ${counts.passed} passed over`)
process.exitCode = counts.failed > 0 ? 1 : 0

/** Whether a job publishes, or waits for one that does: nothing here ever does that. */
function isPublishing(name) {
  const { if: condition, needs = [] } = workflow.jobs[name]
  return condition === 'inputs.publish' || [needs].flat().some(each => isPublishing(each))
}

function runStep(title, step, row) {
  counts.run++
  console.log(`${isList ? 'would run' : 'run'}  ${title}`)
  if (isList) return
  const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, filled(value, row)]))
  const args = ['-e', '-o', 'pipefail', '-c', filled(step.run, row)]
  const child = spawnSync('bash', args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, GITHUB_OUTPUT: outputs, ...env },
  })
  if (child.status === 0) return
  counts.failed++
  console.log(`FAILED  ${title}`)
}

/** The first row of a job's matrix that runs on Linux x64; an empty one when it has no matrix; undefined when none does. */
function rowOf(job) {
  const rows = job.strategy?.matrix.include ?? [{}]
  return rows.find(row => filled(job['runs-on'], row) === 'ubuntu-24.04')
}

/** What keeps a step from running here. */
function whyNot({ name, run, env = {}, if: condition }, row) {
  if (condition?.startsWith('matrix.') && row[condition.slice('matrix.'.length)] === undefined)
    return 'its condition does not hold'
  if (condition?.startsWith('!matrix.') && row[condition.slice('!matrix.'.length)] !== undefined)
    return 'its condition does not hold'
  if (name.startsWith('Install ') && !process.argv.includes('--install')) return 'it installs tools'
  const wanted = [run, ...Object.values(env)].join('\n').matchAll(/needs\.(\w+)\.outputs\.(\w+)/g)
  for (const [, job, output] of wanted)
    if (filled(`\${{ needs.${job}.outputs.${output} }}`, row) === '') return `${job} has put out no ${output}`
  const missing = Object.keys(tools)
    .filter(words => new RegExp(`(^|\\s)${words} `, 'm').test(run) && !isHere(tools[words]))
    .map(words => tools[words])
  return missing.length > 0 ? `there is no ${missing.join(', ')} here` : undefined
}

/** The values of `${{ matrix.x }}` and of what an earlier step has put out; every other expression is empty, as in a dry run. */
function filled(text, row) {
  return String(text).replaceAll(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression) => {
    if (expression.startsWith('matrix.')) return row[expression.slice('matrix.'.length)] ?? ''
    const output = /^needs\.\w+\.outputs\.(\w+)$/.exec(expression)?.[1]
    if (output === undefined || !existsSync(outputs)) return ''
    return new RegExp(`^${output}=(.*)$`, 'm').exec(readFileSync(outputs, 'utf8'))?.[1] ?? ''
  })
}

function isHere(tool) {
  // A docker without images is none.
  if (tool === 'docker') return spawnSync('docker', ['image', 'inspect', 'node:20-bookworm-slim']).status === 0
  return (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, tool)))
}
