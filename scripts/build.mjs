// Builds what the package ships and what runs here: the release addon, dist, the ESM wrapper, the examples.
// `buildChecked` builds the second addon, which only the tests load: assertions on, test hooks compiled in.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { checkTools } from './check-tools.mjs'
import { embedWasm } from './embed-wasm.mjs'
import { install } from './install.mjs'
import { entries } from './entries.mjs'
import { root, run, runPackage } from './run.mjs'
import { skipUnchanged } from './skip-unchanged.mjs'

const rustInputs = ['src-rs', 'build.rs', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml']
const frontScripts = ['scripts/bundle.mjs', 'scripts/write-esm.mjs']
const frontInputs = [
  'package.json',
  ...entries.map(name => `${name}.ts`),
  'src-ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'scripts/entries.mjs',
  ...frontScripts,
]
const exampleInputs = ['examples', 'index.d.ts', 'tsconfig.json', 'tsconfig.examples.json', 'package-lock.json']

/** Checks the tools, installs, and builds the addon and dist. Returns the Rust toolchain used. */
export function buildLibrary() {
  const tools = checkTools()
  install()

  const addon = { inputs: rustInputs, outputs: ['native/binding.d.cts'], key: rustKey(tools) }
  skipUnchanged('build-addon', addon, () => napiBuild('--platform --release -o native --no-js --dts binding.d.cts'))

  const front = {
    inputs: frontInputs,
    outputs: [
      ...entries.flatMap(name => [`dist/${name}.js`, `dist/${name}.mjs`, `dist/${name}.d.mts`]),
      ...entries.flatMap(name => [`dist/for-bundlers/${name}.mjs`, `dist/followed/${name}.mjs`]),
    ],
  }
  skipUnchanged('build-front', front, () => {
    runPackage('typescript', ['-p', 'tsconfig.build.json'], { quiet: true })
    for (const script of frontScripts) run(process.execPath, [script], { quiet: true })
  })
  embedWasm()
  return tools
}

/** Builds the examples against the built library and index.d.ts. */
export function buildExamples() {
  if (!existsSync(join(root, 'examples'))) return
  skipUnchanged('build-examples', { inputs: exampleInputs, outputs: ['dist/examples'] }, () => {
    rmSync(join(root, 'dist/examples'), { recursive: true, force: true })
    runPackage('typescript', ['-p', 'tsconfig.examples.json'], { quiet: true })
  })
}

/** Builds the checked addon, which Jest loads when DOEFF_CHECKED is 1. */
export function buildChecked(tools) {
  const step = { inputs: rustInputs, outputs: ['native/checked/doeff-vm.node'], key: rustKey(tools) }
  skipUnchanged('build-checked-addon', step, () =>
    napiBuild('--profile checked --features test-hooks -o native/checked --dts binding.d.cts'),
  )
}

/** What the addons depend on besides their inputs. */
function rustKey({ compiler }) {
  const { version, napi } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return JSON.stringify([compiler, version, napi])
}

function napiBuild(flags) {
  runPackage('@napi-rs/cli', ['build', ...flags.split(' '), '--', '--locked'], { quiet: true })
}

if (fileURLToPath(import.meta.url) === process.argv[1]) {
  buildLibrary()
  buildExamples()
}
