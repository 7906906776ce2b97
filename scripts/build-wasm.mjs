// Builds the heart and the fence as WebAssembly: native/doeff-vm.wasm. It installs nothing; it says what is missing.
// Nothing loads the file yet: the addon is the one backend of the package.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { root, run } from './run.mjs'

const target = 'wasm32-unknown-unknown'
const features = '+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals'
// The memory is shared, because growing an ordinary one would detach the words.
const link = ['--shared-memory', '--import-memory', '--no-check-features', '--max-memory=4294967296']
const flags = [...link, '--export=__stack_pointer'].map(flag => `-C link-arg=${flag}`).join(' ')

/** The first of these programs that runs. */
function find(...programs) {
  return programs.find(program => spawnSync(program, ['--version']).status === 0)
}

/** A toolchain with the target's own std, or else one that can build it from source. */
function findToolchain() {
  const sysroot = spawnSync('rustc', ['--print', 'sysroot'], { cwd: root, encoding: 'utf8' }).stdout?.trim()
  if (sysroot && existsSync(join(sysroot, 'lib/rustlib', target))) return { cargo: 'cargo', args: [], env: {} }
  if (!existsSync('/usr/lib/rustlib/src/rust/library/std') || !existsSync('/usr/bin/cargo')) return undefined
  // RUSTC_BOOTSTRAP lets a stable compiler build its own std; the code itself uses nothing unstable.
  const env = { PATH: '/usr/bin:/bin', RUSTC_BOOTSTRAP: '1', RUSTC: '/usr/bin/rustc', CARGO: '/usr/bin/cargo' }
  return { cargo: '/usr/bin/cargo', args: ['-Zbuild-std=std,panic_abort', '-Zbuild-std-features='], env }
}

const linker = find('wasm-ld-19', 'wasm-ld', 'rust-lld')
const toolchain = findToolchain()
const missing = []
if (!linker) missing.push('the linker wasm-ld (Debian: apt-get install lld-19)')
if (!toolchain) {
  const debian = 'Debian: apt-get install rustc-web cargo-web rust-web-src'
  missing.push(`Rust for ${target} (rustup target add ${target}; ${debian})`)
}
if (missing.length > 0) {
  console.error(`build:wasm needs ${missing.join(' and ')}`)
  process.exit(1)
}

const folder = join(root, 'target/wasm')
const args = ['build', '--release', '--lib', '--locked', '-p', 'doeff-vm', '--target', target, ...toolchain.args]
run(toolchain.cargo, args, {
  env: {
    ...toolchain.env,
    CARGO_TARGET_DIR: folder,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker,
    RUSTFLAGS: `-C target-feature=${features} ${flags}`,
  },
})

const built = join(folder, target, 'release/doeff_vm.wasm')
const output = join(root, 'native/doeff-vm.wasm')
mkdirSync(join(root, 'native'), { recursive: true })
if (existsSync(join(root, 'node_modules/binaryen'))) {
  const wanted = ['threads', 'bulk-memory', 'mutable-globals', 'sign-ext', 'nontrapping-float-to-int']
  const enabled = wanted.map(feature => `--enable-${feature}`)
  run(process.execPath, [join(root, 'node_modules/binaryen/bin/wasm-opt'), '-O3', ...enabled, built, '-o', output])
} else copyFileSync(built, output)
const bytes = readFileSync(output)
console.log(`native/doeff-vm.wasm: ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`)
