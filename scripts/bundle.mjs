// Joins the compiled modules into one CommonJS file, dist/index.js, so that importing the package opens one file and not
// thirty; and into a small file for each sub-path, which takes what it shares with the package from there.

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

const files = inputs('dist/modules', '.js')
const bundle = await rollup({
  input: files,
  external: id => id.startsWith('node:'),
  preserveEntrySignatures: 'allow-extension',
  treeshake: false,
  plugins: [manifest, hidden],
})
await bundle.write({
  dir: join(root, 'dist'),
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  manualChunks: chunksBy(files.index),
  minifyInternalExports: true,
  banner: '// Built from index.ts and src-ts. Do not edit.',
  generatedCode: 'es2015',
})
await bundle.close()
rmSync(join(root, 'dist/modules'), { recursive: true })
