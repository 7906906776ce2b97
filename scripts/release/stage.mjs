// Lays out the packages as they are published, each in a folder of its own. What a package says of itself is completed here: its origin,
// the optional dependencies on the platform packages, absolute links. The working tree is not touched.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { root, readNpm } from '../run.mjs'
import { filesUnder } from '../skip-unchanged.mjs'
import { legal } from './platforms.mjs'
import { originFields, withAbsoluteLinks } from './repository.mjs'

/** The platforms of package.json, such as linux-x64-gnu: one folder each in npm/. */
export function platforms() {
  return [...new Set(filesUnder('npm').map(file => file.split('/')[1]))]
}

/** The file name of the addon for a platform. */
export function addonOf(platform) {
  return `doeff-vm.${platform}.node`
}

/** Lays out the root package in `folder`. */
export function stageRoot(folder, repository) {
  const manifest = readManifest('package.json')
  const [{ files }] = JSON.parse(readNpm(['pack', '--dry-run', '--json', '--ignore-scripts']))
  begin(folder)
  for (const { path } of files) copy(path, join(folder, path))
  const { version } = manifest
  const kept = without(manifest, ['private', 'scripts', 'devDependencies', 'napi'])
  const optionalDependencies = Object.fromEntries(platforms().map(each => [`doeff-vm-${each}`, version]))
  write(folder, 'package.json', { ...kept, ...originFields(repository), optionalDependencies })
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  writeFileSync(join(folder, 'README.md'), withAbsoluteLinks(readme, repository, version))
}

/** Lays out the package of a platform in `folder`, with this addon. */
export function stagePlatform(folder, platform, addon, repository) {
  const manifest = without(readManifest(`npm/${platform}/package.json`), ['private'])
  const { publishConfig } = readManifest('package.json')
  begin(folder)
  for (const file of legal) copy(file, join(folder, file))
  copy(`npm/${platform}/README.md`, join(folder, 'README.md'))
  copyFileSync(addon, join(folder, addonOf(platform)))
  write(folder, 'package.json', { ...manifest, ...originFields(repository, `npm/${platform}`), publishConfig })
}

function begin(folder) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(join(root, from), to)
}

/** The manifest less the fields that mean something in the repository only. */
function without(manifest, fields) {
  return Object.fromEntries(Object.entries(manifest).filter(([field]) => !fields.includes(field)))
}

function readManifest(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function write(folder, file, value) {
  writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`)
}
