// `npm run test:wasm`: runs the JavaScript tests against the WebAssembly module. Arguments go to Jest.

import { buildExamples, buildLibrary } from './build.mjs'
import { buildWasm } from './build-wasm.mjs'
import { runPackage } from './run.mjs'

const missing = buildWasm()
if (missing !== undefined) {
  console.error(missing)
  process.exit(1)
}
buildLibrary()
buildExamples()
runPackage('jest', process.argv.slice(2), {
  env: { NODE_OPTIONS: '--unhandled-rejections=strict', DOEFF_BACKEND: 'wasm' },
})
