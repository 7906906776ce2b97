// The files of this package and its neighbours, as they lie on the disk. In the build that bundlers take, `scripts/bundle.mjs` puts
// another module in the place of this one: what is bundled has no files beside it.

import { readFileSync } from 'node:fs'

/** Finds and loads packages from here. By another name, so that no bundler follows what is asked for at run time only. */
export const requireHere: NodeJS.Require = require

/** The bytes of the WebAssembly module. */
export function readModule(): Uint8Array {
  return readFileSync(requireHere.resolve('#native/doeff-vm.wasm'))
}
