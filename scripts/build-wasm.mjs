// Builds the heart and the fence as WebAssembly: native/doeff-vm.wasm, the second backend. It installs nothing; it says what
// is missing. The release ships the file; whoever has no tools for it develops and tests with the addon alone.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import { embedWasm } from './embed-wasm.mjs'
import { root, run } from './run.mjs'
import { skipUnchanged } from './skip-unchanged.mjs'

const target = 'wasm32-unknown-unknown'
const features = '+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals'
// The memory is shared, because growing an ordinary one would detach the words.
const link = ['--shared-memory', '--import-memory', '--no-check-features', '--max-memory=4294967296']
const flags = [...link, '--export=__stack_pointer'].map(flag => `-C link-arg=${flag}`).join(' ')

/** What the package may add to a download: 70 KB. */
const LIMIT = 70_000

/** Builds the module, or gives the sentence that says what is missing for that. */
export function buildWasm() {
  const linker = ['wasm-ld-19', 'wasm-ld', 'rust-lld'].find(runs)
  const toolchain = findToolchain()
  const missing = []
  if (!linker) missing.push('the linker wasm-ld (Debian: apt-get install lld-19)')
  if (!toolchain) {
    const debian = 'Debian: apt-get install rustc-web cargo-web rust-web-src'
    missing.push(`Rust for ${target} (rustup target add ${target}; ${debian})`)
  }
  if (missing.length > 0) return `build:wasm needs ${missing.join(' and ')}.`
  const inputs = ['src-rs', 'Cargo.toml', 'Cargo.lock', 'scripts/build-wasm.mjs']
  const step = { inputs, outputs: ['native/doeff-vm.wasm'], key: JSON.stringify([linker, toolchain]) }
  skipUnchanged('build-wasm', step, () => build(linker, toolchain))
  embedWasm()
  return undefined
}

function runs(program) {
  return spawnSync(program, ['--version']).status === 0
}

/** A toolchain with the target's own std, or else one that can build it from source. */
function findToolchain() {
  const sysroot = spawnSync('rustc', ['--print', 'sysroot'], { cwd: root, encoding: 'utf8' }).stdout?.trim()
  if (sysroot && existsSync(join(sysroot, 'lib/rustlib', target))) return { cargo: 'cargo', args: [], env: {} }
  if (!existsSync('/usr/lib/rustlib/src/rust/library/std') || !existsSync('/usr/bin/cargo')) return undefined
  // RUSTC_BOOTSTRAP lets a stable compiler build its own std; the code itself uses nothing unstable.
  const env = { PATH: '/usr/bin:/bin', RUSTC_BOOTSTRAP: '1', RUSTC: '/usr/bin/rustc', CARGO: '/usr/bin/cargo' }
  const args = ['-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size']
  return { cargo: '/usr/bin/cargo', args, env }
}

function build(linker, toolchain) {
  const folder = join(root, 'target/wasm')
  const args = ['build', '--release', '--lib', '--locked', '-p', 'doeff-vm', '--target', target, ...toolchain.args]
  run(toolchain.cargo, args, {
    quiet: true,
    env: {
      ...toolchain.env,
      CARGO_TARGET_DIR: folder,
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker,
      CARGO_PROFILE_RELEASE_OPT_LEVEL: 's',
      RUSTFLAGS: `-C target-feature=${features} ${flags}`,
    },
  })
  mkdirSync(join(root, 'native'), { recursive: true })
  copyFileSync(join(folder, target, 'release/doeff_vm.wasm'), join(root, 'native/doeff-vm.wasm'))
}

if (fileURLToPath(import.meta.url) === process.argv[1]) {
  const missing = buildWasm()
  if (missing !== undefined) stop(missing)
  const bytes = readFileSync(join(root, 'native/doeff-vm.wasm'))
  const size = gzipSync(bytes, { level: 9 }).length
  console.log(`native/doeff-vm.wasm: ${bytes.length} bytes, ${size} gzipped`)
  if (size > LIMIT) stop(`That is more than the ${LIMIT} that the package may grow by.`)
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
