// Installs doeff-vm from the packed tarballs with each package manager into an empty project, and runs it there: with the platform package,
// without it, and with that of another platform.

import assert from 'node:assert'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../run.mjs'
import { makeProject, runIn, tryIn } from './project.mjs'
import { scriptOf } from './tools.mjs'

const smoke = readFileSync(join(root, 'scripts/package/smoke.cjs'), 'utf8')

/** Both formats in one process give the same classes, one addon, one version. */
const same = `import assert from 'node:assert'
import { createRequire } from 'node:module'
import * as imported from 'doeff-vm'
assert.deepStrictEqual({ ...imported }, { ...createRequire(import.meta.url)('doeff-vm') })
const { Do, run, state, Get } = imported
assert.strictEqual(run(Do(function* () { return yield* Get('n') })().with(state({ n: 7 }))), 7)
console.log('import and require agree')
`

/** How each package manager installs what package.json asks for, and starts a program. */
const managers = {
  npm: {
    files: () => ({}),
    install: (folder, { url, flags }) => npm(folder, url, ['install', '--no-audit', '--no-fund', ...flags]),
    start: [process.execPath],
  },
  pnpm: {
    files: url => ({ '.npmrc': `registry=${url}/\nstore-dir=.store\n` }),
    install: (folder, { flags }) => runIn(folder, process.execPath, [scriptOf('pnpm'), 'install', ...flags]),
    start: [process.execPath],
  },
  yarn: {
    files: url => ({
      '.yarnrc.yml': `npmRegistryServer: "${url}"
unsafeHttpWhitelist: ["127.0.0.1"]
enableGlobalCache: false
enableTelemetry: false
nodeLinker: pnp
pnpEnableEsmLoader: true
npmMinimalAgeGate: 0
`,
      'yarn.lock': '',
    }),
    install: (folder, { flags }) =>
      runIn(folder, process.execPath, [yarn(), 'install', ...flags], {
        CI: 'true',
        YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
      }),
    start: [process.execPath, () => yarn(), 'node'],
  },
}

/** The rows of the check for what users do when they install. */
export function installRows(registry, { version, host }) {
  const good = Object.keys(managers).map(name => ({
    name: `${name}: root and platform, import and require`,
    run: () => withInstalled(registry, name, version, {}, runsNatively),
  }))
  const npmOnly = [
    { name: 'npm: root alone, the platform package is not published', hide: [`doeff-vm-${host}`] },
    { name: 'npm: root alone, --omit=optional', flags: ['--omit=optional'] },
    { name: 'npm: the package of another platform', flags: other(host) },
  ]
  const bad = npmOnly.map(({ name, ...how }) => ({
    name,
    run: () => withInstalled(registry, 'npm', version, how, runsWithoutAddon),
  }))
  return [...good, ...bad]
}

/** A project in which npm has installed the package, for whoever compiles or bundles there. */
export async function installedProject(registry, version, files = {}) {
  const project = makeProject({ 'package.json': manifest(version), ...files })
  await npm(project.folder, registry.url, ['install', '--no-audit', '--no-fund'])
  return project
}

async function withInstalled(registry, manager, version, { hide = [], flags = [] }, check) {
  const { files, install, start } = managers[manager]
  const project = makeProject({
    'package.json': manifest(version),
    ...files(registry.url),
    'smoke.cjs': smoke,
    'same.mjs': same,
  })
  for (const name of hide) registry.hidden.add(name)
  try {
    await install(project.folder, { url: registry.url, flags })
    const [program, ...first] = start.map(part => (typeof part === 'function' ? part() : part))
    await check((script, ...args) => tryIn(project.folder, program, [...first, script, ...args]), project.folder)
    project.remove()
  } finally {
    for (const name of hide) registry.hidden.delete(name)
  }
}

async function runsNatively(start, folder) {
  const modules = join(folder, 'node_modules')
  const addons = existsSync(modules) ? readdirSync(modules).filter(name => name.startsWith('doeff-vm-')) : []
  assert.ok(addons.length <= 1, `more than one platform package was installed: ${addons.join(', ')}`)
  for (const args of [['smoke.cjs', 'native'], ['same.mjs']]) {
    const { status, output } = await start(...args)
    assert.strictEqual(status, 0, output)
  }
}

/** Without an addon that loads: the WebAssembly module takes its place where the package has one; else one error says what to do. */
async function runsWithoutAddon(start, folder) {
  // Where the module was not built its text is empty.
  const hasModule = statSync(join(folder, 'node_modules/doeff-vm/native/doeff-vm.wasm.cjs')).size > 1000
  const { status, output } = await start('smoke.cjs', ...(hasModule ? ['wasm'] : []))
  if (hasModule) return assert.strictEqual(status, 0, output)
  assert.notStrictEqual(status, 0)
  assert.match(output, /ERR_DOEFF_NATIVE_BINDING/)
  assert.match(output, /the optional package for this platform is missing/)
}

function manifest(version) {
  return `${JSON.stringify({ private: true, dependencies: { 'doeff-vm': version } }, null, 2)}\n`
}

/** What makes npm install for a system that this one is not. */
function other(host) {
  return host.includes('arm64') ? ['--cpu=x64'] : ['--cpu=arm64']
}

function npm(folder, url, args) {
  const program = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const env = {
    npm_config_registry: url,
    npm_config_cache: join(folder, '.npm'),
    npm_config_userconfig: join(folder, '.none'),
  }
  return runIn(folder, program, args, env)
}

function yarn() {
  return scriptOf('@yarnpkg/cli-dist', { program: 'yarn' })
}
