// Tries the packed packages on the system that this runs on: `node scripts/package/try-tarballs.mjs FOLDER [--alone]`. Installs root and
// platform with npm from a registry of this machine, runs the smoke program over both backends, and lets the addon panic. It needs
// nothing but Node and npm; --alone is for where npm cannot run: then the tarballs are unpacked by tar. DOEFF_EMULATOR is the command that
// runs programs of another processor, such as "qemu-aarch64-static -L /usr/aarch64-linux-gnu", where the kernel does not know it.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

import { root } from '../run.mjs'
import { installedProject } from './installs.mjs'
import { makeProject, runIn } from './project.mjs'
import { startRegistry } from './registry.mjs'
import { wireNumbers } from './wire-numbers.mjs'

const folder = resolve(process.argv[2])
const packed = JSON.parse(readFileSync(join(folder, 'packages.json'), 'utf8')).map(each => ({
  ...each,
  tarball: join(folder, basename(each.tarball)),
}))

const project = process.argv.includes('--alone') ? unpacked() : await installed()
copyFileSync(join(root, 'scripts/package/smoke.cjs'), join(project.folder, 'smoke.cjs'))
process.stdout.write(await startNode(['smoke.cjs', 'native']))

const modules = join(project.folder, 'node_modules')
if (packed.at(-1).files.includes('native/doeff-vm.wasm')) {
  process.stdout.write(await startNode(['smoke.cjs', 'wasm'], { DOEFF_BACKEND: 'wasm' }))
}
await panics()
project.remove()

/** Runs a script with this Node; the emulator that runs it does not run what it starts. */
function startNode(args, env) {
  const [program, ...first] = [...(process.env.DOEFF_EMULATOR ?? '').split(' ').filter(Boolean), process.execPath]
  return runIn(project.folder, program, [...first, ...args], env)
}

/** Random commands make the machine panic; the addon must catch that on every platform, since else the process ends. */
async function panics() {
  const platform = readdirSync(modules).find(name => name.startsWith('doeff-vm-'))
  const { main } = JSON.parse(readFileSync(join(modules, platform, 'package.json'), 'utf8'))
  const numbers = wireNumbers()
  const fuzz = join(root, '__test__/support/fuzz.mjs')
  const args = [fuzz, join(modules, platform, main), numbers, '1', '5000']
  const outcomes = JSON.parse(await startNode(args))
  const poisoned = outcomes[JSON.parse(numbers).POISONED] ?? 0
  if (poisoned === 0) throw new Error('no random command made the machine panic: the test tests nothing')
  console.log(`panics: ${poisoned} caught in ${platform}`)
}

async function installed() {
  const registry = await startRegistry(packed)
  const made = await installedProject(registry, packed.at(-1).version)
  registry.close()
  return made
}

function unpacked() {
  const made = makeProject({})
  const { platform, arch } = process
  const libc =
    platform === 'linux' ? [process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'] : undefined
  const fits = ({ os, cpu, libc: libcs }) =>
    os.includes(platform) && cpu.includes(arch) && (libcs === undefined || libcs.includes(libc[0]))
  for (const { name, tarball, manifest } of packed) {
    if (name !== 'doeff-vm' && !fits(manifest)) continue
    const to = join(made.folder, 'node_modules', name)
    mkdirSync(to, { recursive: true })
    execFileSync('tar', ['-xzf', tarball, '-C', to, '--strip-components=1'])
  }
  return made
}
