// The notes of a release, from its section of the changelog: `node scripts/release/notes.mjs VERSION`.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from '../run.mjs'

/** The text below the heading of a version; undefined when the changelog has none, or an empty one. */
export function notesFor(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find(text => text.split('\n', 1)[0].split(/[\s,(]/)[0] === version)
  return section?.slice(section.indexOf('\n')).trim() || undefined
}

if (fileURLToPath(import.meta.url) === process.argv[1]) {
  const version = process.argv[2]
  const notes = notesFor(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)
  if (notes === undefined) console.error(`CHANGELOG.md has no section "## ${version}"`)
  else console.log(notes)
  process.exitCode = notes === undefined ? 1 : 0
}
