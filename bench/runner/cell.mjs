// One cell of the table: an implementation and a workload, measured in rounds, each in a process of its own. Workloads of one
// probe are figures of the same processes and are measured together.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadProgram } from '../implementations.mjs'

const scripts = {
  time: fileURLToPath(new URL('./measure.mjs', import.meta.url)),
  memory: fileURLToPath(new URL('./measure-memory.mjs', import.meta.url)),
}
const TIME_LIMIT_MS = 180_000

/** The workloads in their order, those of one probe together. */
export function batchesOf(workloads) {
  const batches = new Map()
  for (const workload of workloads) {
    const name = workload.probe ?? workload.key
    batches.set(name, [...(batches.get(name) ?? []), workload])
  }
  return [...batches.values()]
}

/**
 * Measures the workloads of one batch with every implementation, interleaved over the rounds so that noise hits all of them
 * alike; each round starts with another one. Answers, per workload, its key and a Map from implementation to
 * `{ samples, peakMiB, error?, wrong? }`; an implementation that cannot express the workload is missing in it.
 */
export async function measureBatch(batch, { implementations, rounds, ...options }) {
  const lines = new Map()
  for (const name of implementations) if (await loadable(name, batch[0])) lines.set(name, [])
  const names = [...lines.keys()]
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]
      lines.get(name).push(runCell(name, batch[0], options))
    }
  return batch.map(workload => [workload.key, new Map(names.map(name => [name, cellOf(lines.get(name), workload)]))])
}

/** A package that cannot be loaded is an error of the cell, told by its process, not a workload it cannot express. */
async function loadable(implementation, workload) {
  if (workload.cannot?.[implementation] !== undefined) return false
  try {
    return (await loadProgram(implementation, workload)) !== undefined
  } catch {
    return true
  }
}

function runCell(implementation, workload, { node, samples, mix }) {
  const args = argumentsOf(implementation, workload, { samples, mix })
  const { stdout, stderr, status } = spawnSync(node, args, { encoding: 'utf8', timeout: TIME_LIMIT_MS })
  const line = stdout?.trim().split('\n').pop()
  if (line?.startsWith('{')) return JSON.parse(line)
  const reason = stderr?.split('\n').find(text => /Error|FATAL/.test(text))
  return { error: reason ?? (status === null ? 'stopped by the time limit' : `exit code ${status}`) }
}

function argumentsOf(implementation, { key, reads }, { samples, mix }) {
  return reads === undefined
    ? [scripts.time, implementation, key, String(samples), mix ? 'mix' : 'pure']
    : ['--expose-gc', scripts.memory, implementation, key]
}

/** What the processes of all rounds said about one workload: samples of its time, or one figure of memory per process. */
function cellOf(lines, { figure }) {
  const failed = lines.find(({ error }) => error !== undefined)
  return {
    samples: lines.flatMap(({ samples = [], figures }) => (figures === undefined ? samples : [figures[figure]])),
    peakMiB: Math.max(0, ...lines.map(({ peakMiB = 0 }) => peakMiB)),
    error: failed?.error,
    wrong: lines.some(({ wrong = false }) => wrong),
  }
}
