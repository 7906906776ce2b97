// `npm run test:asan`: the fuzz of the raw addon under AddressSanitizer. Needs a nightly Rust toolchain and gcc on Linux; without
// them it says so and ends with 2. Not a part of `npm test`, which needs Node and stable Rust alone.

import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { wireNumbers } from './package/wire-numbers.mjs'
import { root } from './run.mjs'

const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`
const folder = join(root, 'target/asan')
const addon = join(folder, 'doeff-vm.node')
const turns = process.argv[2] ?? '500000'

const runtime = sanitizerRuntime()
build()
for (const seed of ['1', '2']) {
  replay('fuzz.mjs', seed)
  replay('replayed.mjs', seed)
}
console.log(`${4 * Number(turns)} turns under AddressSanitizer: no report`)

/** The runtime must be in the process before Node starts, since Node itself is not instrumented. */
function sanitizerRuntime() {
  if (process.platform !== 'linux') missing('AddressSanitizer is set up for Linux only.')
  const nightly = spawnSync('cargo', ['+nightly', '--version'], { encoding: 'utf8' })
  if (nightly.status !== 0) missing('A nightly toolchain is missing: rustup toolchain install nightly.')
  const found = spawnSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' })
  const file = (found.stdout ?? '').trim()
  if (!existsSync(file)) missing('libasan.so is missing: install gcc, which brings it.')
  return file
}

function missing(what) {
  console.error(what)
  process.exit(2)
}

function build() {
  const flags = [
    '--profile',
    'checked',
    '--features',
    'test-hooks',
    '--target',
    target,
    '--target-dir',
    folder,
    '--locked',
  ]
  const env = { ...process.env, RUSTFLAGS: '-Zsanitizer=address -Cforce-frame-pointers=yes' }
  execFileSync('cargo', ['+nightly', 'build', '-p', 'doeff-vm', ...flags], { cwd: root, env, stdio: 'inherit' })
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(folder, target, 'checked/libdoeff_vm.so'), addon)
}

function replay(script, seed) {
  const args = [join(root, '__test__/support', script), addon, wireNumbers(), seed, turns]
  // What Node itself never frees is no leak of ours, and V8 reserves address space the sanitizer wants to see limited.
  const options = 'detect_leaks=0:abort_on_error=1:handle_segv=1'
  const env = { ...process.env, LD_PRELOAD: runtime, ASAN_OPTIONS: options, RUST_BACKTRACE: '0' }
  const done = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
  const report = done.stderr?.indexOf('ERROR: AddressSanitizer') ?? -1
  if (done.status === 0 && report < 0) return
  console.error(report < 0 ? done.stderr : done.stderr.slice(report))
  throw new Error(`${script}, seed ${seed}: ended with ${done.status ?? done.signal}`)
}
