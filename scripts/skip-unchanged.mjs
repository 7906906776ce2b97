// Runs a build step unless its inputs have the content they had when it last succeeded and its outputs still exist.
// The stamp is a hash of the inputs, one file per step, in a git-ignored folder.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { root } from './run.mjs'

/**
 * @param {string} name what the step is called in messages; also the name of its stamp
 * @param {{ inputs: string[], outputs: string[], key?: string, stamp?: string }} step
 *   `inputs` are files and folders, `key` is anything else the result depends on
 * @param {() => void} build must not return when it fails
 */
export function skipUnchanged(name, { inputs, outputs, key = '', stamp = `.stamps/${name}` }, build) {
  const file = join(root, stamp)
  const hash = hashOf(inputs, key)
  const isBuilt = outputs.every(output => existsSync(join(root, output)))
  if (isBuilt && existsSync(file) && readFileSync(file, 'utf8') === hash) return
  console.error(`> ${name}`)
  rmSync(file, { force: true })
  build()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, hash)
}

function hashOf(inputs, key) {
  const hash = createHash('sha256').update(key)
  for (const file of inputs.flatMap(input => filesUnder(input))) {
    const content = readFileSync(join(root, file))
    hash.update(`\0${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** The files under a path of the repository, sorted; none when it does not exist. */
export function filesUnder(path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (!stats.isDirectory()) return [path]
  return readdirSync(join(root, path))
    .toSorted()
    .flatMap(entry => filesUnder(`${path}/${entry}`))
}
