// Writes the WebAssembly module as a text, for `require` (native/doeff-vm.wasm.cjs) and for bundlers (native/doeff-vm.wasm.mjs), which follow
// a text but not a file. Without a built module the text is empty.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

import { root } from './run.mjs'
import { skipUnchanged } from './skip-unchanged.mjs'

const wasm = 'native/doeff-vm.wasm'

export function embedWasm() {
  const step = { inputs: [wasm, 'scripts/embed-wasm.mjs'], outputs: [`${wasm}.cjs`, `${wasm}.mjs`] }
  skipUnchanged('embed-wasm', step, () => {
    const file = join(root, wasm)
    const text = existsSync(file) ? brotliCompressSync(readFileSync(file)).toString('base64') : ''
    const notice = '// Written by scripts/embed-wasm.mjs: doeff-vm.wasm, compressed by Brotli, in base64.'
    mkdirSync(join(root, 'native'), { recursive: true })
    writeFileSync(`${file}.cjs`, `${notice}\nmodule.exports = '${text}'\n`)
    writeFileSync(`${file}.mjs`, `${notice}\nexport default '${text}'\n`)
  })
}
