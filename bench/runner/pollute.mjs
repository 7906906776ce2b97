// Mixed warm-up: runs all programs of an implementation in turn, small, so that V8 has seen more shapes and generators
// than the ones about to be measured. Real services look like that; a process with one program flatters everybody.
import { loadProgram } from '../implementations.mjs'
import { workloads } from '../workloads.mjs'
import { check } from './result.mjs'

const TURNS = 50

export async function pollute(implementation) {
  for (let turn = 0; turn < TURNS; turn++)
    for (const workload of workloads) if (workload.mix) await runOnce(implementation, workload)
}

async function runOnce(implementation, workload) {
  const { key, mix, expected } = workload
  try {
    const program = await loadProgram(implementation, workload)
    if (program) check(await program(mix), expected(mix))
  } catch (error) {
    error.message = `mixed warm-up, ${key}: ${error.message}`
    throw error
  }
}
