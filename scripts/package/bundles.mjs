// Bundles a program that uses the package with esbuild, ncc and rollup, from ESM and from CommonJS, and runs the bundle: what a bundler
// makes of the package must be found when the program runs, not only when it is bundled.

import assert from 'node:assert'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../run.mjs'
import { installedProject } from './installs.mjs'
import { makeProject, runIn } from './project.mjs'
import { folderOf, scriptOf } from './tools.mjs'

const program = `const result = run(Do(function* () { return yield* Get('n') })().with(state({ n: 42 })))
console.log('bundled:', result, backend, version())
`
const entries = {
  'esm.mjs': `import { backend, Do, Get, run, state, version } from 'doeff-vm'\n${program}`,
  'cjs.cjs': `const { backend, Do, Get, run, state, version } = require('doeff-vm')\n${program}`,
}

/** The bundlers: each writes a bundle of \`entry\` into the folder \`out\` and returns the file to run. No bundler is told anything. */
const bundlers = {
  'esbuild to CommonJS': (folder, entry) => esbuild(folder, entry, 'cjs'),
  'esbuild to ESM': (folder, entry) => esbuild(folder, entry, 'esm'),
  ncc,
  'rollup to CommonJS': (folder, entry) => rollup(folder, entry, 'cjs'),
  'rollup to ESM': (folder, entry) => rollup(folder, entry, 'es'),
}

/** One row for each bundler and format of the program. */
export function bundleRows(registry, version) {
  return Object.entries(bundlers).flatMap(([bundler, bundle]) =>
    Object.keys(entries).map(entry => ({
      name: `${bundler}: ${entry}`,
      run: () => bundleAndRun(registry, version, bundle, entry),
    })),
  )
}

async function bundleAndRun(registry, version, bundle, entry) {
  const project = await installedProject(registry, version, entries)
  const file = await bundle(project.folder, entry)
  // The bundle must have the whole package in it; the addon is used where the platform package is still installed.
  rmSync(join(project.folder, 'node_modules/doeff-vm'), { recursive: true })
  assert.strictEqual(
    await runIn(project.folder, process.execPath, [join('out', file)]),
    `bundled: 42 native ${version}\n`,
  )
  const away = makeProject({})
  cpSync(join(project.folder, 'out'), join(away.folder, 'out'), { recursive: true })
  project.remove()
  assert.strictEqual(await runIn(away.folder, process.execPath, [join('out', file)]), `bundled: 42 wasm ${version}\n`)
  away.remove()
}

async function esbuild(folder, entry, format) {
  const file = `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`
  const args = [
    entry,
    '--bundle',
    '--platform=node',
    `--format=${format}`,
    `--outfile=out/${file}`,
    '--log-level=warning',
  ]
  await runIn(folder, process.execPath, [scriptOf('esbuild'), ...args])
  return file
}

async function ncc(folder, entry) {
  await runIn(folder, process.execPath, [scriptOf('@vercel/ncc', { program: 'ncc' }), 'build', entry, '-o', 'out'])
  return readdirSync(join(folder, 'out')).find(file => /^index\.[cm]?js$/.test(file))
}

async function rollup(folder, entry, format) {
  const file = `bundle.${format === 'es' ? 'mjs' : 'cjs'}`
  const code = `import { rollup } from ${JSON.stringify(join(root, 'node_modules/rollup/dist/es/rollup.js'))}
import resolve from ${JSON.stringify(join(folderOf('@rollup/plugin-node-resolve'), 'dist/es/index.js'))}
import commonjs from ${JSON.stringify(join(folderOf('@rollup/plugin-commonjs'), 'dist/es/index.js'))}
const bundle = await rollup({
  input: ${JSON.stringify(entry)},
  external: id => id.startsWith('node:'),
  plugins: [resolve(), commonjs()],
})
await bundle.write({ file: 'out/${file}', format: ${JSON.stringify(format)} })
`
  await runIn(folder, process.execPath, ['--input-type=module', '-e', code])
  return file
}
