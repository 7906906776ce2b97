// Joins the compiled modules into dist/index.js: one CommonJS file, so that importing the package opens one file and
// not thirty.

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { rollup } from 'rollup'

import { root } from './run.mjs'

/** The version is written into the file: reading package.json would take a fifth of the time that importing takes. */
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const manifest = {
  name: 'manifest',
  renderChunk: code => code.replace("require('#manifest')", JSON.stringify({ version })),
}

const bundle = await rollup({
  input: join(root, 'dist/modules/index.js'),
  external: id => id.startsWith('node:'),
  treeshake: false,
  plugins: [manifest],
})
await bundle.write({
  file: join(root, 'dist/index.js'),
  format: 'cjs',
  banner: '// Built from index.ts and src-ts. Do not edit.',
  generatedCode: 'es2015',
})
await bundle.close()
rmSync(join(root, 'dist/modules'), { recursive: true })
