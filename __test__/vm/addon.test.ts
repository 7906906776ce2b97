// The native addon: every failure to load says what was tried and what to do, and tells a broken addon from an absent one. Most
// are made here for real, with a changed copy of the addon in an installation of its own.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import manifest from '../../package.json'
import { readBinary } from '../../src-ts/wire/binary'
import { PREBUILT } from '../../src-ts/wire/host'
import { symptomIn } from '../../src-ts/wire/symptoms'
import { releaseAddon } from '../support/addon-file'
import { builtWasm, hasWasm, install, platformName, type Contents } from '../support/installation'

const addon = readFileSync(releaseAddon)
const other = platformName === 'darwin-arm64' ? 'linux-x64-gnu' : 'darwin-arm64'

/** The addon with other bytes from `at` on. */
function changed(at: number, bytes: number[]): Buffer {
  const copy = Buffer.from(addon)
  copy.set(bytes, at)
  return copy
}

/** A file with other text, of the same length, wherever it has this one. */
function rewritten(from: string, to: string, file = addon): Buffer {
  return Buffer.from(file.toString('latin1').replaceAll(from, to.padEnd(from.length, '\0')), 'latin1')
}

const here = (file: Buffer): Contents => ({ addons: { [platformName]: file } })

/** What importing says when the addon is asked for by name. */
function failure(contents: Contents, flags: string[] = []) {
  const installed = install(contents)
  const script = `
    try { console.log(require('doeff-vm').backend) }
    catch ({ code, message, cause }) { console.log(JSON.stringify({ code, message, chain: cause?.cause !== undefined })) }`
  const { stdout, stderr, signal } = installed.run(script, { flags, env: { DOEFF_BACKEND: 'native' } })
  installed.remove()
  expect({ stderr, signal }).toEqual({ stderr: '', signal: null })
  return JSON.parse(stdout) as { code: string; message: string; chain: boolean }
}

const pe = Buffer.alloc(200)
pe.write('MZ')
pe.writeUInt32LE(64, 60)
pe.write('PE', 64)
pe.writeUInt16LE(0x8664, 68)
const machO = Buffer.alloc(200)
machO.set([0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1])

type Case = [symptom: string, contents: Contents, says: RegExp]
const onAnySystem: Case[] = [
  ['no package', {}, /optional package for this system is missing[^]*--omit=optional/],
  ['another package', { addons: { [other]: addon } }, new RegExp(`Installed is doeff-vm-${other}, for another system`)],
  ['an empty file', here(Buffer.alloc(0)), /it is no shared library \(0 bytes\)\n.*damaged/],
  ['a file that is something else', here(Buffer.from('version https://git-lfs')), /no shared library \(23 bytes\)/],
  [
    'a file that was cut off',
    here(addon.subarray(0, addon.length >> 1)),
    /cut off: \d+ of \d+ bytes are there\n.*damaged/,
  ],
  [
    'a file of another version',
    { ...here(addon), version: '9.9.9' },
    /has version .*, and this is doeff-vm 9\.9\.9\n.*equal/,
  ],
]
const onLinux: Case[] = [
  [
    'a file of another processor',
    here(changed(18, [process.arch === 'arm64' ? 62 : 183])),
    /was built for (arm64|x64), and/,
  ],
  ['a file of Windows', here(pe), /it is a PE file, and this is linux\n.*docker build --platform/],
  ['a file of macOS', here(machO), /it is a Mach-O file, and this is linux\n.*another system/],
  ['a C library that is too old', here(rewritten('GLIBC_2.3', 'GLIBC_9.3')), /GLIBC_9\.3.*\n.*newer distribution/],
  ['the C library of another system', here(rewritten('libc.so.6', 'libc.so')), /libc\.so.*\n.*another C library/],
  [
    'a library that is missing',
    here(rewritten('libc.so.6', 'libq.so.6')),
    /libq\.so\.6: cannot open.*\n.*is not installed/,
  ],
]
const testLinux = platformName.endsWith('-gnu') ? test : test.skip

function check(contents: Contents, says: RegExp, flags?: string[]) {
  const { code, message, chain } = failure(contents, flags)
  expect(code).toBe('ERR_DOEFF_NATIVE_BINDING')
  expect(message).toMatch(says)
  expect(message).toContain(`for ${process.platform} ${process.arch}`)
  expect(message).not.toMatch(/npm has a bug|Require stack/)
  expect(chain).toBe(false)
}

test.each(onAnySystem)('%s is explained with its fix', (_, contents, says) => check(contents, says))
testLinux.each(onLinux)('%s is explained with its fix', (_, contents, says) => check(contents, says))

test('addons that are forbidden are explained with a fix', () => {
  check(here(addon), /addons disabled: start it with --allow-addons/, ['--no-addons'])
})

const testBuilt = hasWasm ? test : test.skip

testBuilt.each([
  ['cut off', () => ({ ...here(addon.subarray(0, 1000)), wasm: builtWasm() }), /cut off/],
  ['of another version', newFront, /has version \S+, and this is doeff-vm 9\.8\.7/],
])('where the addon is %s the module runs, with one warning', (_, contents, says) => {
  const installed = install(contents())
  const { stdout, stderr } = installed.run(`console.log(require('doeff-vm').backend)`)
  installed.remove()
  expect(stdout).toBe('wasm')
  expect(stderr).toMatch(says)
  expect(stderr.match(/DOEFF_ADDON_BROKEN/g)).toHaveLength(1)
})

/** The addon of this version beside a front and a module of a new one. */
function newFront(): Contents {
  const version = '9.8.7'
  return { ...here(addon), version, wasm: rewritten(manifest.version, version, builtWasm()) }
}

testBuilt('where there is no addon the module runs, without a word', () => {
  const installed = install({ wasm: builtWasm() })
  const { stdout, stderr } = installed.run(`console.log(require('doeff-vm').backend)`)
  installed.remove()
  expect({ stdout, stderr }).toEqual({ stdout: 'wasm', stderr: '' })
})

testBuilt('workers say no second time that the addon is broken', () => {
  const installed = install({ ...here(Buffer.from('none')), wasm: builtWasm() })
  const { stdout, stderr } = installed.run(`
    const { backend } = require('doeff-vm')
    const { Worker } = require('node:worker_threads')
    for (let i = 0; i < 2; i++) new Worker("console.log(require('doeff-vm').backend)", { eval: true })`)
  installed.remove()
  expect(stdout).toBe('wasm\nwasm')
  expect(stderr.match(/DOEFF_ADDON_BROKEN/g)).toHaveLength(1)
})

test.each([
  ["/lib/libc.so.6: version `GLIBC_2.34' not found (required by /x/a.node)", /newer distribution/],
  [
    'Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /x/a.node)',
    /another C lib/,
  ],
  ['Error relocating /x/a.node: __memcpy_chk: symbol not found', /another C library/],
  ['/lib/x86_64-linux-gnu/libc.so: invalid ELF header', /another C library/],
  ['Error loading shared library libgcc_s.so.1: No such file or directory (needed by /x/a.node)', /is not installed/],
  ['The specified module could not be found.\n\\\\?\\C:\\x\\a.node', /Visual C\+\+ runtime/],
  ['/x/a.node: failed to map segment from shared object: Operation not permitted', /noexec/],
  [
    "dlopen(/x/a.node, 0x0001): (mach-o file, but is an incompatible architecture (have 'arm64', need 'x86_64'))",
    /another sys/,
  ],
  ['\\\\?\\C:\\x\\a.node is not a valid Win32 application.', /another system/],
  ['something that nobody has seen', /does not load: delete node_modules/],
])('"%s" is explained', (message, fix) => {
  expect(symptomIn(message)).toMatchObject({ is: 'broken', what: message, fix: expect.stringMatching(fix) as string })
})

test.each([
  ['Cannot load native addon because loading addons is disabled.', /--allow-addons/],
  ['Requires ffi access to "/x/a.node", run again with the --allow-ffi flag', /--allow-ffi --allow-read --allow-env/],
])('"%s" is somebody\'s wish, and no damage', (message, fix) => {
  expect(symptomIn(message)).toMatchObject({ is: 'disabled', fix: expect.stringMatching(fix) as string })
})

test('the headers of this system, of programs and of libraries, are read', () => {
  const binary = readBinary(addon.subarray(0, 4096))
  expect(binary?.arches).toEqual([process.arch])
  expect(binary?.length).toBeLessThanOrEqual(addon.length)
  expect(binary?.length).toBeGreaterThan(addon.length / 2)
})

test('the headers of macOS and Windows are read', () => {
  const segment = Buffer.alloc(72)
  segment.writeUInt32LE(0x19, 0)
  segment.writeUInt32LE(72, 4)
  segment.writeBigUInt64LE(4096n, 40)
  segment.writeBigUInt64LE(500n, 48)
  const thin = Buffer.concat([machO.subarray(0, 32), segment])
  thin.writeUInt32LE(1, 16)
  expect(readBinary(thin)).toEqual({ format: 'Mach-O', arches: ['arm64'], length: 4596 })

  const both = Buffer.alloc(48)
  ;[0xcafe_babe, 2, 0x0100_0007, 0, 4096, 100, 0, 0x0100_000c, 0, 8192, 50].forEach((n, i) =>
    both.writeUInt32BE(n, 4 * i),
  )
  expect(readBinary(both)).toEqual({ format: 'Mach-O', arches: ['x64', 'arm64'], length: 8242 })

  const dll = Buffer.from(pe)
  dll.writeUInt16LE(1, 70)
  dll.writeUInt32LE(512, 64 + 24 + 16)
  dll.writeUInt32LE(1024, 64 + 24 + 20)
  expect(readBinary(dll)).toEqual({ format: 'PE', arches: ['x64'], length: 1536 })
  expect(readBinary(dll.subarray(0, 80))).toBeUndefined()
})

test('the systems with prebuilt packages are those in npm/', () => {
  expect(PREBUILT).toEqual(readdirSync(join(__dirname, '../../npm')).toSorted())
})
