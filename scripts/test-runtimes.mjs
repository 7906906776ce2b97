// `npm run test:runtimes`: runs a small program over the installed package under Node 20 to 26, Bun and Deno, as each starts it and with
// the flags that forbid addons, from CommonJS and as an ES module. It says which backend ran; another one than expected is a failure.

import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { buildLibrary } from './build.mjs'
import { buildWasm } from './build-wasm.mjs'
import { nodeOf } from './nodes.mjs'
import { root, runNpm } from './run.mjs'

const missing = buildWasm()
if (missing !== undefined) stop(missing)
buildLibrary()

/** Both formats in one process give the same classes, one version, one backend. */
const same = `import assert from 'node:assert'
import { createRequire } from 'node:module'
import * as imported from 'doeff-vm'
const required = createRequire(import.meta.url)('doeff-vm')
assert.deepStrictEqual({ ...imported }, { ...required })
assert.strictEqual(imported.Program, required.Program)
assert.strictEqual(imported.backend, process.argv[2])
const { Do, run, state, Get } = imported
assert.strictEqual(run(Do(function* () { return yield* Get('n') })().with(required.state({ n: 7 }))), 7)
console.log('right')
`

const folder = join(root, '.cache/runtimes')
const project = layOut(join(folder, 'project'))
const bare = layOut(join(folder, 'bare'), { withAddon: false })
const [bun, deno] = [programIn('@oven/bun-linux-x64-baseline', 'bin/bun'), programIn('@deno/linux-x64-glibc', 'deno')]
const denoFlags = ['run', '--no-prompt', '--node-modules-dir=manual', '--allow-read']
const permission = '--permission'

/** Command, flags, folder, variables, and what must run there. */
const rows = [
  ...['20', '22', '24', '26'].flatMap(version => [
    [`Node ${version}`, nodeOf(version), [], project, {}, 'native'],
    [`Node ${version}`, nodeOf(version), [], project, { DOEFF_BACKEND: 'wasm' }, 'wasm'],
    [`Node ${version}`, nodeOf(version), [], bare, {}, 'wasm'],
    [`Node ${version}`, nodeOf(version), ['--no-addons'], project, {}, 'wasm'],
  ]),
  ...['22', '24', '26'].map(version => {
    const flag = version === '22' ? '--experimental-permission' : permission
    return [`Node ${version}`, nodeOf(version), [flag, '--allow-fs-read=*', '--allow-worker'], project, {}, 'wasm']
  }),
  [
    'Node 24',
    nodeOf('24'),
    [permission, '--allow-fs-read=*', '--allow-worker', '--allow-addons'],
    project,
    {},
    'native',
  ],
  ['Bun', bun, [], project, {}, 'wasm'],
  ['Bun', bun, [], project, { DOEFF_BACKEND: 'native' }, 'native'],
  ['Deno', deno, denoFlags, project, {}, 'wasm'],
  ['Deno', deno, [...denoFlags, '--allow-env', '--allow-ffi'], project, { DOEFF_BACKEND: 'native' }, 'native'],
]

let failures = 0
for (const [name, program, flags, where, variables, expected] of rows) {
  for (const script of ['smoke.cjs', 'same.mjs']) {
    const env = { PATH: process.env.PATH, HOME: folder, ...variables }
    const { stdout, stderr } = spawnSync(program, [...flags, script, expected], { cwd: where, encoding: 'utf8', env })
    const isRight = stdout.includes('right')
    if (!isRight) failures++
    const how = [
      ...flags.filter(flag => flag.startsWith('--')),
      ...Object.values(variables),
      where === bare ? 'no addon' : '',
    ]
    console.log(
      `${isRight ? 'ok  ' : 'FAIL'} ${name} ${how.join(' ')} ${script}: ${isRight ? expected : `${stdout}${stderr}`}`,
    )
  }
}
if (failures > 0) stop(`${failures} runs are wrong`)

/** The files of the package as npm would install them, with or without the addon of this system. */
function layOut(where, { withAddon = true } = {}) {
  rmSync(where, { recursive: true, force: true })
  const modules = join(where, 'node_modules')
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const file of ['package.json', ...files]) cpSync(join(root, file), join(modules, 'doeff-vm', file))
  if (withAddon) {
    const addon = readdirSync(join(root, 'native')).find(file => file.endsWith('.node'))
    const platform = addon.split('.').at(-2)
    mkdirSync(join(modules, `doeff-vm-${platform}`))
    copyFileSync(join(root, 'npm', platform, 'package.json'), join(modules, `doeff-vm-${platform}`, 'package.json'))
    copyFileSync(join(root, 'native', addon), join(modules, `doeff-vm-${platform}`, addon))
  }
  writeFileSync(join(where, 'package.json'), '{ "private": true }\n')
  copyFileSync(join(root, 'scripts/package/smoke.cjs'), join(where, 'smoke.cjs'))
  writeFileSync(join(where, 'same.mjs'), same)
  return where
}

/** A program of an npm package that has no install script. */
function programIn(name, path) {
  const prefix = `.cache/runtimes/${name.replace('/', '+')}`
  const program = join(root, prefix, 'node_modules', name, path)
  if (!existsSync(program)) {
    const quietly = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error']
    runNpm(['install', '--prefix', prefix, ...quietly, name], { quiet: true })
  }
  return program
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
