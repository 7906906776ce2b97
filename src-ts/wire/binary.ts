// The headers of shared libraries: ELF, Mach-O and PE. They say what a file was built for, and how long it must be, before
// the system maps it: one that was cut off would end the process with SIGBUS and no message, one for another
// processor gives messages that name no reason.

/** What the headers of a file say. */
export interface Binary {
  readonly format: 'ELF' | 'Mach-O' | 'PE'
  /** The processors it is for, named as in `process.arch`; a number where there is no such name. */
  readonly arches: readonly string[]
  /** How many bytes the file must have at least. */
  readonly length: number
  /** The program that loads it, if it is an ELF program. */
  readonly interpreter?: string | undefined
}

const elfMachines: Record<number, string> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64', 243: 'riscv64' }
const machTypes: Record<number, string> = { 0x0100_0007: 'x64', 0x0100_000c: 'arm64' }
const peMachines: Record<number, string> = { 0x014c: 'ia32', 0x8664: 'x64', 0xaa64: 'arm64' }

/** Reads the headers at the start of a file; `undefined` if it is no shared library, or ends within them. */
export function readBinary(start: Buffer): Binary | undefined {
  try {
    if (start.readUInt32BE(0) === 0x7f45_4c46) return readElf(start)
    if (start.readUInt32LE(0) === 0xfeed_facf) return readMachO(start)
    if (start.readUInt32BE(0) === 0xcafe_babe) return readUniversal(start)
    if (start.readUInt16BE(0) === 0x4d5a) return readPe(start)
  } catch {
    // Past the end of what was read.
  }
  return undefined
}

/** A program header: its type, and where its bytes are in the file. */
function readElf(bytes: Buffer): Binary {
  const is64 = bytes[4] === 2
  const word = (at: number) => (is64 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at))
  const [headers, size, count] = is64 ? [word(32), 54, 56] : [word(28), 42, 44]
  let length = 0
  let interpreter: string | undefined
  for (let i = 0; i < bytes.readUInt16LE(count); i++) {
    const at = headers + i * bytes.readUInt16LE(size)
    const offset = word(at + (is64 ? 8 : 4))
    const end = offset + word(at + (is64 ? 32 : 16))
    length = Math.max(length, end)
    if (bytes.readUInt32LE(at) === 3) interpreter = bytes.toString('latin1', offset, end - 1)
  }
  return { format: 'ELF', arches: [nameIn(elfMachines, bytes.readUInt16LE(18))], length, interpreter }
}

function readMachO(bytes: Buffer): Binary {
  const arches = [nameIn(machTypes, bytes.readUInt32LE(4))]
  let length = 0
  let at = 32
  for (let i = 0; i < bytes.readUInt32LE(16); i++) {
    const isSegment = bytes.readUInt32LE(at) === 0x19
    if (isSegment) length = Math.max(length, Number(bytes.readBigUInt64LE(at + 40) + bytes.readBigUInt64LE(at + 48)))
    at += bytes.readUInt32LE(at + 4)
  }
  return { format: 'Mach-O', arches, length }
}

/** Several Mach-O files in one. */
function readUniversal(bytes: Buffer): Binary {
  const places = Array.from({ length: bytes.readUInt32BE(4) }, (_, i) => 8 + i * 20)
  const arches = places.map(at => nameIn(machTypes, bytes.readUInt32BE(at)))
  const length = Math.max(...places.map(at => bytes.readUInt32BE(at + 8) + bytes.readUInt32BE(at + 12)))
  return { format: 'Mach-O', arches, length }
}

function readPe(bytes: Buffer): Binary {
  const header = bytes.readUInt32LE(60)
  const sections = header + 24 + bytes.readUInt16LE(header + 20)
  let length = 0
  for (let i = 0; i < bytes.readUInt16LE(header + 6); i++) {
    const at = sections + i * 40
    length = Math.max(length, bytes.readUInt32LE(at + 16) + bytes.readUInt32LE(at + 20))
  }
  return { format: 'PE', arches: [nameIn(peMachines, bytes.readUInt16LE(header + 4))], length }
}

function nameIn(names: Record<number, string>, machine: number): string {
  return names[machine] ?? `processor ${machine}`
}
