// Programs that only the check of the package needs: package managers, bundlers, other versions of TypeScript. Each is installed in exactly
// one version into a git-ignored cache when it is first asked for, without running any of its scripts.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root, runNpm } from '../run.mjs'

/** The versions that are tried. */
export const versions = {
  pnpm: '10.34.9',
  '@yarnpkg/cli-dist': '4.18.1',
  esbuild: '0.28.2',
  '@vercel/ncc': '0.45.0',
  '@rollup/plugin-node-resolve': '16.0.3',
  '@rollup/plugin-commonjs': '29.0.3',
}

/** The folder of a package, in the version above or in the one given; installs it when it is missing. */
export function folderOf(name, version = versions[name]) {
  const prefix = `.cache/tools/${name.replace('/', '+')}-${version}`
  const folder = join(root, prefix, 'node_modules', name)
  if (!existsSync(folder)) {
    const quietly = [
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]
    runNpm(['install', '--prefix', prefix, ...quietly, `${name}@${version}`], { quiet: true })
  }
  return folder
}

/** The script behind the program `program` of a package. */
export function scriptOf(name, { program = name, version } = {}) {
  const folder = folderOf(name, version)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[program])
}
