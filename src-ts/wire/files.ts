// The files of this package, as they lie on the disk. In the build that bundlers take, `scripts/bundle.mjs` puts another
// module in the place of this one: what is bundled has no files beside it.

import { readFileSync } from 'node:fs'

/** The bytes of the WebAssembly module. */
export function readModule(): Uint8Array {
  return readFileSync(require.resolve('#wasm'))
}
