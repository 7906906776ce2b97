// A bug in the machine poisons the VM it happened in, and nothing else. The checked addon panics when asked to.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { Do, effect, handler, pure, run, type VM, VmPoisonedError } from '../../index'
import { openVm, send, turn, word, words } from '../../src-ts/wire/mailbox'
import { Code, Op, Word } from '../../src-ts/wire/protocol'
import { newVm, thrownBy } from '../support/leaks'

// The release addon has no way to be made to panic.
const testChecked = process.env.DOEFF_CHECKED === '1' ? test : test.skip

const Num = effect('Num')<[], number>()

/** The number of the machine that sent the last command. */
const lastMachine = () => word(Word.VM)

/** A VM whose machine panicked, in the middle of a run. */
function poisoned(): { vm: VM; error: unknown } {
  const vm = newVm()
  const program = Do(function* () {
    yield* pure(1)
    send(lastMachine(), Op.PANIC)
    return yield* Num()
  })
  return { vm, error: thrownBy(() => vm.run(program().with(handler('h').val(Num, 1)))) }
}

testChecked('a panic during a run is thrown from it, saying that others are not affected', () => {
  const { error } = poisoned()
  expect(error).toBeInstanceOf(VmPoisonedError)
  expect((error as VmPoisonedError).code).toBe('ERR_VM_POISONED')
  expect((error as Error).message).toMatch('This VM broke and cannot be used any more; others are not affected.')
})

testChecked('every later call on the VM throws the same error, except dispose', () => {
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

testChecked('other VMs, present and future, go on, and the process lives', () => {
  const before = newVm()
  before.stdlib().installState()
  poisoned()
  expect(before.run(pure('before'))).toBe('before')
  expect(newVm().run(pure('after'))).toBe('after')
})

testChecked('the pool behind run drops the broken machine', () => {
  const broken = Do(function* () {
    yield* pure(1)
    send(lastMachine(), Op.PANIC)
    return yield* Num()
  })
  const h = handler('h').val(Num, 1)
  for (let i = 0; i < 3; i++) expect(() => run(broken().with(h))).toThrow(VmPoisonedError)
  expect(run(Num().with(h))).toBe(1)
})

testChecked('an asynchronous run rejects, and its VM is poisoned', async () => {
  const vm = newVm()
  const program = Do(function* () {
    yield* pure(1)
    send(lastMachine(), Op.PANIC)
    return yield* Num()
  })
  await expect(vm.runAsync(program().with(handler('h').val(Num, 1)))).rejects.toThrow(VmPoisonedError)
  expect(() => vm.run(pure(1))).toThrow(VmPoisonedError)
})

testChecked('a panic is answered with its message', () => {
  const number = openVm()
  expect(send(number, Op.PANIC)).toBe(Code.POISONED)
  const listing = words.subarray(Word.LISTING, Word.LISTING + word(Word.LISTING_COUNT))
  expect(String.fromCodePoint(...listing)).toMatch(/^a panic asked for by a test \(src-rs\/environment\.rs:\d+:\d+\)$/)
  expect(send(number, Op.STATS)).toBe(Code.POISONED)
  words[Word.OP] = Op.CLOSE
  turn()
  expect(send(number, Op.STATS)).toBe(Code.NO_SUCH_VM)
})

testChecked('a panic says nothing on stderr: its text and its place are in the error', () => {
  const script = `
    const addon = require('./native/checked/doeff-vm.node')
    const words = new Int32Array(new SharedArrayBuffer(${Word.LENGTH} * 4))
    const turn = addon.open(words)
    const send = (vm, op) => ((words[${Word.VM}] = vm), (words[${Word.OP}] = op), turn(), words[${Word.X}])
    send(send(0, ${Op.OPEN}), ${Op.PANIC})
    console.log(words[${Word.CODE}])`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: join(__dirname, '../..'),
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: `${Code.POISONED}\n`, stderr: '' })
})

test('a command to a machine that does not exist is answered, and no VM is affected', () => {
  const vm = newVm()
  expect(send(999_999, Op.STATS)).toBe(Code.NO_SUCH_VM)
  expect(send(-1, Op.CLOSE)).toBe(Code.READY)
  expect(vm.run(pure(1))).toBe(1)
})
