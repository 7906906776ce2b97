// The raw addon answers wrong calls with errors and random commands with outcomes; it never crashes the process.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { isNativeError } from 'node:util/types'

import fc from 'fast-check'

import { version } from '../../index'
import { Code, Op, Word } from '../../src-ts/wire/protocol'
import { addonFile } from '../support/addon-file'

interface Addon {
  open: (...words: unknown[]) => () => void
  version: (...args: unknown[]) => string
}
const addon = require(addonFile) as Addon

const wrong: [what: string, value: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 1],
  ['a string', 'words'],
  ['a symbol', Symbol('s')],
  ['a bigint', 1n],
  ['a function', () => 0],
  ['an object', {}],
  ['an array', []],
  ['a Proxy', new Proxy(new Int32Array(Word.LENGTH), {})],
  ['a buffer', new ArrayBuffer(Word.LENGTH * 4)],
  ['words that are too few', new Int32Array(new SharedArrayBuffer((Word.LENGTH - 1) * 4))],
  ['words that are too many', new Int32Array(new SharedArrayBuffer((Word.LENGTH + 1) * 4))],
  ['words that can be detached', new Int32Array(Word.LENGTH)],
  ['words of another type', new Uint32Array(Word.LENGTH)],
  ['bytes', new Uint8Array(Word.LENGTH * 4)],
]

test.each(wrong)('open of %s is refused', (_what, value) => {
  expect(() => addon.open(value)).toThrow(/shared words|Int32Array of exactly/)
  expect(() => Reflect.construct(addon.open, [value])).toThrow()
  expect(() => addon.open.call(value, value)).toThrow()
})

test.each(wrong)('version given %s, however it is called, is the version or an error', (_what, value) => {
  expect(addon.version(value)).toBe(version())
  expect(addon.version.call(value)).toBe(version())
  expect(() => Reflect.construct(addon.version, [value])).not.toThrow(/abort/)
})

test('a turn takes nothing from how it is called', () => {
  const words = new Int32Array(new SharedArrayBuffer(Word.LENGTH * 4))
  const turn = addon.open(words) as (...args: unknown[]) => unknown
  words[Word.VM] = 999_999
  words[Word.OP] = Op.STATS
  for (const [, value] of wrong) {
    words[Word.CODE] = 0
    expect(turn.call(value, value, value)).toBeUndefined()
    expect(words[Word.CODE]).toBe(Code.NO_SUCH_VM)
    expect(() => Reflect.construct(turn, [value])).not.toThrow(/abort/)
  }
})

test('an export that was deleted goes on working for who holds it', () => {
  const exports = addon as Partial<Addon>
  const { open } = addon
  delete exports.open
  try {
    expect(typeof open(new Int32Array(new SharedArrayBuffer(Word.LENGTH * 4)))).toBe('function')
    expect(() => open()).toThrow()
  } finally {
    exports.open = open
  }
})

test('100,000 random calls with random values are answered or refused', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    withObjectString: true,
  })
  const call = fc.record({
    name: fc.constantFrom('open' as const, 'version' as const),
    self: anything,
    args: fc.array(anything, { maxLength: 4 }),
    constructs: fc.boolean(),
  })
  let answered = 0
  fc.assert(
    fc.property(call, ({ name, self, args, constructs }) => {
      try {
        if (constructs) Reflect.construct(addon[name], args)
        else Reflect.apply(addon[name], self, args)
        answered++
      } catch (error) {
        if (!isNativeError(error)) throw error
      }
    }),
    { numRuns: 100_000 },
  )
  expect(answered).toBeGreaterThan(10_000)
}, 120_000)

test('a hundred thousand arguments are ignored', () => {
  const many = Array.from({ length: 100_000 }, () => 0)
  const called = () => {
    try {
      return addon.version(...many)
    } catch (error) {
      return (error as Error).name
    }
  }
  // On a small stack the engine itself refuses them.
  expect([version(), 'RangeError']).toContain(called())
  expect(() => addon.open(...many)).toThrow()
})

const protocol = JSON.stringify({
  LENGTH: Word.LENGTH,
  VM: Word.VM,
  OP: Word.OP,
  A: Word.A,
  D: Word.D,
  CODE: Word.CODE,
  LAST_OP: Op.STUCK,
  OPEN: Op.OPEN,
  CLOSE: Op.CLOSE,
  POISONED: Code.POISONED,
})

test.each([1, 2, 3, 4])('random commands are answered with known outcomes, from seed %d', seed => {
  const args = [join(__dirname, '../support/fuzz.mjs'), addonFile, protocol, String(seed), '250000']
  // Panics are caught and poison one machine; what they write to stderr is of no interest here.
  const env = { ...process.env, RUST_BACKTRACE: '0' }
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env })
  const outcomes = Object.keys(JSON.parse(output) as object).map(Number)
  for (const code of outcomes)
    expect(code <= Code.ESCAPED || (code >= Code.OPENED && code <= Code.MALFORMED)).toBe(true)
  expect(outcomes.length).toBeGreaterThan(10)
})

test.each([1, 2])(
  'turns of real programs, changed at random, are answered with known outcomes, from seed %d',
  seed => {
    const args = [join(__dirname, '../support/replayed.mjs'), addonFile, protocol, String(seed), '500000']
    const env = { ...process.env, RUST_BACKTRACE: '0' }
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env })
    const outcomes = Object.keys(JSON.parse(output) as object).map(Number)
    for (const code of outcomes)
      expect(code <= Code.ESCAPED || (code >= Code.OPENED && code <= Code.MALFORMED)).toBe(true)
    expect(outcomes.length).toBeGreaterThan(20)
  },
  300_000,
)
