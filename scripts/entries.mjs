// The entries of the package: `index` and one for each sub-path of package.json's "exports". They share one bundle: what
// `index` reaches is in dist/index.js, once, and the others import it from there.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './run.mjs'

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Their names, `index` first. */
export const entries = Object.keys(exports)
  .filter(path => !path.endsWith('.json'))
  .map(path => (path === '.' ? 'index' : path.slice(2)))

/** What Rollup is to make of them, in `folder`, from files that end in `extension`. */
export function inputs(folder, extension) {
  return Object.fromEntries(entries.map(name => [name, join(root, folder, `${name}${extension}`)]))
}

/** Puts every module that `index` reaches into its chunk. */
export function chunksBy(index) {
  let reached
  return (id, { getModuleInfo }) => {
    reached ??= reachedFrom(index, getModuleInfo)
    return reached.has(id) ? 'index' : undefined
  }
}

function reachedFrom(index, getModuleInfo) {
  const reached = new Set([index])
  for (const id of reached) for (const imported of getModuleInfo(id)?.importedIds ?? []) reached.add(imported)
  return reached
}
