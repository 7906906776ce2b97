// The door to native code: every failure to load is one error with a stable code, a cause and a fix.

import manifest from '../../package.json'

/** What loading the addon does when the generated loader throws this, or returns that. */
function loadWith(loader: () => unknown): Error & { code?: string } {
  let thrown: unknown
  jest.isolateModules(() => {
    jest.doMock('#binding', loader)
    try {
      require('../../src-ts/wire/binding')
    } catch (error) {
      thrown = error
    }
    jest.dontMock('#binding')
  })
  return thrown as Error & { code?: string }
}

/** The loader's own error: a chain from the last thing tried to the first. */
function failureOf(messages: string[]): Error {
  const tried = messages.reduce<Error | undefined>((cause, message) => new Error(message, { cause }), undefined)
  return new Error('Cannot find native binding. npm has a bug', { cause: tried })
}

const symptoms: [symptom: string, messages: string[], fix: RegExp][] = [
  [
    'a missing platform package',
    ["Cannot find module 'doeff-vm-linux-x64-gnu'\nRequire stack:\n- a"],
    /--omit=optional/,
  ],
  ['a source checkout without a build', ["Cannot find module '/x/native/binding.cjs'"], /npm start/],
  ['a glibc that is too old', ["/lib/libc.so.6: version `GLIBC_2.34' not found"], /older than the addon needs/],
  ['the addon of another libc', ['Error loading shared library ld-linux-x86-64.so.2'], /another C library/],
  ['the addon of another platform', ['/x/a.node: invalid ELF header'], /another platform/],
  ['addons disabled', ['Cannot load native addon because loading addons is disabled.'], /--allow-addons/],
  ['an unsupported platform', ['Unsupported architecture on Linux: mips'], /no prebuilt addon/],
]

test.each(symptoms)('%s is explained with its fix', (_symptom, messages, fix) => {
  const cause = failureOf(messages)
  const error = loadWith(() => {
    throw cause
  })
  expect(error.code).toBe('ERR_DOEFF_NATIVE_BINDING')
  expect(error.message).toMatch(fix)
  expect(error.message).toContain(`${process.platform} ${process.arch}`)
  expect(error.message).not.toMatch(/npm has a bug|Require stack/)
  expect(error.cause).toBe(cause)
})

test('what was tried is listed in the order it was tried', () => {
  const error = loadWith(() => {
    throw failureOf(['first', "Cannot find module './doeff-vm.wasi.cjs'", 'second'])
  })
  expect(error.message).toContain('Tried:\n  - first\n  - second\n')
})

test('an addon of another version is refused', () => {
  const error = loadWith(() => ({ version: () => '0.0.0-other' }))
  expect(error.code).toBe('ERR_DOEFF_NATIVE_BINDING')
  expect(error.message).toContain(`doeff-vm ${manifest.version} loaded a native addon of version 0.0.0-other`)
})

test('an addon of this version is accepted', () => {
  expect(loadWith(() => ({ version: () => manifest.version }))).toBeUndefined()
})
