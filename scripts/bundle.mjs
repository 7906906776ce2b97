// Joins the compiled modules: into one CommonJS file, dist/index.js, so that importing the package opens one file and not a hundred, with a
// small file for each sub-path, which takes what it shares with the package from there; and the same into ES modules, dist/for-bundlers.

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { rollup } from 'rollup'

import { chunksBy, inputs } from './entries.mjs'
import { root } from './run.mjs'

/** The version is written into the file: reading package.json would take a fifth of the time that importing takes. */
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const manifest = {
  name: 'manifest',
  renderChunk: code => code.replace("require('#manifest')", JSON.stringify({ version })),
}

/** What index.js exports for the sub-paths alone is not seen by who lists its exports. */
const hidden = {
  name: 'hidden',
  renderChunk(code, { facadeModuleId, exports }) {
    const shown = new Set(this.getModuleInfo(facadeModuleId).exports)
    let hiding = code
    for (const name of exports.filter(name => !shown.has(name))) {
      const assignment = new RegExp(`^exports\\.${name.replaceAll('$', '\\$')} = (.*);$`, 'm')
      hiding = hiding.replace(assignment, `Object.defineProperty(exports, '${name}', { value: $1 });`)
      if (hiding.includes(`exports.${name} =`)) throw new Error(`${name} is assigned more than once; do not share it.`)
    }
    return hiding
  },
}

/** The built file lies one folder higher than the source that has this path. */
const placed = {
  name: 'placed',
  renderChunk: code => code.replace("'../../native/doeff-vm.wasm.cjs'", "'../native/doeff-vm.wasm.cjs'"),
}

/** A bundle has no files beside it: the module is in it as a text, and packages are looked for from where it lies. */
const embedded = {
  name: 'embedded',
  load: id => (/wire[\\/]files\.js$/.test(id) ? filesInBundle : null),
}
const filesInBundle = `import { createRequire } from 'node:module'
import text from '../../native/doeff-vm.wasm.mjs'
// Where the bundle is CommonJS there is a file name, and no import.meta.
export const requireHere = createRequire(typeof __filename === 'string' ? __filename : import.meta.url)
export const readWasmText = () => text
// The file has the application in it as well: frames of the two cannot be told apart, so none is taken for the package's.
export const ownPlace = '\\0'`

const files = inputs('dist/modules', '.js')
const common = {
  input: files,
  external: id => id.startsWith('node:') || id.endsWith('.wasm.mjs'),
  makeAbsoluteExternalsRelative: false,
  treeshake: false,
}
const written = {
  manualChunks: chunksBy(files.index),
  minifyInternalExports: true,
  banner: '// Built from index.ts and src-ts. Do not edit.',
  generatedCode: 'es2015',
}

const bundle = await rollup({
  ...common,
  preserveEntrySignatures: 'allow-extension',
  plugins: [manifest, placed, hidden],
})
await bundle.write({
  ...written,
  dir: join(root, 'dist'),
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
})
await bundle.close()

const modules = await rollup({ ...common, preserveEntrySignatures: 'strict', plugins: [manifest, embedded] })
await modules.write({
  ...written,
  manualChunks: (...args) => written.manualChunks(...args) && 'shared',
  dir: join(root, 'dist/for-bundlers'),
  format: 'es',
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name].mjs',
})
await modules.close()
rmSync(join(root, 'dist/modules'), { recursive: true })
