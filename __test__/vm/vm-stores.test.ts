// The State, environment and log of a VM: they persist across its runs and are its own.

import {
  Ask,
  Do,
  DoeffTypeError,
  Get,
  InvalidHandlerError,
  Listen,
  MissingEnvKeyError,
  Modify,
  Put,
  reader,
  state,
  Tell,
  type VM,
  writer,
} from '../../index'
import { newVm } from '../support/leaks'

const counting = Do(function* () {
  yield* Modify<number>('n', n => (n ?? 0) + 1)
  yield* Tell('counted')
  return yield* Get<number>('n')
})

/** A VM whose State, Reader and Writer are around every run. */
function installed(): VM {
  const vm = newVm()
  vm.stdlib().installState().installReader().installWriter()
  return vm
}

describe('the stores of a VM', () => {
  test('persist across its runs, and are those of this VM only', () => {
    const [vm, other] = [installed(), installed()]
    expect([vm.run(counting()), vm.run(counting()), other.run(counting())]).toEqual([1, 2, 1])
    expect(vm.logs()).toEqual(['counted', 'counted'])
    expect(other.stateItems()).toEqual({ n: 1 })
  })

  test('keep what a failed run wrote', () => {
    const vm = installed()
    const failing = Do(function* () {
      yield* counting()
      throw new Error('failed')
    })
    expect(() => vm.run(failing())).toThrow('failed')
    expect([vm.stateItems(), vm.logs()]).toEqual([{ n: 1 }, ['counted']])
  })

  test('are around every run in the order of installation, the last one innermost, and once', () => {
    const vm = newVm()
    vm.stdlib().installState().installState()
    expect(vm.run(counting().with(writer()))).toBe(1)
    expect(() => vm.run(Tell('lost'))).toThrow('(searched: state)')
  })

  test('are hidden by a handler of the program', () => {
    const vm = installed()
    expect(vm.run(counting().with(state({ n: 10 })))).toBe(11)
    expect(vm.stateItems()).toEqual({})
    expect(vm.logs()).toEqual(['counted'])
  })

  test('can be installed by a program with WithHandler, and then persist as well', () => {
    const vm = newVm()
    const { state: own, writer: log } = vm.stdlib()
    expect(vm.run(counting().with(own).with(log))).toBe(1)
    expect(vm.run(counting().with(own).with(writer()))).toBe(2)
    expect([own.items(), log.logs()]).toEqual([{ n: 2 }, ['counted']])
  })

  test('cannot be installed in another VM', () => {
    const { state: own } = newVm().stdlib()
    expect(() => newVm().run(counting().with(own).with(writer()))).toThrow(InvalidHandlerError)
  })

  test('are the same each time they are asked for', () => {
    const vm = newVm()
    expect(vm.stdlib()).toBe(vm.stdlib())
  })

  test('keep values as they are', () => {
    const vm = installed()
    const values = [{}, () => 0, Symbol('s'), new (class Some {})(), '\uD800', Number.NaN]
    for (const [i, value] of values.entries()) vm.run(Put(i, value))
    for (const [i, value] of values.entries()) expect(vm.run(Get(i))).toBe(value)
    expect([...vm.stateEntries()]).toEqual([...values.entries()])
  })

  test('keep a value of any size where it is', () => {
    const vm = installed()
    const [text, bytes] = ['x'.repeat(2 ** 29 - 24), new ArrayBuffer(2 ** 28)]
    vm.run(Put('text', text))
    vm.run(Put('bytes', bytes))
    // A matcher would print them.
    expect([vm.run(Get('text')) === text, vm.run(Get('bytes')) === bytes]).toEqual([true, true])
  })

  test('are read as an object of the string keys, and whole as a Map', () => {
    const vm = installed()
    const symbol = Symbol('key')
    for (const key of ['text', '__proto__', 'constructor', '', 1, symbol, Number.NaN]) vm.run(Put(key, key))
    expect(Object.entries(vm.stateItems())).toEqual([
      ['text', 'text'],
      ['__proto__', '__proto__'],
      ['constructor', 'constructor'],
      ['', ''],
    ])
    expect([...vm.stateEntries().keys()]).toEqual(['text', '__proto__', 'constructor', '', 1, symbol, Number.NaN])
  })

  test('are handed out as copies', () => {
    const vm = installed()
    vm.run(counting())
    vm.stateItems().n = 100
    vm.stateEntries().clear()
    vm.logs().pop()
    expect([vm.run(Get('n')), vm.logs()]).toEqual([1, ['counted']])
  })

  test('hold more entries than one page of the mailbox', () => {
    const vm = installed()
    const many = Do(function* () {
      for (let i = 0; i < 2000; i++) {
        yield* Put(`key ${i}`, i)
        yield* Tell(i)
      }
    })
    vm.run(many())
    expect(vm.stateEntries().size).toBe(2000)
    expect(vm.stateItems()['key 1999']).toBe(1999)
    expect(vm.logs()).toEqual(Array.from({ length: 2000 }, (_, i) => i))
  })

  test('are listened to like any log', () => {
    expect(installed().run(Listen(counting()))).toEqual([1, ['counted']])
  })
})

describe('the environment of a VM', () => {
  test.each<[string, Parameters<VM['setEnv']>[0]]>([
    ['an object', { host: 'a', port: 1 }],
    [
      'a Map',
      new Map<string, unknown>([
        ['host', 'a'],
        ['port', 1],
      ]),
    ],
    [
      'pairs',
      [
        ['host', 'a'],
        ['port', 1],
      ],
    ],
  ])('is set from %s', (_what, bindings) => {
    const vm = installed()
    vm.setEnv(bindings)
    expect([vm.run(Ask('host')), vm.run(Ask('port'))]).toEqual(['a', 1])
    expect(vm.stdlib().reader.env()).toEqual(
      new Map<string, unknown>([
        ['host', 'a'],
        ['port', 1],
      ]),
    )
  })

  test('is replaced as a whole', () => {
    const vm = installed()
    vm.setEnv({ old: 1 })
    vm.setEnv({ new: 2 })
    expect(vm.run(Ask('new'))).toBe(2)
    expect(() => vm.run(Ask('old'))).toThrow(MissingEnvKeyError)
  })

  test('is left as it was by bindings that cannot be read', () => {
    const vm = installed()
    vm.setEnv({ host: 'a' })
    expect(() => vm.setEnv(5 as never)).toThrow(DoeffTypeError)
    expect(() =>
      vm.setEnv(
        (function* () {
          yield ['host', 'b'] as const
          throw new Error('broken')
        })(),
      ),
    ).toThrow('broken')
    expect(vm.run(Ask('host'))).toBe('a')
  })

  test('is overridden by a reader of the program', () => {
    const vm = installed()
    vm.setEnv({ host: 'vm', port: 1 })
    const program = Do(function* () {
      return [yield* Ask('host'), yield* Ask('host').with(reader({ host: 'own' }))]
    })
    expect(vm.run(program())).toEqual(['vm', 'own'])
  })
})
