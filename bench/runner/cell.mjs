// One cell of the table: an implementation and a workload, measured in rounds, each in a process of its own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadProgram } from '../implementations.mjs'

const measure = fileURLToPath(new URL('./measure.mjs', import.meta.url))
const TIME_LIMIT_MS = 180_000

/**
 * Measures one workload with every implementation, interleaved over the rounds so that noise hits all of them alike;
 * each round starts with another one. Answers a Map from implementation to `{ samples, peakMiB, error?, wrong? }`;
 * an implementation that cannot express the workload is missing in it.
 */
export async function measureWorkload(workload, { implementations, rounds, ...options }) {
  const cells = new Map()
  for (const implementation of implementations)
    if (await loadable(implementation, workload))
      cells.set(implementation, { samples: [], peakMiB: 0, error: undefined, wrong: false })
  const names = [...cells.keys()]
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]
      addRound(cells.get(name), runCell(name, workload, options))
    }
  return cells
}

/** A package that cannot be loaded is an error of the cell, told by its process, not a workload it cannot express. */
async function loadable(implementation, workload) {
  try {
    return (await loadProgram(implementation, workload)) !== undefined
  } catch {
    return true
  }
}

function runCell(implementation, { key }, { node, samples, mix }) {
  const args = [measure, implementation, key, String(samples), mix ? 'mix' : 'pure']
  const { stdout, stderr, status } = spawnSync(node, args, { encoding: 'utf8', timeout: TIME_LIMIT_MS })
  const line = stdout?.trim().split('\n').pop()
  if (line?.startsWith('{')) return JSON.parse(line)
  const reason = stderr?.split('\n').find(text => /Error|FATAL/.test(text))
  return { error: reason ?? (status === null ? 'stopped by the time limit' : `exit code ${status}`) }
}

function addRound(cell, { samples = [], peakMiB = 0, error, wrong = false }) {
  cell.samples.push(...samples)
  cell.peakMiB = Math.max(cell.peakMiB, peakMiB)
  cell.error ??= error
  cell.wrong ||= wrong
}
