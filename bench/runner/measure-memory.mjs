// The process of one cell of memory, started with --expose-gc: one implementation, one probe, run once. It prints one line of
// JSON: `{ figures }`, or `{ error, wrong }`. There is no mixed warm-up: it would add its own garbage to the peak.
import { loadProgram } from '../implementations.mjs'
import { sizeOf, workloads } from '../workloads.mjs'
import { probes } from './memory.mjs'
import { WrongResult } from './result.mjs'

const [implementation, key] = process.argv.slice(2)

try {
  const workload = workloads.find(candidate => candidate.key === key)
  const program = await loadProgram(implementation, workload)
  const figures = await probes[workload.reads](program, sizeOf(workload, implementation), workload.expected)
  console.log(JSON.stringify({ figures, peakMiB: process.resourceUsage().maxRSS / 1024 }))
} catch (error) {
  console.log(JSON.stringify({ error: String(error?.message ?? error), wrong: error instanceof WrongResult }))
}
process.exit()
