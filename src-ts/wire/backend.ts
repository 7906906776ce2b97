// The chooser: which of the two backends this environment runs on. It is asked once, when the package is loaded.
//
// On Node the addon comes first. On Bun and Deno the module does, because calls into addons cost several times more there,
// and Deno asks for permission. Where the first does not load the second takes its place, and says so if the first is broken.

import type * as Threads from 'node:worker_threads'

import { loadAddon } from './addon'
import { requireHere } from './files'
import type { Loaded, NotLoaded } from './loaded'
import { loadWasm } from './wasm'

/** What a program may run on: the native addon, or the WebAssembly module. */
export type Backend = 'native' | 'wasm'

const VARIABLE = 'DOEFF_BACKEND'
const WARNED = 'doeff-vm: DOEFF_ADDON_BROKEN'
const chosen = choose()

/**
 * What runs the programs here: the native addon, or the WebAssembly module that takes its place where no addon loads.
 * The environment variable `DOEFF_BACKEND` forces one of them.
 *
 * @example
 * backend === 'native' || backend === 'wasm' // true
 */
export const backend: Backend = chosen.name
/** The backend itself. */
export const loaded: Loaded = chosen.loaded
/** The shared words. */
export const { words } = loaded
/** Runs one turn over {@link words}. */
export const { turn } = loaded

interface Choice {
  readonly name: Backend
  readonly loaded: Loaded
}

function choose(): Choice {
  const asked = readVariable()
  if (asked === 'native') return need('native', loadAddon())
  if (asked === 'wasm') return need('wasm', loadWasm())
  if (asked !== undefined && asked !== '') {
    throw backendError('ERR_DOEFF_BACKEND', `${VARIABLE} is "native", "wasm" or unset, not ${JSON.stringify(asked)}.`)
  }
  return isNode() ? addonFirst() : wasmFirst()
}

function addonFirst(): Choice {
  const addon = loadAddon()
  if (isLoaded(addon)) return { name: 'native', loaded: addon }
  const wasm = loadWasm()
  if (!isLoaded(wasm)) throw neither(addon, wasm)
  if (addon.is === 'broken') warn(addon)
  return { name: 'wasm', loaded: wasm }
}

function wasmFirst(): Choice {
  const wasm = loadWasm()
  if (isLoaded(wasm)) return { name: 'wasm', loaded: wasm }
  const addon = loadAddon()
  if (!isLoaded(addon)) throw neither(addon, wasm)
  return { name: 'native', loaded: addon }
}

/** The backend that was asked for by name: no other will do. */
function need(name: Backend, loaded: Loaded | NotLoaded): Choice {
  if (isLoaded(loaded)) return { name, loaded }
  const message =
    name === 'native' ? loaded.message : `doeff-vm could not load its WebAssembly module: ${loaded.message}`
  const text = `${message}\n${VARIABLE} is ${name}, so nothing else was tried.`
  throw backendError(name === 'native' ? 'ERR_DOEFF_NATIVE_BINDING' : 'ERR_DOEFF_WASM', text, loaded.cause)
}

function neither(addon: NotLoaded, wasm: NotLoaded): Error {
  const text = `${addon.message}\nIts WebAssembly module could not take the place of the addon: ${wasm.message}`
  return backendError('ERR_DOEFF_NATIVE_BINDING', text, addon.cause ?? wasm.cause)
}

/** Says it once: workers know whether the thread that started them has said it. */
function warn({ message }: NotLoaded): void {
  const { getEnvironmentData, setEnvironmentData } = requireHere('node:worker_threads') as typeof Threads
  if (getEnvironmentData(WARNED) === true) return
  setEnvironmentData(WARNED, true)
  process.emitWarning(`${message}\nUntil then programs run on the WebAssembly module, with the same results.`, {
    type: 'DoeffWarning',
    code: 'DOEFF_ADDON_BROKEN',
  })
}

function backendError(code: string, message: string, cause?: unknown): Error {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause })
  return Object.assign(error, { code })
}

function isLoaded(result: Loaded | NotLoaded): result is Loaded {
  return 'turn' in result
}

/** Bun and Deno say in the same place what they are. */
function isNode(): boolean {
  return process.versions.bun === undefined && process.versions.deno === undefined
}

/** What the variable says. Deno would ask the user for permission to read it, so it is read only where that is given. */
function readVariable(): string | undefined {
  const { Deno } = globalThis as { Deno?: { permissions: { querySync(what: object): { state: string } } } }
  const permission = Deno?.permissions.querySync({ name: 'env', variable: VARIABLE })
  return permission === undefined || permission.state === 'granted' ? process.env[VARIABLE] : undefined
}
