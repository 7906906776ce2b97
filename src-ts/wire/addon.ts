// The first backend: the native addon. Finds its file, looks at the file before the system does, loads it, and refuses a version
// skew. A failure says what this system is, which files were tried, what is there instead, and what to do.
//
// A source checkout has the file in native/, an installation in a package for one platform. The loader that the napi CLI
// generates knows these places too, but it maps files unseen, and blames npm for everything.

import { readBinary } from './binary'
import { requireHere } from './files'
import { addonNames, describeHost, PREBUILT, readStart } from './host'
import type { Loaded, NotLoaded } from './loaded'
import { ownVersion } from './manifest'
import { Word } from './protocol'
import { symptomIn, symptomOf, type Symptom } from './symptoms'

/** What the addon exports. */
interface Addon {
  /** The version the addon was built from. */
  version(): string
  /** Binds the shared words of this environment; returns the function that runs one turn over them, for any of its VMs. */
  open(words: Int32Array): () => void
}

/** One file that was tried. */
interface Attempt extends Symptom {
  readonly file: string
  readonly cause?: unknown
}

/** Loads the addon, once per environment. */
export function loadAddon(): Loaded | NotLoaded {
  const attempts: Attempt[] = []
  const names = addonNames()
  for (const id of [...names.map(name => `#native/doeff-vm.${name}.node`), ...names.map(packageOf)]) {
    const result = tryToLoad(id)
    if ('turn' in result) return result
    attempts.push(result)
  }
  return explain(attempts)
}

const packageOf = (name: string) => `doeff-vm-${name}`

function tryToLoad(id: string): Loaded | Attempt {
  let file = id.replace('#', '')
  try {
    file = requireHere.resolve(id)
  } catch (cause) {
    return { file, is: 'absent', what: 'is not there', fix: '', cause }
  }
  const read = readStart(file)
  const symptom = read && symptomOf(readBinary(read.start), read.length)
  if (symptom !== undefined) return { file, ...symptom }
  try {
    return open(requireHere(file) as Addon, file)
  } catch (cause) {
    return { file, ...symptomIn(messageOf(cause)), cause }
  }
}

function open(addon: Addon, file: string): Loaded | Attempt {
  const version = typeof addon.version === 'function' ? addon.version() : 'unknown'
  if (version !== ownVersion) {
    const fix =
      'The two must be equal: delete node_modules and install again; in a source checkout run "npm start". A release that ' +
      'has just begun may not have all of its packages yet.'
    return { file, is: 'broken', what: `it has version ${version}, and this is doeff-vm ${ownVersion}`, fix }
  }
  // A SharedArrayBuffer cannot be detached.
  const words = new Int32Array(new SharedArrayBuffer(Word.LENGTH * 4))
  return { version, words, turn: addon.open(words) }
}

function explain(attempts: readonly Attempt[]): NotLoaded {
  const telling =
    attempts.find(({ is }) => is === 'broken') ?? attempts.find(({ is }) => is === 'disabled') ?? attempts.at(-1)
  const { is, fix, cause } = telling as Attempt
  const host = describeHost()
  const tried = attempts.map(({ file, what }) => `  - ${file}: ${what}`).join('\n')
  const advice = is === 'absent' ? adviceWithout(host) : fix
  return { is, message: `doeff-vm could not load its native addon for ${host}.\nTried:\n${tried}\n${advice}`, cause }
}

/** What to do where no file was found. */
function adviceWithout(host: string): string {
  if (!addonNames().some(name => PREBUILT.includes(name))) {
    return `There is no prebuilt addon for ${host}: build it in a source checkout with "npm start", which needs Rust.`
  }
  const others = PREBUILT.map(packageOf).filter(isInstalled)
  const installed =
    others.length === 0
      ? 'Installed from npm: the optional package for this system is missing;'
      : `Installed is ${others.join(', ')}, for another system;`
  return [
    `${installed} delete node_modules and install again on this system,`,
    'without --omit=optional, and delete the lockfile too if it was written on another system.',
    'Source checkout: run "npm start", which builds the addon.',
  ].join('\n')
}

function isInstalled(id: string): boolean {
  try {
    requireHere.resolve(id)
    return true
  } catch {
    return false
  }
}

/** The first line says it; a missing module's message goes on with a stack of files. */
function messageOf(error: unknown): string {
  // Not `instanceof Error`: errors made by native code belong to another realm under Jest.
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown }
  const text = String(message ?? error).split('\nRequire stack:')[0] ?? ''
  return code === 'ERR_DLOPEN_DISABLED' ? `${text} (${code})` : text
}
