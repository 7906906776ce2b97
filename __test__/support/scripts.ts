// Runs code against the scripts of the repository, which are ES modules and so not for Jest itself.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const root = join(__dirname, '../..')

/** What a script printed, and how it ended. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a script of the repository. */
export function runScript(script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Ended {
  return spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
}

/** The value of an expression over what a module of the repository exports, called `module` there. */
export function evaluate<T>(file: string, expression: string): T {
  const code = `import * as module from './${file}'\nconsole.log(JSON.stringify(await (${expression})))`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as T
}
