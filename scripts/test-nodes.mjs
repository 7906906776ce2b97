// `npm run test:nodes`: runs the JavaScript tests, already built, under other versions of Node.
// Node comes as an npm package without install scripts, into a git-ignored cache. Arguments go to Jest.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { programOf, root, run, runNpm } from './run.mjs'

const versions = ['22', '24', '26']
const platform = process.platform === 'win32' ? 'win' : process.platform
const name = `node-${platform}-${process.arch}`
const program = platform === 'win' ? 'node.exe' : 'node'

for (const version of versions) {
  const prefix = `.cache/nodes/${version}`
  const node = join(root, prefix, 'node_modules', name, 'bin', program)
  if (!existsSync(node)) {
    runNpm(['install', '--prefix', prefix, '--no-save', '--no-package-lock', '--loglevel=error', `${name}@${version}`])
  }
  console.log(`\n> jest on Node ${version}`)
  run(node, ['--version'])
  run(node, [programOf('jest'), ...process.argv.slice(2)])
}
