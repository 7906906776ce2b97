// Joins the compiled modules into dist/index.js: one CommonJS file, so that importing the package opens one file and
// not thirty.

import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { rollup } from 'rollup'

import { root } from './run.mjs'

const bundle = await rollup({
  input: join(root, 'dist/modules/index.js'),
  external: id => id.startsWith('node:'),
  treeshake: false,
})
await bundle.write({
  file: join(root, 'dist/index.js'),
  format: 'cjs',
  banner: '// Built from index.ts and src-ts. Do not edit.',
  generatedCode: 'es2015',
})
await bundle.close()
rmSync(join(root, 'dist/modules'), { recursive: true })
