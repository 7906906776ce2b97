// `npm run generate`: writes the committed files that have their source elsewhere; with --check, fails when one is stale.
// They are src-ts/wire/protocol.ts (from src-rs/protocol.rs, checked by cargo test), index.d.ts (from index.ts and src-ts)
// and npm/ (from the targets in package.json).

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { bundleTypes } from './bundle-types.mjs'
import { root, run, runPackage } from './run.mjs'
import { filesUnder } from './skip-unchanged.mjs'

const isCheck = process.argv.includes('--check')
if (!isCheck) {
  run('cargo', ['test', '--locked', '--package', 'doeff-vm', '--lib'], { env: { UPDATE_GENERATED: '1' }, silent: true })
}

mkdirSync(join(root, '.cache'), { recursive: true })
const folder = relative(root, mkdtempSync(join(root, '.cache/generate-')))
process.on('exit', () => rmSync(join(root, folder), { recursive: true }))

const fresh = new Map([['index.d.ts', await bundleTypes(`${folder}/types`)], ...platformPackages(`${folder}/npm`)])
const stale = [...fresh.keys()].filter(file => textOf(file) !== fresh.get(file))
const orphaned = filesUnder('npm').filter(file => !fresh.has(file))

if (!isCheck) {
  for (const file of orphaned) rmSync(join(root, file))
  for (const file of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), fresh.get(file))
    console.log(`wrote ${file}`)
  }
} else if (stale.length + orphaned.length > 0) {
  console.error(`Stale: ${[...stale, ...orphaned].join(', ')}. Run "npm run generate".`)
  process.exitCode = 1
} else {
  console.log(`${fresh.size} generated files are fresh`)
}

/** The manifest and the readme of each prebuilt platform package, as the napi CLI writes them. */
function platformPackages(folder) {
  runPackage('@napi-rs/cli', ['create-npm-dirs', '--npm-dir', folder], { silent: true })
  return filesUnder(folder).map(file => [file.replace(folder, 'npm'), textOf(file)])
}

function textOf(file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined
}
