// Writes native/doeff-vm.wasm.mjs: the WebAssembly module as a text, for bundles, which have no files beside them. Without a built
// module the text is empty.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

import { root } from './run.mjs'
import { skipUnchanged } from './skip-unchanged.mjs'

const wasm = 'native/doeff-vm.wasm'

export function embedWasm() {
  const step = { inputs: [wasm, 'scripts/embed-wasm.mjs'], outputs: [`${wasm}.mjs`] }
  skipUnchanged('embed-wasm', step, () => {
    const file = join(root, wasm)
    const text = existsSync(file) ? brotliCompressSync(readFileSync(file)).toString('base64') : ''
    const notice = '// Written by scripts/embed-wasm.mjs: doeff-vm.wasm, compressed by Brotli, in base64.'
    mkdirSync(join(root, 'native'), { recursive: true })
    writeFileSync(`${file}.mjs`, `${notice}\nexport default '${text}'\n`)
  })
}
