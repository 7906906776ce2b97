// What this process runs on, as far as it decides which addon fits: the system, the processor and, on Linux, the C library.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

import { readBinary } from './binary'

/** The systems there are prebuilt packages for; a test compares the list with the targets in package.json. */
export const PREBUILT = [
  'darwin-arm64',
  'darwin-x64',
  'freebsd-x64',
  'linux-arm-gnueabihf',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-arm64-msvc',
  'win32-x64-msvc',
]

/** The names of the addons that fit here, best first: that of a package, or of a build in a source checkout. */
export function addonNames(): string[] {
  const { platform, arch } = process
  if (platform === 'win32') return [`win32-${arch}-msvc`, `win32-${arch}-gnu`]
  if (platform !== 'linux') return [`${platform}-${arch}`]
  const abi = isMusl() ? 'musl' : 'gnu'
  return [`linux-${arch}-${arch === 'arm' ? `${abi}eabihf` : abi}`]
}

/** The start of a file and its length; `undefined` if it may not be read. */
export function readStart(file: string): { start: Buffer; length: number } | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    const start = Buffer.alloc(4096)
    const read = readSync(descriptor, start, 0, start.length, 0)
    return { start: start.subarray(0, read), length: fstatSync(descriptor).size }
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** This system, for messages. */
export function describeHost(): string {
  const { platform, arch } = process
  if (platform !== 'linux') return `${platform} ${arch}`
  const glibc = reported()?.glibcVersionRuntime
  return `linux ${arch} (${isMusl() ? 'musl' : `glibc${glibc === undefined ? '' : ` ${glibc}`}`})`
}

/** Whether this program was linked with musl: its own headers name the loader that it has. */
function isMusl(): boolean {
  const { start } = readStart('/proc/self/exe') ?? {}
  const interpreter = start && readBinary(start)?.interpreter
  if (interpreter !== undefined) return interpreter.includes('ld-musl')
  const report = reported()
  return report !== undefined && report.glibcVersionRuntime === undefined
}

/** What the runtime reports of itself: with a glibc it has the version. `undefined` where Deno would need --allow-sys. */
function reported(): { glibcVersionRuntime?: string } | undefined {
  try {
    const report = process.report as { excludeNetwork?: boolean; getReport(): object }
    report.excludeNetwork = true
    return (report.getReport() as { header?: object }).header
  } catch {
    return undefined
  }
}
