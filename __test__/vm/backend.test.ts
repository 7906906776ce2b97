// Which backend runs the programs: the addon first on Node, the module first on Bun and Deno, the other one where the first
// does not load, and exactly the one that DOEFF_BACKEND names.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { backend, version } from '../../index'
import manifest from '../../package.json'
import type { Loaded, NotLoaded } from '../../src-ts/wire/loaded'

const addon: Loaded = { version: 'a', words: new Int32Array(1), turn() {} }
const wasm: Loaded = { version: 'w', words: new Int32Array(2), turn() {} }
const failed = (is: NotLoaded['is'], message: string): NotLoaded => ({ is, message, cause: new Error(message) })

const noAddon = failed('absent', 'doeff-vm could not load its native addon: no package.')
const brokenAddon = failed('broken', 'doeff-vm could not load its native addon: too old.')
const disabledAddon = failed('disabled', 'doeff-vm could not load its native addon: --no-addons.')
const noWasm = failed('absent', 'no file.')

interface Chosen {
  backend: string
  words: Int32Array
  turn: () => void
}

/** What is chosen when loading gives this; `tried` is in the order of the attempts. */
function choose(found: { addon: Loaded | NotLoaded; wasm: Loaded | NotLoaded }, variable?: string) {
  const tried: string[] = []
  const warnings: unknown[] = []
  const emitted = jest
    .spyOn(process, 'emitWarning')
    .mockImplementation((...args: unknown[]) => void warnings.push(args))
  const before = process.env.DOEFF_BACKEND
  if (variable === undefined) delete process.env.DOEFF_BACKEND
  else process.env.DOEFF_BACKEND = variable
  let chosen: Chosen | undefined
  let error: (Error & { code?: string }) | undefined
  jest.isolateModules(() => {
    jest.doMock('../../src-ts/wire/addon', () => ({ loadAddon: () => (tried.push('native'), found.addon) }))
    jest.doMock('../../src-ts/wire/wasm', () => ({ loadWasm: () => (tried.push('wasm'), found.wasm) }))
    try {
      chosen = require('../../src-ts/wire/backend') as Chosen
    } catch (thrown) {
      error = thrown as Error
    }
  })
  jest.dontMock('../../src-ts/wire/addon').dontMock('../../src-ts/wire/wasm')
  emitted.mockRestore()
  if (before === undefined) delete process.env.DOEFF_BACKEND
  else process.env.DOEFF_BACKEND = before
  return { chosen: chosen?.backend, words: chosen?.words, error, tried, warnings }
}

/** Runs `f` where the process says that it is Bun or Deno. */
function on<T>(runtime: 'bun' | 'deno', f: () => T): T {
  const versions = process.versions
  Object.defineProperty(process, 'versions', { value: { ...versions, [runtime]: '1.0.0' }, configurable: true })
  try {
    return f()
  } finally {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true })
  }
}

test('on Node the addon comes first, and the module is not even read', () => {
  const { chosen, words, tried, warnings } = choose({ addon, wasm })
  expect({ chosen, words, tried, warnings }).toEqual({
    chosen: 'native',
    words: addon.words,
    tried: ['native'],
    warnings: [],
  })
})

test.each(['bun', 'deno'] as const)('on %s the module comes first', runtime => {
  const { chosen, words, tried } = on(runtime, () => choose({ addon, wasm }))
  expect({ chosen, words, tried }).toEqual({ chosen: 'wasm', words: wasm.words, tried: ['wasm'] })
  expect(on(runtime, () => choose({ addon, wasm: noWasm })).chosen).toBe('native')
})

test.each([
  ['absent', noAddon],
  ['disabled', disabledAddon],
])('an addon that is %s gives way to the module without a word', (_, addon) => {
  const { chosen, tried, warnings } = choose({ addon, wasm })
  expect({ chosen, tried, warnings }).toEqual({ chosen: 'wasm', tried: ['native', 'wasm'], warnings: [] })
})

test('an addon that is there and broken gives way with one warning, which says why', () => {
  const { chosen, warnings } = choose({ addon: brokenAddon, wasm })
  expect(chosen).toBe('wasm')
  expect(warnings).toEqual([
    [expect.stringContaining('too old.'), { type: 'DoeffWarning', code: 'DOEFF_ADDON_BROKEN' }],
  ])
})

test('where neither loads the error has both causes', () => {
  const { error } = choose({ addon: brokenAddon, wasm: noWasm })
  expect(error?.code).toBe('ERR_DOEFF_NATIVE_BINDING')
  expect(error?.message).toMatch(/too old\.[^]*WebAssembly[^]*no file\./)
  expect(error?.cause).toBe(brokenAddon.cause)
  expect(on('bun', () => choose({ addon: brokenAddon, wasm: noWasm })).error?.message).toBe(error?.message)
})

test('DOEFF_BACKEND forces one of them, and nothing takes its place', () => {
  expect(choose({ addon, wasm }, 'wasm')).toMatchObject({ chosen: 'wasm', tried: ['wasm'] })
  expect(on('bun', () => choose({ addon, wasm }, 'native'))).toMatchObject({ chosen: 'native', tried: ['native'] })
  const native = choose({ addon: noAddon, wasm }, 'native')
  expect(native).toMatchObject({ tried: ['native'], error: { code: 'ERR_DOEFF_NATIVE_BINDING' } })
  expect(native.error?.message).toMatch('DOEFF_BACKEND is native, so nothing else was tried.')
  const module = choose({ addon, wasm: noWasm }, 'wasm')
  expect(module).toMatchObject({ tried: ['wasm'], error: { code: 'ERR_DOEFF_WASM', cause: noWasm.cause } })
})

test('an empty DOEFF_BACKEND is none, and any other word is refused', () => {
  expect(choose({ addon, wasm }, '').chosen).toBe('native')
  expect(choose({ addon, wasm }, 'WASM').error).toMatchObject({
    code: 'ERR_DOEFF_BACKEND',
    message: 'DOEFF_BACKEND is "native", "wasm" or unset, not "WASM".',
  })
})

test('where Deno has not allowed to read the variable it is not read', () => {
  const asked: unknown[] = []
  const deno = { permissions: { querySync: (what: object) => (asked.push(what), { state: 'prompt' }) } }
  Object.assign(globalThis, { Deno: deno })
  try {
    expect(on('deno', () => choose({ addon, wasm }, 'native')).chosen).toBe('wasm')
  } finally {
    delete (globalThis as { Deno?: unknown }).Deno
  }
  expect(asked).toEqual([{ name: 'env', variable: 'DOEFF_BACKEND' }])
})

test('these tests run on the backend that they were told to', () => {
  expect(backend).toBe(process.env.DOEFF_BACKEND === 'wasm' ? 'wasm' : 'native')
  expect(version()).toBe(manifest.version)
})

describe('the module itself', () => {
  const root = join(__dirname, '../..')
  // It needs tools that not everybody has; `npm test` says so.
  const testBuilt = existsSync(join(root, 'native/doeff-vm.wasm')) ? test : test.skip
  const program = `
    const { backend, Do, Get, Put, run, state, version } = require('./dist/index.js')
    const counts = Do(function* () {
      for (let i = 0; i < 1000; i++) yield* Put('n', ((yield* Get('n')) ?? 0) + i)
      return yield* Get('n')
    })
    console.log(backend, version(), run(counts().with(state())))`

  function start(flags: string[], env: Record<string, string> = {}, command = process.execPath) {
    const { stdout, stderr } = spawnSync(command, [...flags, '-e', program], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, DOEFF_BACKEND: '', ...env },
    })
    return { stdout: stdout.trim(), stderr }
  }

  testBuilt('runs programs where it is asked for', () => {
    expect(start([], { DOEFF_BACKEND: 'wasm' })).toEqual({ stdout: `wasm ${manifest.version} 499500`, stderr: '' })
  })

  testBuilt('takes the place of the addon where Node is started with --no-addons', () => {
    expect(start(['--no-addons'])).toEqual({ stdout: `wasm ${manifest.version} 499500`, stderr: '' })
  })

  testBuilt('runs programs in several workers at once', () => {
    const threads = `
      const { Worker } = require('node:worker_threads')
      for (let i = 0; i < 3; i++) new Worker(${JSON.stringify(program)}, { eval: true })`
    const env = { ...process.env, DOEFF_BACKEND: 'wasm' }
    const { stdout } = spawnSync(process.execPath, ['-e', threads], { cwd: root, encoding: 'utf8', env })
    expect(stdout.trim().split('\n')).toEqual(Array(3).fill(`wasm ${manifest.version} 499500`))
  })

  test('says that it needs WebAssembly, where there is none', () => {
    const { stderr } = start(['--jitless'], { DOEFF_BACKEND: 'wasm' })
    expect(stderr).toMatch('could not load its WebAssembly module: this runtime has no WebAssembly')
    expect(stderr).toMatch('ERR_DOEFF_WASM')
    expect(start(['--jitless'])).toMatchObject({ stdout: `native ${manifest.version} 499500` })
  })

  // Windows has no limit of this kind.
  const testLimited = process.platform === 'linux' && testBuilt === test ? test : test.skip
  testLimited('says that it needs address space, where that is limited, beside what is wrong with the addon', () => {
    const limited = ['-c', 'ulimit -v 6000000; exec "$@"', 'sh', process.execPath]
    const { stderr } = start([...limited, '--no-addons'], {}, 'sh')
    expect(stderr).toMatch(/addons disabled[^]*WebAssembly\.Memory\(\)[^]*raise "ulimit -v"/)
  })
})
