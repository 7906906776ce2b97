// `npm run generate`: writes the committed files that have their source elsewhere; with --check, fails when one is stale.
// They are src-ts/wire/protocol.ts (from src-rs/protocol.rs, checked by cargo test), index.d.ts and those of the sub-paths (from index.ts, events.ts, inspect.ts and src-ts),
// npm/ (from the targets in package.json) and THIRD_PARTY_NOTICES.md (from the crates in Cargo.lock).

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { bundleTypes } from './bundle-types.mjs'
import { thirdPartyNotices } from './release/notices.mjs'
import { platformPackages } from './release/platforms.mjs'
import { root, run } from './run.mjs'
import { filesUnder } from './skip-unchanged.mjs'

const isCheck = process.argv.includes('--check')
if (!isCheck) {
  run('cargo', ['test', '--locked', '--package', 'doeff-vm', '--lib'], { env: { UPDATE_GENERATED: '1' }, silent: true })
}

mkdirSync(join(root, '.cache'), { recursive: true })
const folder = relative(root, mkdtempSync(join(root, '.cache/generate-')))
process.on('exit', () => rmSync(join(root, folder), { recursive: true }))

const fresh = new Map([
  ...(await bundleTypes(`${folder}/types`)),
  ['THIRD_PARTY_NOTICES.md', thirdPartyNotices()],
  ...platformPackages(`${folder}/npm`),
])
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

function textOf(file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined
}
