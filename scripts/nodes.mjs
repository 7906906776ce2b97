// Other versions of Node, for tests and measurements. They come as npm packages without install scripts, into a git-ignored
// cache; the version that runs this needs none.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { root, runNpm } from './run.mjs'

const platform = process.platform === 'win32' ? 'win' : process.platform
const name = `node-${platform}-${process.arch}`
const program = platform === 'win' ? 'node.exe' : 'node'

/** The path of a Node of this major version; installs it when it is missing. What npm says goes to stderr. */
export function nodeOf(version) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath
  const prefix = `.cache/nodes/${version}`
  const node = join(root, prefix, 'node_modules', name, 'bin', program)
  if (!existsSync(node)) {
    const quietly = ['--no-save', '--no-package-lock', '--loglevel=error']
    runNpm(['install', '--prefix', prefix, ...quietly, `${name}@${version}`], { quiet: true })
  }
  return node
}
