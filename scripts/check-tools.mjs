// Checks that Node, cargo and rustc are present and new enough; says in one line what to install otherwise.
// The minimums are read from package.json ("engines") and Cargo.toml ("rust-version"), so they are written once.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)

/** Exits with status 1 when a tool is missing or too old; returns the compiler's description otherwise. */
export function checkTools() {
  const node = /"node":\s*">=([\d.]+)"/.exec(read('package.json'))[1]
  const rust = /^rust-version\s*=\s*"([\d.]+)"/m.exec(read('Cargo.toml'))[1]

  if (isOlder(process.versions.node, node))
    stop(`doeff-vm needs Node.js ${node} or newer; this is ${process.versions.node}. Get it from https://nodejs.org`)

  const advice = `Install Rust ${rust} or newer from https://rustup.rs`
  if (output('cargo', '--version') === undefined) stop(`doeff-vm needs Rust, but "cargo" was not found. ${advice}`)
  const compiler = output('rustc', '-vV')
  if (compiler === undefined) stop(`doeff-vm needs Rust, but "rustc" does not run. ${advice}`)
  const release = /^release: ([\d.]+)/m.exec(compiler)?.[1] ?? '0'
  if (isOlder(release, rust))
    stop(`doeff-vm needs Rust ${rust} or newer; this is ${release}. ${advice}, or run "rustup update"`)
  return { compiler, host: /^host: (.+)$/m.exec(compiler)[1] }
}

function output(command, ...args) {
  const child = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  return child.status === 0 ? child.stdout : undefined
}

function isOlder(actual, minimum) {
  const have = actual.split('.').map(Number)
  const need = minimum.split('.').map(Number)
  const at = need.findIndex((part, index) => (have[index] ?? 0) !== part)
  return at !== -1 && (have[at] ?? 0) < need[at]
}

function read(file) {
  return readFileSync(new URL(file, root), 'utf8')
}

function stop(line) {
  console.error(line)
  process.exit(1)
}
