// Where and on what a run took place: commit, processor, Node version.
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

const output = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

export function describeMachine(node) {
  const [cpu] = cpus()
  return { commit: commit(), cpu: `${cpu.model.trim()}, ${cpus().length} cores`, node: output(node, '--version') }
}

function commit() {
  try {
    const changed = output('git', 'status', '--porcelain', '--untracked-files=no') !== ''
    return output('git', 'rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '')
  } catch {
    return 'none'
  }
}
