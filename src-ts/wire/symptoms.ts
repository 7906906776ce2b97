// What a failure to load an addon means, and its fix: first by the headers of the file, then by what the system said.

import type { Binary } from './binary'
import type { NotLoaded } from './loaded'

/** What is wrong with one file, in a sentence without its end, and the fix, in full sentences. */
export interface Symptom {
  readonly is: NotLoaded['is']
  readonly what: string
  readonly fix: string
}

const reinstall = 'delete node_modules and install again on this system'
const elsewhere =
  'node_modules was installed for another system: install for this one (docker build --platform, npm ci --os --cpu), ' +
  'and copy no node_modules between systems.'

const broken = (what: string, fix: string) => ({ is: 'broken', what, fix }) as const

/** What the headers say against loading this file here; `undefined` if nothing. */
export function symptomOf(binary: Binary | undefined, length: number): Symptom | undefined {
  const expected = { win32: 'PE', darwin: 'Mach-O' }[process.platform as string] ?? 'ELF'
  const again = `The file is damaged: ${reinstall}.`
  if (binary === undefined) return broken(`it is no shared library (${length} bytes)`, again)
  if (binary.format !== expected)
    return broken(`it is a ${binary.format} file, and this is ${process.platform}`, elsewhere)
  if (!binary.arches.includes(process.arch)) {
    const what = `it was built for ${binary.arches.join(' and ')}, and this process is ${process.arch}`
    return broken(what, elsewhere)
  }
  if (length < binary.length) return broken(`it was cut off: ${length} of ${binary.length} bytes are there`, again)
  return undefined
}

/** What the system says when a library does not load, and what that means; the first that fits. */
const said: readonly (readonly [says: RegExp, fix: string, is?: NotLoaded['is']])[] = [
  [
    /addons is disabled|ERR_DLOPEN_DISABLED|--allow-addons/,
    'Node runs with addons disabled: start it with --allow-addons, or without --permission and --no-addons.',
    'disabled',
  ],
  [
    /Requires \w+ access|NotCapable|--allow-ffi/,
    'Deno loads addons with --allow-ffi --allow-read --allow-env, and a node_modules folder.',
    'disabled',
  ],
  [
    /GLIBC(XX)?_[\d.]+/,
    'The C library of this system is older than the addon needs: use a newer distribution or container image.',
  ],
  [
    /ld-musl|libc\.musl|ld-linux|\blibc\.so\b|Error relocating/,
    `The installed addon was built for another C library (glibc or musl): ${reinstall}.`,
  ],
  [
    /specified module could not be found|The specified procedure could not be found/i,
    'The file is there, but a DLL that it needs is not: install the Microsoft Visual C++ runtime (vc_redist).',
  ],
  [
    /(lib[\w.+-]+\.so[\w.]*): cannot open shared object|Error loading shared library|Library not loaded/,
    'A library that the addon needs is not installed: install the package of this system that has it.',
  ],
  [
    /failed to map segment|Operation not permitted|library load disallowed|code signature/i,
    'This system does not let files in that folder be loaded (mounted with noexec, or not signed): move node_modules.',
  ],
  [
    /invalid ELF header|wrong ELF class|file too short|incompatible arch|not a valid Win32|mach-o/i,
    `The installed addon is damaged or was built for another system: ${reinstall}.`,
  ],
]

/** What an error of the system means. */
export function symptomIn(message: string): Symptom {
  const [, fix, is] = said.find(([says]) => says.test(message)) ?? []
  return { is: is ?? 'broken', what: message, fix: fix ?? `The file is there but does not load: ${reinstall}.` }
}
