// Bundles a program that uses the package with esbuild, ncc and rollup, from ESM and from CommonJS, and runs the bundle: what a bundler
// makes of the package must be found when the program runs, not only when it is bundled.

import assert from 'node:assert'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../run.mjs'
import { installedProject } from './installs.mjs'
import { runIn } from './project.mjs'
import { folderOf, scriptOf } from './tools.mjs'

const program = `const result = run(Do(function* () { return yield* Get('n') })().with(state({ n: 42 })))
if (result !== 42) throw new Error('wrong: ' + result)
console.log('bundled:', result)
`
const entries = {
  'esm.mjs': `import { Do, Get, run, state } from 'doeff-vm'\n${program}`,
  'cjs.cjs': `const { Do, Get, run, state } = require('doeff-vm')\n${program}`,
}

/** The bundlers: each writes a bundle of \`entry\` into the folder \`out\` and returns the file to run. */
const bundlers = {
  'esbuild to CommonJS, addon copied': (folder, entry) => esbuild(folder, entry, 'cjs', ['--loader:.node=copy']),
  'esbuild to CommonJS, platform packages external': (folder, entry) =>
    esbuild(folder, entry, 'cjs', ['--external:doeff-vm-*']),
  'esbuild to ESM, platform packages external': (folder, entry) =>
    esbuild(folder, entry, 'esm', ['--external:doeff-vm-*', `--banner:js=${requireInEsm}`]),
  ncc,
  'rollup to CommonJS, platform packages external': (folder, entry) => rollup(folder, entry, 'cjs'),
}

/** ESM has no \`require\` of its own; an addon is loaded with nothing else. */
const requireInEsm = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

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
  // Where only the bundle and the platform packages are: whatever else it still asks for is missing.
  const away = join(project.folder, 'away')
  mkdirSync(away)
  cpSync(join(project.folder, 'out'), join(away, 'out'), { recursive: true })
  const modules = readdirSync(join(project.folder, 'node_modules')).filter(name => name.startsWith('doeff-vm-'))
  project.write('node_modules/doeff-vm/dist/index.js', 'throw new Error("the bundle asks for the package itself")\n')
  for (const name of modules) assert.ok(existsSync(join(project.folder, 'node_modules', name)))
  assert.match(await runIn(away, process.execPath, [join('out', file)]), /bundled: 42/)
  project.remove()
}

async function esbuild(folder, entry, format, flags) {
  const file = `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`
  const args = [
    entry,
    '--bundle',
    '--platform=node',
    `--format=${format}`,
    `--outfile=out/${file}`,
    '--log-level=warning',
  ]
  await runIn(folder, process.execPath, [scriptOf('esbuild'), ...args, ...flags])
  return file
}

async function ncc(folder, entry) {
  await runIn(folder, process.execPath, [scriptOf('@vercel/ncc', { program: 'ncc' }), 'build', entry, '-o', 'out'])
  return readdirSync(join(folder, 'out')).find(file => /^index\.[cm]?js$/.test(file))
}

async function rollup(folder, entry, format) {
  const code = `import { rollup } from ${JSON.stringify(join(root, 'node_modules/rollup/dist/es/rollup.js'))}
import resolve from ${JSON.stringify(join(folderOf('@rollup/plugin-node-resolve'), 'dist/es/index.js'))}
import commonjs from ${JSON.stringify(join(folderOf('@rollup/plugin-commonjs'), 'dist/es/index.js'))}
const bundle = await rollup({
  input: ${JSON.stringify(entry)},
  external: id => id.startsWith('node:') || /^doeff-vm-/.test(id),
  plugins: [resolve({ exportConditions: ['node'] }), commonjs({ ignoreDynamicRequires: true, ignore: id => id.endsWith('.node') })],
})
await bundle.write({ file: 'out/bundle.cjs', format: ${JSON.stringify(format)} })
`
  await runIn(folder, process.execPath, ['--input-type=module', '-e', code])
  return 'bundle.cjs'
}
