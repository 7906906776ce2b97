// The first backend: the native addon. Loads it, explains a failure to load, refuses a version skew.
//
// It is not the mailbox: it knows the addon's functions, not what the words mean. The generated loader behind `#binding`
// tries the file of a source checkout first and the platform package second; its own message blames npm for everything,
// so it is kept as `cause` and never shown alone.

import type { Loaded, NotLoaded } from './loaded'
import { ownVersion } from './manifest'
import { Word } from './protocol'

/** What the addon exports. */
interface Addon {
  /** The version the addon was built from. */
  version(): string
  /** Binds the shared words of this environment; returns the function that runs one turn over them, for any of its VMs. */
  open(words: Int32Array): () => void
}

/** Loads the addon, once per environment. */
export function loadAddon(): Loaded | NotLoaded {
  let addon: Addon
  try {
    addon = require('#binding') as Addon
  } catch (cause) {
    return explainFailure(cause)
  }
  const version = typeof addon.version === 'function' ? addon.version() : 'unknown'
  if (version !== ownVersion) return { is: 'broken', message: explainSkew(version) }
  // A SharedArrayBuffer cannot be detached.
  const words = new Int32Array(new SharedArrayBuffer(Word.LENGTH * 4))
  return { version, words, turn: addon.open(words) }
}

function explainFailure(cause: unknown): NotLoaded {
  const host = describeHost()
  const attempts = messagesOf(cause)
  const tried = attempts.map(attempt => `  - ${attempt}`).join('\n')
  const { is, fix } = diagnose(host, attempts.join('\n'))
  return { is, message: `doeff-vm could not load its native addon for ${host}.\nTried:\n${tried}\n${fix}`, cause }
}

const broken = (fix: string) => ({ is: 'broken', fix }) as const

/** What the most specific symptom among the messages of what was tried means, and its fix. */
function diagnose(host: string, messages: string): { is: NotLoaded['is']; fix: string } {
  const reinstall = 'delete node_modules and install again on this system'
  if (/GLIBC_|GLIBCXX_/.test(messages))
    return broken(
      'The C library of this system is older than the addon needs: use a newer distribution or container image.',
    )
  if (/ld-musl|libc\.musl|ld-linux|Error relocating/.test(messages))
    return broken(`The installed addon was built for another C library (glibc or musl): ${reinstall}.`)
  if (/invalid ELF header|wrong ELF class|file too short|incompatible arch|not a valid Win32|mach-o/i.test(messages))
    return broken(`The installed addon is damaged or was built for another platform: ${reinstall}.`)
  if (/addons is disabled|ERR_DLOPEN_DISABLED/.test(messages)) {
    const fix = 'Node runs with addons disabled: start it with --allow-addons, or without --permission and --no-addons.'
    return { is: 'disabled', fix }
  }
  if (/Unsupported (OS|architecture)/i.test(messages)) {
    const fix = `There is no prebuilt addon for ${host}: build it in a source checkout with "npm start", which needs Rust.`
    return { is: 'absent', fix }
  }
  const fix = [
    `Installed from npm: the optional package for this platform is missing; ${reinstall},`,
    'without --omit=optional, and delete the lockfile too if it was written on another system.',
    'Source checkout: run "npm start", which builds the addon.',
  ].join('\n')
  return { is: 'absent', fix }
}

function explainSkew(actual: string): string {
  return [
    `doeff-vm ${ownVersion} found a native addon of version ${actual}.`,
    'The two must be equal: delete node_modules and install again; in a source checkout run "npm start".',
  ].join('\n')
}

/** The messages of an error and its `cause` chain in the order things were tried, reduced to what was tried. */
function messagesOf(cause: unknown): string[] {
  const messages: string[] = []
  // Not `instanceof Error`: errors made by native code belong to another realm under Jest.
  for (let error = cause; typeof error === 'object' && error !== null; error = (error as { cause?: unknown }).cause) {
    // A missing module's message goes on with a stack of files, which says nothing about the addon.
    const message = String((error as { message?: unknown }).message).split('\nRequire stack:')[0] ?? ''
    if (!/^Cannot find native binding|(\.wasi\.cjs|-wasm32-wasi)'/.test(message)) messages.unshift(message)
  }
  return messages.length > 0 ? messages : [String(cause)]
}

/** Platform, architecture and, on Linux, the C library: Node reports a glibc, so the absence of one means musl. */
function describeHost(): string {
  const { platform, arch, report } = process
  if (platform !== 'linux') return `${platform} ${arch}`
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
  const glibc = header?.glibcVersionRuntime
  return `${platform} ${arch} (${glibc === undefined ? 'musl' : `glibc ${glibc}`})`
}
