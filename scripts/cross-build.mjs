// `npm run build:cross -- TARGET…`: builds release addons for other platforms into native/cross. It installs nothing; it says what is
// missing and how to get it. With --twice it builds in two folders under two Cargo homes, and fails unless both give the same bytes.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { checkLinuxAddon } from './cross/inspect.mjs'
import { copyOfSources } from './cross/sources.mjs'
import { libraryOf, targets } from './cross/targets.mjs'
import { toolsFor } from './cross/tools.mjs'
import { root } from './run.mjs'

const isTwice = process.argv.includes('--twice')
const wanted = process.argv.slice(2).filter(each => !each.startsWith('--'))
const unknown = wanted.filter(target => targets[target] === undefined)
if (wanted.length === 0 || unknown.length > 0) {
  stop(`${unknown.map(target => `Unknown target ${target}.\n`).join('')}Usage: npm run build:cross -- [--twice] TARGET…
Targets: ${Object.keys(targets).join(', ')}`)
}

const missing = wanted.flatMap(target =>
  toolsFor(target, targets[target]).missing.map(what => `${target} needs ${what}`),
)
if (missing.length > 0) stop(missing.join('\n'))

for (const target of wanted) {
  const { platform, glibc } = targets[target]
  const built = build(target, root, process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'target/cross')
  const addon = join(root, 'native/cross', `doeff-vm.${platform}.node`)
  mkdirSync(join(root, 'native/cross'), { recursive: true })
  copyFileSync(built, addon)
  const needs = target.includes('linux') ? checkLinuxAddon(addon, glibc) : ''
  const bytes = readFileSync(addon)
  const sha = hashOf(bytes)
  console.log(`${platform}: ${bytes.length} bytes${needs && `, glibc ${needs}`}, SHA-256 ${sha}`)
  if (isTwice) buildAgain(target, sha)
}

/** Builds the library in a folder, with this Cargo home; returns its path. */
function build(target, folder, cargoHome, targetFolder) {
  const { flags = '', env = {} } = targets[target]
  const tools = toolsFor(target, targets[target])
  const output = join(folder, targetFolder)
  // Neither the place of the sources nor the one of the crates is in the addon.
  const remap = [`${cargoHome}=/cargo`, `${folder.replace(/[\\/]$/, '')}=/doeff-vm`].map(
    each => `--remap-path-prefix=${each}`,
  )
  const args = [...tools.args, '--release', '--lib', '--locked', '--package', 'doeff-vm']
  const child = spawnSync(tools.cargo, args, {
    cwd: folder,
    stdio: ['ignore', 2, 'inherit'],
    env: {
      ...process.env,
      ...env,
      ...libnode(target, output),
      ...tools.env,
      CARGO_HOME: cargoHome,
      CARGO_TARGET_DIR: output,
      RUSTFLAGS: [...remap, flags].join(' ').trim(),
    },
  })
  if (child.error) stop(`${tools.cargo}: ${child.error.message}`)
  if (child.status !== 0) process.exit(child.status ?? 1)
  return join(output, target, 'release', libraryOf(target))
}

/** Builds from a copy of the sources, with a fresh Cargo home, and compares. */
function buildAgain(target, sha) {
  const copy = copyOfSources()
  const again = hashOf(readFileSync(build(target, copy.folder, copy.cargoHome, 'built')))
  if (again !== sha) stop(`${target}: another folder gives other bytes, ${again}`)
  console.log(`${target}: another folder and another Cargo home give the same bytes`)
  copy.remove()
}

/** MinGW wants a library of Node to link with; the addon looks its functions up at run time, so an empty one does. */
function libnode(target, output) {
  if (targets[target].linker !== 'mingw') return {}
  mkdirSync(output, { recursive: true })
  const definition = join(output, 'node.def')
  writeFileSync(definition, 'LIBRARY node.exe\nEXPORTS\n')
  for (const name of ['libnode.dll', 'libnode.a']) {
    const made = spawnSync('x86_64-w64-mingw32-dlltool', ['-d', definition, '-l', join(output, name)], {
      stdio: 'inherit',
    })
    if (made.status !== 0) stop('x86_64-w64-mingw32-dlltool failed: it makes the library of Node that MinGW links with')
  }
  return { LIBNODE_PATH: output }
}

function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
