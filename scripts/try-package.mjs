// Installs the packed tarball and this machine's platform package into an empty project, as a user would, and checks
// that `import` and `require` give the same things, and that both compile in TypeScript.

import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root, run, runNpm, runPackage } from './run.mjs'

const project = '.cache/consumer'
const addon = readdirSync(join(root, 'native')).find(file => file.endsWith('.node'))
const platform = addon.split('.').at(-2)
const installed = join(root, project, 'node_modules', `doeff-vm-${platform}`)

rmSync(join(root, project), { recursive: true, force: true })
mkdirSync(join(root, project), { recursive: true })
write('package.json', '{ "private": true }\n')
runNpm(['install', '--prefix', project, '--no-save', '--no-package-lock', '--loglevel=error', process.argv[2]])
cpSync(join(root, 'npm', platform), installed, { recursive: true })
copyFileSync(join(root, 'native', addon), join(installed, addon))

write(
  'same.mjs',
  `import assert from 'node:assert'
import { createRequire } from 'node:module'
import * as imported from 'doeff-vm'
assert.deepStrictEqual({ ...imported }, { ...createRequire(import.meta.url)('doeff-vm') })
console.log('import and require agree on', Object.keys(imported).length, 'exports')
`,
)
run(process.execPath, [join(project, 'same.mjs')])

for (const file of ['a.mts', 'b.cts']) write(file, "import * as doeff from 'doeff-vm'\nexport const all = doeff\n")
const flags = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--noEmit', '--ignoreConfig']
const types = ['--types', 'node', '--typeRoots', 'node_modules/@types']
runPackage('typescript', [...flags, ...types, join(project, 'a.mts'), join(project, 'b.cts')])
console.log('both compile, with the declarations themselves checked')

function write(file, text) {
  writeFileSync(join(root, project, file), text)
}
