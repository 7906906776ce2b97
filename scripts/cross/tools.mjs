// Finds the tools of a cross-build, and says how to get those that are missing. It installs nothing.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { root } from '../run.mjs'

/** Where the advice below puts zig; programs there are found without PATH. */
const venv = join(root, '.cache/zig/bin')

const advice = {
  zig: 'zig and cargo-zigbuild: python3 -m venv .cache/zig && .cache/zig/bin/pip install ziglang cargo-zigbuild',
  mingw: 'the MinGW linker (Debian: apt-get install gcc-mingw-w64-x86-64-win32)',
  windows: 'Windows with the build tools of Visual Studio, as the release workflow has',
  readelf: 'readelf (Debian: apt-get install binutils)',
}

/**
 * The tools for a target: which cargo with which arguments and environment. `missing` says what there is not.
 * @returns {{ missing: string[], cargo: string, args: string[], env: Record<string, string> }}
 */
export function toolsFor(target, { linker, glibc }) {
  const missing = []
  if (glibc !== undefined && !runs('readelf')) missing.push(advice.readelf)
  if (linker === 'host' && process.platform !== 'win32') missing.push(advice.windows)
  const isOwn = linker === 'host' || (target.includes('apple') && process.platform === 'darwin')
  const rust = rustFor(target)
  if (rust === undefined) missing.push(rustAdvice(target))
  const link = isOwn ? { command: ['build'], env: {} } : linker === 'mingw' ? mingw() : zig(target, glibc)
  if (typeof link === 'string') missing.push(link)
  if (missing.length > 0) return { missing, cargo: '', args: [], env: {} }
  const named = glibc === undefined || isOwn ? target : `${target}.${glibc}`
  const args = [...link.command, '--target', named, ...rust.args]
  // The programs of rust.env come before those of the user; zig is named by its whole path.
  return { missing, cargo: link.program ?? rust.cargo, args, env: { ...rust.env, ...link.env } }
}

/** A Rust that has the target's own std, or else the one of Debian, which builds it from its source. */
function rustFor(target) {
  const sysroot = spawnSync('rustc', ['--print', 'sysroot'], { cwd: root, encoding: 'utf8' }).stdout?.trim()
  if (sysroot && existsSync(join(sysroot, 'lib/rustlib', target))) return { cargo: 'cargo', args: [], env: {} }
  if (!existsSync('/usr/lib/rustlib/src/rust/library/std') || !existsSync('/usr/bin/cargo')) return undefined
  // RUSTC_BOOTSTRAP lets a stable compiler build its own std; the code itself uses nothing unstable.
  const env = {
    PATH: `${venv}:/usr/bin:/bin`,
    RUSTC_BOOTSTRAP: '1',
    RUSTC: '/usr/bin/rustc',
    CARGO: '/usr/bin/cargo',
  }
  return { cargo: '/usr/bin/cargo', args: ['-Zbuild-std=std,panic_unwind'], env }
}

function rustAdvice(target) {
  const debian = 'Debian: apt-get install rustc-web cargo-web rust-web-src'
  return `the standard library of Rust for ${target} (rustup target add ${target}; ${debian})`
}

function zig() {
  const program = find('cargo-zigbuild')
  const compiler = process.env.CARGO_ZIGBUILD_ZIG_PATH ?? find('python-zig') ?? find('zig')
  if (program === undefined || compiler === undefined) return advice.zig
  return { program, command: ['zigbuild'], env: { CARGO_ZIGBUILD_ZIG_PATH: compiler } }
}

function mingw() {
  const linker = 'x86_64-w64-mingw32-gcc'
  if (!runs(linker)) return advice.mingw
  return { command: ['build'], env: { CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER: linker } }
}

/** The path of a program, in the folder of the advice or in PATH. */
function find(program) {
  const folders = [venv, ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map(folder => join(folder, program)).find(file => existsSync(file))
}

function runs(program) {
  return spawnSync(program, ['--version']).status === 0
}
