// The first step of a release: `node scripts/release/gate.mjs [--publish]`. Everything that must agree before anything is built does: the
// versions, the changelog, the public home; with --publish the tag as well. It prints the version.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from '../run.mjs'
import { notesFor } from './notes.mjs'
import { repositoryOf } from './repository.mjs'
import { platforms } from './stage.mjs'

/**
 * What forbids the release of a tree; empty when nothing does.
 * @param {{ read: (file: string) => string, platforms: string[], env: NodeJS.ProcessEnv, publish: boolean }} tree
 */
export function reasonsAgainst({ read, platforms: names, env, publish }) {
  const manifest = JSON.parse(read('package.json'))
  const { version } = manifest
  const reasons = []
  const versions = {
    'package-lock.json': JSON.parse(read('package-lock.json')).version,
    'Cargo.toml': /^version = "(.+)"/m.exec(read('Cargo.toml'))?.[1],
    'Cargo.lock': /name = "doeff-vm"\nversion = "(.+)"/.exec(read('Cargo.lock'))?.[1],
    ...Object.fromEntries(
      names.map(name => [`npm/${name}/package.json`, JSON.parse(read(`npm/${name}/package.json`)).version]),
    ),
  }
  for (const [file, other] of Object.entries(versions)) {
    if (other !== version)
      reasons.push(`${file} has version ${other}, package.json has ${version}: run "npm run generate".`)
  }
  if (notesFor(read('CHANGELOG.md'), version) === undefined) {
    reasons.push(`CHANGELOG.md has no section "## ${version}": rename "## Unreleased".`)
  }
  const repository = repositoryOf(manifest)
  const where = repository && `${repository.owner}/${repository.name}`
  if (where === undefined) reasons.push('package.json has no "repository": set it to "github:OWNER/NAME".')
  else if (env.GITHUB_REPOSITORY !== undefined && env.GITHUB_REPOSITORY !== where) {
    reasons.push(`This runs in ${env.GITHUB_REPOSITORY}, but package.json says that the project lives in ${where}.`)
  }
  if (publish && env.GITHUB_REF !== `refs/tags/v${version}`) {
    reasons.push(`Only the tag v${version} may be published; this is ${env.GITHUB_REF ?? 'no tag'}.`)
  }
  return reasons
}

function readFile(file) {
  return readFileSync(join(root, file), 'utf8')
}

if (fileURLToPath(import.meta.url) === process.argv[1]) {
  const publish = process.argv.includes('--publish')
  const reasons = reasonsAgainst({ read: readFile, platforms: platforms(), env: process.env, publish })
  if (reasons.length > 0) console.error(reasons.join('\n'))
  else console.log(JSON.parse(readFile('package.json')).version)
  process.exitCode = reasons.length > 0 ? 1 : 0
}
