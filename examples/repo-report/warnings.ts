// Warnings: what the report cannot vouch for. The program tells them to the Writer; nothing here prints.

import { Tell, type Program, type TellEffect } from 'doeff-vm'

const PROBLEMS = {
  unreadable: 'unreadable',
  binary: 'binary, lines not counted',
  large: 'too large to be read, lines not counted',
  link: 'symbolic link, not followed',
  special: 'neither file nor directory, left out',
} as const

export type Problem = keyof typeof PROBLEMS

/** One message of the log. */
export interface Warning {
  readonly path: string
  readonly problem: Problem
  /** For people. */
  readonly message: string
}

/** Tells a warning. */
export function warn(path: string, problem: Problem, reason?: string): Program<void, TellEffect> {
  const message = reason === undefined ? PROBLEMS[problem] : `${PROBLEMS[problem]} (${reason})`
  return Tell({ path, problem, message } satisfies Warning)
}
