// The second backend: heart and fence as a WebAssembly module, which runs wherever JavaScript does. The words lie in the
// module's memory, a panic traps, and a trap poisons the machine of its turn, as a panic does in the addon.
//
// The memory is shared, although only one thread uses it: growing an ordinary one would detach the words.

import type * as Zlib from 'node:zlib'

import { readWasmText, requireHere } from './files'
import type { Loaded, NotLoaded } from './loaded'
import { ownVersion } from './manifest'
import { Word } from './protocol'

/** What the module exports (`src-rs/wasm.rs`). */
interface Exports {
  readonly __stack_pointer: { value: number }
  version(): number
  version_length(): number
  words_length(): number
  open(): number
  turn(): void
  after_trap(): number
}

interface Memory {
  readonly buffer: SharedArrayBuffer
}

/** As much of the engine's `WebAssembly` as this needs; @types/node has none. */
interface Engine {
  Memory: new (size: { initial: number; maximum: number; shared: boolean }) => Memory
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Exports }
}

/** Instantiates the module, once per environment. */
export function loadWasm(): Loaded | NotLoaded {
  const { WebAssembly } = globalThis as { WebAssembly?: Engine }
  if (WebAssembly === undefined) {
    return { is: 'disabled', message: 'this runtime has no WebAssembly (is it started with --jitless?).' }
  }
  let text: string
  try {
    text = readWasmText()
  } catch (cause) {
    return { is: 'absent', message: `its file could not be read: ${messageOf(cause)}.`, cause }
  }
  if (text === '') return { is: 'absent', message: 'this is a build without it ("npm run build:wasm" builds it).' }
  try {
    // As many pages as it begins with, and as many as 32 bits can address; both are in the module too.
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 65_536, shared: true })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(decompress(text)), { env: { memory } })
    return opened(exports, memory)
  } catch (cause) {
    return { is: 'broken', message: `${messageOf(cause)}. ${adviceFor(cause)}`, cause }
  }
}

function decompress(text: string): Uint8Array {
  const { brotliDecompressSync } = requireHere('node:zlib') as typeof Zlib
  return brotliDecompressSync(Buffer.from(text, 'base64'))
}

function opened(exports: Exports, memory: Memory): Loaded | NotLoaded {
  const version = textAt(memory, exports.version(), exports.version_length())
  if (version !== ownVersion || exports.words_length() !== Word.LENGTH) {
    return { is: 'broken', message: `it has version ${version}, and this is doeff-vm ${ownVersion}. Install again.` }
  }
  // Opening may grow the memory, whose buffer is then another one, over the same bytes.
  const address = exports.open()
  const words = new Int32Array(memory.buffer, address, Word.LENGTH)
  return { version, words, turn: guarded(exports, words) }
}

/** A function that runs one turn. A trap poisons the machine of that turn, and the others go on. */
function guarded({ turn, after_trap, __stack_pointer }: Exports, words: Int32Array): () => void {
  const top = __stack_pointer.value
  let trapped: { readonly vm: number; readonly trap: unknown } | undefined

  /** Gives whether the machine is poisoned; it is not when the turn had not begun. */
  function recover({ vm, trap }: { vm: number; trap: unknown }): boolean {
    __stack_pointer.value = top
    words[Word.VM] = vm
    const hadBegun = after_trap() !== 0
    if (hadBegun && words[Word.LISTING_COUNT] === 0) write(words, String(trap))
    trapped = undefined
    return hadBegun
  }

  /** A trap that could not be recovered from where it happened, because the stack had ended there. */
  function recoverLate(): void {
    const { vm, trap } = trapped as { vm: number; trap: unknown }
    const command = words.slice()
    recover({ vm, trap })
    words.set(command)
  }

  return () => {
    if (trapped !== undefined) recoverLate()
    try {
      turn()
    } catch (trap) {
      trapped = { vm: words[Word.VM] as number, trap }
      if (!recover(trapped)) throw trap
    }
  }
}

/** Writes a text as a listing, one character a word. */
function write(words: Int32Array, text: string): void {
  const count = Math.min(text.length, Word.FIRM - Word.LISTING)
  for (let at = 0; at < count; at++) words[Word.LISTING + at] = text.charCodeAt(at)
  words[Word.LISTING_COUNT] = count
}

/** The text in the module's memory. A decoder would refuse bytes that are shared. */
function textAt({ buffer }: Memory, address: number, length: number): string {
  return String.fromCharCode(...new Uint8Array(buffer, address, length))
}

function adviceFor(cause: unknown): string {
  return /allocate|memory/i.test(messageOf(cause))
    ? 'The memory of a module is reserved as address space, about 10 GB of it: raise "ulimit -v", or whatever limits it.'
    : 'The file may be damaged: install again.'
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message ?? error).replace(/\.$/, '')
}
