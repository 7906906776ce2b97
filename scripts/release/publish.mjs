// Publishes what pack.mjs packed: `node scripts/release/publish.mjs FOLDER [--dry-run]`. The platforms first; the root last, once the registry
// shows every platform, so that nobody can install a root whose addon is not there yet. What is published already, with the same bytes, is
// passed over, so a release that stopped half-way is started again as it is.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * Publishes packages in their order.
 * @param {{ name: string, version: string, integrity: string, tarball: string }[]} packages the root is the last one
 * @param {{ integrityOf: (name: string, version: string) => string | undefined, publish: (tarball: string) => void,
 *   wait: () => Promise<void>, log: (line: string) => void }} registry
 */
export async function publishAll(packages, registry) {
  const rootPackage = packages.at(-1)
  if (rootPackage?.name !== 'doeff-vm') throw new Error('the root package must be the last one')
  const others = packages.slice(0, -1)
  const expected = Object.keys(rootPackage.manifest.optionalDependencies)
  const absent = expected.filter(name => !others.some(each => each.name === name))
  if (absent.length > 0) throw new Error(`not packed: ${absent.join(', ')}`)
  for (const each of others) publishOne(each, registry)
  for (const each of others) await untilShown(each, registry)
  publishOne(rootPackage, registry)
  await untilShown(rootPackage, registry)
}

function publishOne({ name, version, integrity, tarball }, registry) {
  const published = registry.integrityOf(name, version)
  if (published === integrity) return registry.log(`${name}@${version} is published already`)
  if (published !== undefined) {
    throw new Error(`${name}@${version} is published with other bytes: raise the version, nothing can replace it`)
  }
  registry.publish(tarball)
  registry.log(`${name}@${version} published`)
}

async function untilShown({ name, version, integrity }, registry) {
  for (let attempt = 0; attempt < 30; attempt++) {
    if (registry.integrityOf(name, version) === integrity) return
    await registry.wait()
  }
  throw new Error(
    `the registry does not show ${name}@${version}: run the release again in a while, it goes on from here`,
  )
}

/** The registry that npm is set up for. */
function npmRegistry() {
  return {
    integrityOf(name, version) {
      const { status, stdout, stderr } = npm('view', `${name}@${version}`, 'dist.integrity', '--prefer-online')
      if (status === 0) return stdout.trim() || undefined
      if (/E404/.test(stderr)) return undefined
      throw new Error(`npm view ${name}@${version}: ${stderr.trim()}`)
    },
    publish(tarball) {
      const { status, stderr } = npm('publish', tarball, '--access', 'public', '--provenance')
      if (status !== 0) throw new Error(`npm publish ${tarball}: ${stderr.trim()}`)
    },
    wait: () => setTimeout(10_000),
    log: console.log,
  }
}

function npm(...args) {
  return spawnSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

if (fileURLToPath(import.meta.url) === process.argv[1]) {
  const folder = process.argv[2]
  const packages = JSON.parse(readFileSync(join(folder, 'packages.json'), 'utf8'))
  const found = packages.map(each => ({ ...each, tarball: join(folder, basename(each.tarball)) }))
  if (process.argv.includes('--dry-run')) {
    for (const { name, version, integrity, files } of found)
      console.log(`${name}@${version}, ${files.length} files, ${integrity}`)
    console.log(`A dry run: ${found.length} packages would be published, the last one last.`)
  } else if (process.env.DOEFF_RELEASE !== '1') {
    console.error('publish.mjs publishes in the release workflow only; --dry-run says what it would do.')
    process.exitCode = 1
  } else {
    await publishAll(found, npmRegistry()).catch(error => {
      console.error(error.message)
      process.exitCode = 1
    })
  }
}
