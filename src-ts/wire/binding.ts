// The only door to native code: loads the addon, explains a failure to load, refuses a version skew.
//
// It is not the mailbox: it knows the addon's functions, not what the words mean. The generated loader behind `#binding`
// tries the file of a source checkout first and the platform package second; its own message blames npm for everything,
// so it is kept as `cause` and never shown alone.

/** What the addon exports. */
export interface Binding {
  /** The version the addon was built from. */
  version(): string
  /** Binds the shared words of this environment; returns the function that runs one turn over them, for any of its VMs. */
  open(words: Int32Array): () => void
}

/** The addon, loaded once per environment. */
export const binding: Binding = load()

function load(): Binding {
  const expected = (require('#manifest') as { version: string }).version
  let loaded: Binding
  try {
    loaded = require('#binding') as Binding
  } catch (cause) {
    throw nativeBindingError(explainFailure(cause), cause)
  }
  const actual = typeof loaded.version === 'function' ? loaded.version() : 'unknown'
  if (actual !== expected) throw nativeBindingError(explainSkew(expected, actual))
  return loaded
}

function nativeBindingError(message: string, cause?: unknown): Error {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause })
  return Object.assign(error, { code: 'ERR_DOEFF_NATIVE_BINDING' })
}

function explainFailure(cause: unknown): string {
  const host = describeHost()
  const attempts = messagesOf(cause)
  const tried = attempts.map(attempt => `  - ${attempt}`).join('\n')
  return `doeff-vm could not load its native addon for ${host}.\nTried:\n${tried}\n${advice(host, attempts.join('\n'))}`
}

/** The fix for the most specific symptom among the messages of what was tried. */
function advice(host: string, messages: string): string {
  const reinstall = 'delete node_modules and install again on this system'
  if (/GLIBC_|GLIBCXX_/.test(messages))
    return 'The C library of this system is older than the addon needs: use a newer distribution or container image.'
  if (/ld-musl|libc\.musl|ld-linux|Error relocating/.test(messages))
    return `The installed addon was built for another C library (glibc or musl): ${reinstall}.`
  if (/invalid ELF header|wrong ELF class|file too short|incompatible arch|not a valid Win32|mach-o/i.test(messages))
    return `The installed addon is damaged or was built for another platform: ${reinstall}.`
  if (/addons is disabled|ERR_DLOPEN_DISABLED/.test(messages))
    return 'Node runs with addons disabled: start it with --allow-addons, or without --permission and --no-addons.'
  if (/Unsupported (OS|architecture)/i.test(messages))
    return `There is no prebuilt addon for ${host}: build it in a source checkout with "npm start", which needs Rust.`
  return [
    `Installed from npm: the optional package for this platform is missing; ${reinstall},`,
    'without --omit=optional, and delete the lockfile too if it was written on another system.',
    'Source checkout: run "npm start", which builds the addon.',
  ].join('\n')
}

function explainSkew(expected: string, actual: string): string {
  return [
    `doeff-vm ${expected} loaded a native addon of version ${actual}.`,
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
