// An empty project outside of the repository, as a user has one, and commands in it.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** A project with these files; `remove` deletes it. */
export function makeProject(files) {
  const folder = mkdtempSync(join(tmpdir(), 'doeff-vm-consumer-'))
  const write = (file, text) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Runs a program in a folder, with a clean environment; gives its output, or throws with it. */
export async function runIn(folder, program, args, env = {}) {
  const { status, output } = await tryIn(folder, program, args, env)
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${status}:\n${output}`)
  return output
}

/** The same, for programs that may fail. */
export function tryIn(folder, program, args, env = {}) {
  const { HOME, TMPDIR, SystemRoot } = process.env
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)
  const child = spawn(program, args, { cwd: folder, env: { PATH, HOME, TMPDIR, SystemRoot, ...env } })
  const chunks = []
  child.stdout.on('data', chunk => chunks.push(chunk))
  child.stderr.on('data', chunk => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ status: code ?? signal, output: Buffer.concat(chunks).toString() }))
  })
}
