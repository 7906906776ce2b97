// Packs the packages as they are published: `node scripts/release/pack.mjs --out FOLDER [--addons FOLDER] [--release]`.
// With --release every platform must have its addon and the repository must be set; without it, what is there is packed.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { readNpm, root } from '../run.mjs'
import { repositoryOf, requireRepository } from './repository.mjs'
import { addonOf, platforms, stagePlatform, stageRoot } from './stage.mjs'

/**
 * Packs the root package and those platforms whose addon is in one of the folders.
 * @returns {{ name: string, version: string, tarball: string, files: string[], manifest: object }[]} platforms first, the root last
 */
export function packAll({ out, addons, release = false }) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const repository = release ? requireRepository() : repositoryOf(manifest)
  const found = platforms().map(platform => ({ platform, addon: findAddon(platform, addons) }))
  const missing = found.filter(({ addon }) => addon === undefined).map(({ platform }) => platform)
  if (release && missing.length > 0)
    throw new Error(`There is no addon for ${missing.join(', ')} in ${addons.join(', ')}`)
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })

  const packed = found
    .filter(({ addon }) => addon !== undefined)
    .map(({ platform, addon }) => {
      const folder = join(out, 'staged', platform)
      stagePlatform(folder, platform, addon, repository)
      return pack(folder, out)
    })
  const folder = join(out, 'staged', 'root')
  stageRoot(folder, repository)
  const unbuilt = manifest.files.filter(file => !existsSync(join(folder, file)))
  if (release && unbuilt.length > 0) throw new Error(`The root package lacks ${unbuilt.join(', ')}: build it first`)
  const all = [...packed, pack(folder, out)]
  writeFileSync(join(out, 'packages.json'), `${JSON.stringify(all, null, 2)}\n`)
  return all
}

function findAddon(platform, folders) {
  const files = folders.map(folder => join(folder, addonOf(platform)))
  return files.find(file => existsSync(file))
}

function pack(folder, out) {
  const [{ name, version, filename, files, integrity, shasum }] = JSON.parse(
    readNpm(['pack', folder, '--json', '--ignore-scripts', '--pack-destination', out]),
  )
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const paths = files.map(({ path }) => path)
  return { name, version, tarball: join(out, filename), files: paths, integrity, shasum, manifest }
}

if (fileURLToPath(import.meta.url) === process.argv[1]) {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, addons: { type: 'string', multiple: true }, release: { type: 'boolean' } },
  })
  if (values.out === undefined) throw new Error('pack.mjs: --out FOLDER is missing')
  const addons = (values.addons ?? [join(root, 'native')]).map(folder => resolve(folder))
  try {
    const packed = packAll({ out: resolve(values.out), addons, release: values.release })
    for (const { name, version, tarball } of packed) console.log(`${name}@${version} ${tarball}`)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
