// Who is measured. An implementation is a folder with one file per topic; each file exports functions named after the
// workloads' programs that take a size and return the result, or a promise of it.
import { existsSync } from 'node:fs'

const folders = {
  doeff: 'js',
  tramp: 'peers/tramp', // a flat hand-written trampoline: the floor without any handler semantics
  deepvm: 'peers/deepvm', // a full deep-handler machine in a hundred lines of plain JS
  effect: 'peers/effect',
  effection: 'peers/effection',
  saga: 'peers/saga',
  native: 'peers/native', // async/await and AsyncLocalStorage
}

/** Those whose packages are installed in `bench/peers`. */
const installed = ['effect', 'effection', 'saga']

export const allImplementations = Object.keys(folders)
export const needsPeers = implementations => implementations.some(name => installed.includes(name))

const fileOf = (implementation, topic) => new URL(`./${folders[implementation]}/${topic}.mjs`, import.meta.url)

/** The function to run, or undefined where the implementation cannot express the workload. */
export async function loadProgram(implementation, { topic, program }) {
  const file = fileOf(implementation, topic)
  if (!existsSync(file)) return undefined
  const programs = await import(file)
  return programs[program]
}
