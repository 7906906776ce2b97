// The debug log: one line a step, for people and for tests. Off, it costs the driver one comparison a step.

import { join, map } from '../builtins/intrinsics'
import type { Program } from '../language/program'
import type { Run } from './run'
import { frameLink, type TraceLink } from '../language/trace'

/** How much is written: nothing, a line a step, or a line with the whole chain. */
export type DebugLevel = 'off' | 'steps' | 'trace'

/** Writes the steps of one VM to stderr. */
export class DebugLog {
  readonly #run: Run
  readonly #level: DebugLevel
  #step = 0

  constructor(run: Run, level: DebugLevel) {
    this.#run = run
    this.#level = level
  }

  /** The generator in `slot`, continued in this `mode`, yielded `program`. */
  yielded(slot: number, mode: string, program: Program<unknown, unknown>): void {
    const { machine } = this.#run
    const { name } = frameLink(machine.slots.origins[slot])
    const { segments, frames } = machine.stats()
    const handler = program.type === null ? '' : ` to ${machine.handlerOf(program.type.id)?.name ?? 'nobody'}`
    const size = `(${mode}, segments ${segments}, frames ${frames})`
    const line = `[doeff] ${++this.#step} ${name} yields ${String(program)}${handler} ${size}`
    process.stderr.write(this.#level === 'trace' ? `${line} ${this.#chain()}\n` : `${line}\n`)
  }

  #chain(): string {
    return join(map(this.#run.machine.chain(), show), ' < ')
  }
}

function show({ kind, name }: TraceLink): string {
  return kind === 'handler' ? `[${name}]` : name
}
