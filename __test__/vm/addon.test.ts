// The native addon: every failure to load says what was tried and what to do, and tells a broken addon from an absent one.

import manifest from '../../package.json'
import type { Loaded, NotLoaded } from '../../src-ts/wire/loaded'

/** What loading the addon gives when the generated loader throws this, or returns that. */
function loadWith(loader: () => unknown): Loaded | NotLoaded {
  let result: unknown
  jest.isolateModules(() => {
    jest.doMock('#binding', loader)
    const { loadAddon } = require('../../src-ts/wire/addon') as { loadAddon: () => unknown }
    result = loadAddon()
    jest.dontMock('#binding')
  })
  return result as Loaded | NotLoaded
}

const failureWith = (loader: () => unknown) => loadWith(loader) as NotLoaded

/** The loader's own error: a chain from the last thing tried to the first. */
function failureOf(messages: string[]): Error {
  const tried = messages.reduce<Error | undefined>((cause, message) => new Error(message, { cause }), undefined)
  return new Error('Cannot find native binding. npm has a bug', { cause: tried })
}

const symptoms: [symptom: string, is: NotLoaded['is'], messages: string[], fix: RegExp][] = [
  [
    'a missing platform package',
    'absent',
    ["Cannot find module 'doeff-vm-linux-x64-gnu'\nRequire stack:\n- a"],
    /--omit=optional/,
  ],
  ['a source checkout without a build', 'absent', ["Cannot find module '/x/native/binding.cjs'"], /npm start/],
  [
    'a glibc that is too old',
    'broken',
    ["/lib/libc.so.6: version `GLIBC_2.34' not found"],
    /older than the addon needs/,
  ],
  ['the addon of another libc', 'broken', ['Error loading shared library ld-linux-x86-64.so.2'], /another C library/],
  ['the addon of another platform', 'broken', ['/x/a.node: invalid ELF header'], /another platform/],
  ['addons disabled', 'disabled', ['Cannot load native addon because loading addons is disabled.'], /--allow-addons/],
  ['an unsupported platform', 'absent', ['Unsupported architecture on Linux: mips'], /no prebuilt addon/],
]

test.each(symptoms)('%s is explained with its fix', (_symptom, is, messages, fix) => {
  const cause = failureOf(messages)
  const failure = failureWith(() => {
    throw cause
  })
  expect(failure.is).toBe(is)
  expect(failure.message).toMatch(fix)
  expect(failure.message).toContain(`${process.platform} ${process.arch}`)
  expect(failure.message).not.toMatch(/npm has a bug|Require stack/)
  expect(failure.cause).toBe(cause)
})

test('what was tried is listed in the order it was tried', () => {
  const failure = failureWith(() => {
    throw failureOf(['first', "Cannot find module './doeff-vm.wasi.cjs'", 'second'])
  })
  expect(failure.message).toContain('Tried:\n  - first\n  - second\n')
})

test('an addon of another version is refused', () => {
  const failure = failureWith(() => ({ version: () => '0.0.0-other' }))
  expect(failure.is).toBe('broken')
  expect(failure.message).toContain(`doeff-vm ${manifest.version} found a native addon of version 0.0.0-other`)
})

test('an addon of this version is accepted', () => {
  const turn = () => {}
  const words: Int32Array[] = []
  const open = (given: Int32Array) => (words.push(given), turn)
  const loaded = loadWith(() => ({ version: () => manifest.version, open }))
  expect(loaded).toEqual({ version: manifest.version, words: words[0], turn })
})
