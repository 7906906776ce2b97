// Runs a command in the foreground and ends this process with its status when it fails.
// Programs of npm packages are started through their script, so nothing depends on a shell or on `.cmd` files.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Runs a command. Its output goes to this process's output, with `quiet` to stderr (stdout stays machine-readable), with
 * `silent` nowhere unless it fails.
 */
export function run(command, args, { env = {}, quiet = false, silent = false } = {}) {
  const child = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: silent ? 'pipe' : ['inherit', quiet ? 2 : 'inherit', 'inherit'],
  })
  if (child.error) console.error(`${command}: ${child.error.message}`)
  if (child.status === 0) return
  if (silent) process.stderr.write(Buffer.concat([child.stdout, child.stderr]))
  process.exit(child.status ?? 1)
}

/** Runs the program `name` of an installed package. */
export function runPackage(name, args, options) {
  run(process.execPath, [programOf(name), ...args], options)
}

/** Runs npm: the one that started this script, when there is one. */
export function runNpm(args, options) {
  const [command, ...first] = npm()
  run(command, [...first, ...args], options)
}

/** Runs npm silently and returns what it printed; ends this process when it fails. */
export function readNpm(args) {
  const [command, ...first] = npm()
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, shell: command.endsWith('.cmd') }
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], options)
  if (status === 0) return stdout
  console.error(error?.message ?? stderr)
  process.exit(status ?? 1)
}

function npm() {
  const script = process.env.npm_execpath
  if (script?.endsWith('npm-cli.js')) return [process.execPath, script]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

/** The script behind a package's program. */
export function programOf(name) {
  const folder = join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]))
}
