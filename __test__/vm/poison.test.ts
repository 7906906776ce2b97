// A bug in the machine poisons the VM it happened in, and nothing else, on either backend. No bug is known: these tests write
// what the driver never does, a message told to no store, which makes any machine panic that hears of it.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { backend, Do, effect, handler, Listen, pure, run, Tell, type VM, VmPoisonedError, writer } from '../../index'
import { openVm, send, turn, word, words } from '../../src-ts/wire/mailbox'
import { Code, Deed, Journal, Op, Word } from '../../src-ts/wire/protocol'
import { addonFile } from '../support/addon-file'
import { newVm, thrownBy } from '../support/leaks'

const testNative = backend === 'native' ? test : test.skip

const Num = effect('Num')<[], number>()

/** The number of the machine that sent the last command. */
const lastMachine = () => word(Word.VM)

/** Makes a machine panic in its next turn. */
function breakMachine(vm: number) {
  words[Word.DEEDS] = 1
  words[Word.JOURNAL + Journal.WHAT] = Deed.TOLD
  return send(vm, Op.CATCH_UP)
}

/** A VM whose machine panicked, in the middle of a run. */
function poisoned(): { vm: VM; error: unknown } {
  const vm = newVm()
  const program = Do(function* () {
    yield* pure(1)
    breakMachine(lastMachine())
    return yield* Num()
  })
  return { vm, error: thrownBy(() => vm.run(program().with(handler('h').val(Num, 1)))) }
}

test('a panic during a run is thrown from it, saying that others are not affected', () => {
  const { error } = poisoned()
  expect(error).toBeInstanceOf(VmPoisonedError)
  expect((error as VmPoisonedError).code).toBe('ERR_VM_POISONED')
  expect((error as Error).message).toMatch('This VM broke and cannot be used any more; others are not affected.')
})

test('every later call on the VM throws the same error, except dispose', () => {
  const { vm, error } = poisoned()
  for (const call of [
    () => vm.run(pure(1)),
    () => vm.stdlib(),
    () => vm.startProgram(pure(1)),
    () => vm.stepOnce(),
    () => vm.stats(),
    () => vm.getStore('k'),
  ]) {
    expect(thrownBy(call)).toBe(error)
  }
  expect(() => vm.dispose()).not.toThrow()
})

test('other VMs, present and future, go on, and the process lives', () => {
  const before = newVm()
  before.stdlib().installState()
  poisoned()
  expect(before.run(pure('before'))).toBe('before')
  expect(newVm().run(pure('after'))).toBe('after')
})

test('the pool behind run drops the broken machine', () => {
  const broken = Do(function* () {
    yield* pure(1)
    breakMachine(lastMachine())
    return yield* Num()
  })
  const h = handler('h').val(Num, 1)
  for (let i = 0; i < 3; i++) expect(() => run(broken().with(h))).toThrow(VmPoisonedError)
  expect(run(Num().with(h))).toBe(1)
})

test('an asynchronous run rejects, and its VM is poisoned', async () => {
  const vm = newVm()
  const program = Do(function* () {
    yield* pure(1)
    breakMachine(lastMachine())
    return yield* Num()
  })
  await expect(vm.runAsync(program().with(handler('h').val(Num, 1)))).rejects.toThrow(VmPoisonedError)
  expect(() => vm.run(pure(1))).toThrow(VmPoisonedError)
})

test('a panic is answered with its message', () => {
  const number = openVm()
  expect(breakMachine(number)).toBe(Code.POISONED)
  const listing = words.subarray(Word.LISTING, Word.LISTING + word(Word.LISTING_COUNT))
  expect(String.fromCodePoint(...listing)).toMatch(/^a message is told to a store \(src-rs.journal\.rs:\d+:\d+\)$/)
  words[Word.DEEDS] = 0
  expect(send(number, Op.STATS)).toBe(Code.POISONED)
  words[Word.OP] = Op.CLOSE
  turn()
  expect(send(number, Op.STATS)).toBe(Code.NO_SUCH_VM)
})

testNative('a panic says nothing on stderr: its text and its place are in the error', () => {
  const script = `
    const addon = require(${JSON.stringify(addonFile)})
    const words = new Int32Array(new SharedArrayBuffer(${Word.LENGTH} * 4))
    const turn = addon.open(words)
    const send = (vm, op) => ((words[${Word.VM}] = vm), (words[${Word.OP}] = op), turn(), words[${Word.X}])
    send(0, ${Op.OPEN})
    words[${Word.DEEDS}] = 1
    words[${Word.JOURNAL + Journal.WHAT}] = ${Deed.TOLD}
    send(0, ${Op.CATCH_UP})
    console.log(words[${Word.CODE}])`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: join(__dirname, '../..'),
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: `${Code.POISONED}\n`, stderr: '' })
})

test('what was ahead of the machine that broke reaches no other', () => {
  const noted = handler('h').fun(Num, () => (breakMachine(lastMachine()), 1))
  const program = Do(function* () {
    yield* Tell('lost')
    yield* Num()
    return yield* Tell('lost, too')
  })
  expect(() => run(program().with(noted).with(writer()))).toThrow(VmPoisonedError)
  const told = Do(function* () {
    yield* Tell('a')
    yield* Tell('b')
    return 'end'
  })
  expect(run(Listen(told()).with(writer()))).toEqual(['end', ['a', 'b']])
})

test('two hundred machines break, one after the other, and the next goes on', () => {
  const survivor = newVm()
  for (let i = 0; i < 200; i++) poisoned()
  expect(survivor.run(pure(1))).toBe(1)
  expect(run(Num().with(handler('h').val(Num, 2)))).toBe(2)
})

test('a stack that ends in a run inside of a run is an error of the run, and later ones go on', () => {
  const h = handler('h').fun(Num, nest)
  function nest(): number {
    return run(Num().with(h))
  }
  const deeper = (n: number): number => (n === 0 ? nest() : deeper(n - 1))
  for (let n = 0; n < 5; n++) {
    const error = thrownBy(() => deeper(n)) as Error
    expect(['RangeError', 'VmPoisonedError']).toContain(error.name)
    expect(error.message).toMatch('Maximum call stack size exceeded')
  }
  expect(run(Num().with(handler('h').val(Num, 2)))).toBe(2)
})

test('a command to a machine that does not exist is answered, and no VM is affected', () => {
  const vm = newVm()
  expect(send(999_999, Op.STATS)).toBe(Code.NO_SUCH_VM)
  expect(send(-1, Op.CLOSE)).toBe(Code.READY)
  expect(vm.run(pure(1))).toBe(1)
})
