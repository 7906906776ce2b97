// `npm run check:package`: packs the packages as the release does, and tries them as users would: installs them from a registry of this
// machine with npm, pnpm and Yarn, compiles and bundles programs that use them, and runs those. Words after it choose rows by their names.

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { buildLibrary } from './build.mjs'
import { bundleRows } from './package/bundles.mjs'
import { installRows } from './package/installs.mjs'
import { manifestRows } from './package/manifests.mjs'
import { startRegistry } from './package/registry.mjs'
import { typeRows } from './package/types.mjs'
import { packAll } from './release/pack.mjs'
import { platforms } from './release/stage.mjs'
import { root } from './run.mjs'

const words = process.argv.slice(2)
buildLibrary()

const out = join(root, '.cache/packages')
const packed = packAll({ out, addons: [join(root, 'native'), join(root, 'native/cross')] })
const { version } = packed.at(-1)
const absent = platforms().filter(platform => !packed.some(({ name }) => name === `doeff-vm-${platform}`))
if (absent.length > 0) console.log(`No addon here for ${absent.join(', ')}: these packages are not checked.`)
const host = readdirSync(join(root, 'native'))
  .find(file => file.endsWith('.node'))
  .split('.')
  .at(-2)

const registry = await startRegistry(packed)
const rows = [
  ...manifestRows(packed),
  ...installRows(registry, { version, host }),
  ...typeRows(registry, version),
  ...bundleRows(registry, version),
].filter(({ name }) => words.every(word => name.includes(word)))

const failed = []
for (const { name, run } of rows) {
  try {
    await run()
    console.log(`ok    ${name}`)
  } catch (error) {
    failed.push(name)
    console.log(`FAIL  ${name}\n${String(error.message).replaceAll(/^/gm, '      ')}`)
  }
}
registry.close()
rmSync(join(out, 'staged'), { recursive: true })
console.log(`${rows.length - failed.length} of ${rows.length} rows are right`)
process.exitCode = failed.length > 0 || rows.length === 0 ? 1 : 0
