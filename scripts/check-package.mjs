// `npm run check:package`: packs the package as npm would publish it and checks the tarball.
// publint and attw judge the manifest and the types; the rest here is what they do not know: no binary may be inside.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { buildLibrary } from './build.mjs'
import { root, run, runPackage } from './run.mjs'

buildLibrary()
mkdirSync(join(root, '.cache'), { recursive: true })
const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', '.cache'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
})
if (packed.status !== 0) stop(packed.stderr)
const [{ filename, files }] = JSON.parse(packed.stdout)
const paths = files.map(({ path }) => path)
console.log(paths.join('\n'))

const binaries = paths.filter(path => path.endsWith('.node'))
if (binaries.length > 0) stop(`The package contains ${binaries.join(', ')}; addons belong to the platform packages.`)
const required = ['dist/index.js', 'dist/index.mjs', 'dist/index.d.mts', 'index.d.ts', 'native/binding.cjs', 'LICENSE']
const missing = required.filter(path => !paths.includes(path))
if (missing.length > 0) stop(`The package lacks ${missing.join(', ')}.`)

const tarball = join(root, '.cache', filename)
runPackage('publint', ['--strict', tarball])
runPackage('@arethetypeswrong/cli', [tarball])
run(process.execPath, ['scripts/try-package.mjs', tarball])

function stop(message) {
  console.error(message)
  process.exit(1)
}
