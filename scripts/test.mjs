// `npm test`: installs, builds, and runs every test: Rust, types, generated files, and the JavaScript tests twice,
// against the release addon and against the checked one; the fast suites also against the WebAssembly module, where the
// tools to build it are (`npm run test:wasm` runs them all). Arguments go to Jest: npm test -- scheduler.

import { buildChecked, buildExamples, buildLibrary } from './build.mjs'
import { buildWasm } from './build-wasm.mjs'
import { run, runPackage } from './run.mjs'

const jestArguments = process.argv.slice(2)

// A rejection that nobody handles fails the test during which it happens.
const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --unhandled-rejections=strict`.trim()

const tools = buildLibrary()
buildChecked(tools)
const withoutWasm = buildWasm()

announce('generated files')
run(process.execPath, ['scripts/generate.mjs', '--check'])

announce('types')
buildExamples()
runPackage('typescript', ['-p', 'tsconfig.test.json'])

announce('cargo test')
// The profile, target and feature of the checked addon, so that both share one compilation.
const profile = ['--profile', 'checked', '--target', tools.host, '--features', 'doeff-vm/test-hooks']
run('cargo', ['test', '--workspace', '--locked', ...profile])

announce('jest, release addon')
runPackage('jest', jestArguments, { env: { NODE_OPTIONS } })

announce('jest, checked addon')
runPackage('jest', jestArguments, { env: { NODE_OPTIONS, DOEFF_CHECKED: '1' } })

announce('jest, WebAssembly')
if (withoutWasm === undefined) {
  const args = ['--passWithNoTests', ...jestArguments]
  runPackage('jest', args, { env: { NODE_OPTIONS, DOEFF_BACKEND: 'wasm', DOEFF_QUICK: '1' } })
} else console.log(`not tested: ${withoutWasm}`)

function announce(what) {
  console.log(`\n> ${what}`)
}
