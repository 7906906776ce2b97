// A copy of the sources of the addon in another folder, with an empty Cargo home, to see whether either is in what is built.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { root } from '../run.mjs'

const sources = ['Cargo.toml', 'Cargo.lock', 'build.rs', 'rust-toolchain.toml', 'src-rs']

/** Makes the copy. `remove` takes it away again. */
export function copyOfSources() {
  const place = mkdtempSync(join(tmpdir(), 'doeff-vm-again-'))
  const folder = join(place, 'a/longer/way/to/the/sources')
  const cargoHome = join(place, 'another-cargo-home')
  mkdirSync(folder, { recursive: true })
  mkdirSync(cargoHome)
  for (const source of sources) cpSync(join(root, source), join(folder, source), { recursive: true })
  return { folder, cargoHome, remove: () => rmSync(place, { recursive: true }) }
}
