// What a packed package contains, and what publint and attw say of it.

import assert from 'node:assert'

import { legal } from '../release/platforms.mjs'
import { entries } from '../entries.mjs'
import { programOf, root } from '../run.mjs'
import { runIn } from './project.mjs'

const required = [
  ...entries.flatMap(name => [`dist/${name}.js`, `dist/${name}.mjs`, `dist/${name}.d.mts`, `${name}.d.ts`]),
  ...entries.flatMap(name => [`dist/for-bundlers/${name}.mjs`, `dist/followed/${name}.mjs`]),
  'native/doeff-vm.wasm.cjs',
  'native/doeff-vm.wasm.mjs',
  'README.md',
]

/** Rows for each packed package. */
export function manifestRows(packed) {
  return packed.flatMap(({ name, files, tarball, manifest }) => {
    const isRoot = name === 'doeff-vm'
    const contents = {
      name: `${name}: contents`,
      run: async () => (isRoot ? checkRoot(files) : checkPlatform(files, manifest)),
    }
    const publint = { name: `${name}: publint`, run: () => start('publint', ['run', tarball, '--strict']) }
    // A platform package has no types: attw has nothing to say of it but that.
    const attw = {
      name: `${name}: attw`,
      run: () => start('@arethetypeswrong/cli', [tarball, ...(isRoot ? [] : noTypes)]),
    }
    return [contents, publint, attw]
  })
}

const noTypes = ['--ignore-rules', 'untyped-resolution']

function checkRoot(files) {
  assert.deepStrictEqual(
    files.filter(file => file.endsWith('.node')),
    [],
    'addons belong to the platform packages',
  )
  assert.deepStrictEqual(
    [...required, ...legal].filter(file => !files.includes(file)),
    [],
    'missing',
  )
}

function checkPlatform(files, { main }) {
  assert.deepStrictEqual(files.toSorted(), [...legal, 'README.md', main, 'package.json'].toSorted())
}

function start(name, args) {
  return runIn(root, process.execPath, [programOf(name), ...args], { NO_COLOR: '1' }).then(output => {
    // publint has no exit code for suggestions.
    assert.doesNotMatch(output, /Suggestions:|Warnings:|Errors:/, output)
  })
}
