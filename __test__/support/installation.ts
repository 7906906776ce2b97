// An installation of the package in an empty folder, as npm would lay it out, with whatever a test puts in the place of the addon.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

import { releaseAddon } from './addon-file'

const root = join(__dirname, '../..')
const wasmFile = join(root, 'native/doeff-vm.wasm')
/** Whether the module is built; the tools for that are not everywhere. */
export const hasWasm = existsSync(wasmFile)
/** The name of this system's addon, such as linux-x64-gnu. */
export const platformName = basename(releaseAddon).split('.').at(-2) as string

/** What is installed. */
export interface Contents {
  /** The files of platform packages, by the names of the systems. */
  addons?: Record<string, Buffer>
  wasm?: Buffer | undefined
  /** What the front takes for its own version. */
  version?: string
}

/** Installs it; gives a function that runs a script there. */
export function install({ addons = {}, wasm, version }: Contents) {
  const folder = mkdtempSync(join(tmpdir(), 'doeff-vm-'))
  const packageOf = (name: string) => join(folder, 'node_modules', name)
  const write = (name: string, file: string, content: string | Buffer) => {
    mkdirSync(join(packageOf(name), file, '..'), { recursive: true })
    writeFileSync(join(packageOf(name), file), content)
  }
  for (const [name, addon] of Object.entries(addons)) {
    write(`doeff-vm-${name}`, 'package.json', JSON.stringify({ main: 'addon.node' }))
    write(`doeff-vm-${name}`, 'addon.node', addon)
  }
  const front = readFileSync(join(root, 'dist/index.js'), 'utf8')
  write(
    'doeff-vm',
    'dist/index.js',
    version === undefined ? front : front.replace(/\{"version":"[^"]+"\}/, `{"version":"${version}"}`),
  )
  copyFileSync(join(root, 'package.json'), join(packageOf('doeff-vm'), 'package.json'))
  const text = wasm === undefined ? '' : brotliCompressSync(wasm).toString('base64')
  write('doeff-vm', 'native/doeff-vm.wasm.cjs', `module.exports = '${text}'`)

  return {
    /** What `node -e script` writes, with these flags and variables. */
    run(script: string, { flags = [], env = {} }: { flags?: string[]; env?: Record<string, string> } = {}) {
      const child = spawnSync(process.execPath, [...flags, '-e', script], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, DOEFF_BACKEND: '', ...env },
      })
      const { stdout, stderr, status, signal } = child
      return { stdout: stdout.trim(), stderr, status, signal }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** The module, if it is built. */
export const builtWasm = () => (hasWasm ? readFileSync(wasmFile) : undefined)
