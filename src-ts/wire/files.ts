// What lies beside this file in the package, or in its neighbours. In the ES module that bundlers take, `scripts/bundle.mjs` puts another
// file in the place of this one: where it ends up nothing is beside it.

import { createRequire } from 'node:module'
import { basename, dirname, join, sep } from 'node:path'

/** This file. There is none where a bundler has made an ES module of it; packages are then looked for from the working folder. */
const here = typeof __filename === 'string' ? __filename : join(process.cwd(), 'bundle.mjs')

/** Finds and loads packages from here. Not `require`: no bundler is to follow what is asked for at run time only. */
export const requireHere = createRequire(here)

/** The WebAssembly module, compressed by Brotli, in base64: bundlers follow a text, but not a file. Empty if it was not built. */
export function readWasmText(): string {
  return require('../../native/doeff-vm.wasm.cjs') as string
}

/** What every stack frame of this package has: the built file, or the folder of its sources. */
export const ownPlace = basename(dirname(here)) === 'wire' ? dirname(dirname(here)) + sep : here
