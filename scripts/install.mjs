// Installs the development dependencies exactly as locked, when there are none yet or the lockfile changed.
// The stamp lives in node_modules, so deleting that folder is enough to install again.

import { runNpm } from './run.mjs'
import { skipUnchanged } from './skip-unchanged.mjs'

export function install() {
  const step = {
    inputs: ['package-lock.json'],
    outputs: ['node_modules/typescript/package.json'],
    key: `${process.platform}-${process.arch}`,
    stamp: 'node_modules/.doeff-vm-installed',
  }
  skipUnchanged('install', step, () => runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true }))
}
