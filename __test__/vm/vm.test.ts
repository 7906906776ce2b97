// The VM as an object: its own State, environment and log, which persist across runs, and the host's own store.

import {
  Ask,
  type Continuation,
  Delegate,
  Do,
  effect,
  Get,
  handler,
  Modify,
  type ProgramGenerator,
  pure,
  Resume,
  state,
  Tell,
  UnhandledEffectError,
  type VM,
  WithHandler,
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

describe('a run', () => {
  test('takes a program, an effect, a generator function and a raw generator', () => {
    const vm = installed()
    const generator = (function* () {
      return yield* pure(4)
    })()
    expect([
      vm.run(pure(1)),
      vm.run(Get('missing')),
      vm.run(function* () {
        return yield* pure(3)
      }),
      vm.run(generator),
    ]).toEqual([1, undefined, 3, 4])
  })

  test('takes an instance of a user class', () => {
    class Twice {
      readonly n = 21
    }
    const doubling = function* (asked: unknown, k: Continuation<unknown>): ProgramGenerator<unknown, unknown> {
      return yield asked instanceof Twice ? Resume(k, asked.n * 2) : Delegate()
    }
    const vm = newVm()
    expect(
      vm.run(function* () {
        return yield WithHandler(doubling, function* () {
          return yield new Twice()
        })
      }),
    ).toBe(42)
    expect(() => vm.run(new Twice() as never)).toThrow(UnhandledEffectError)
  })

  test('runs a program anew each time', () => {
    let runs = 0
    const program = Do(function* () {
      return yield* pure(++runs)
    })()
    const vm = newVm()
    expect([vm.run(program), vm.run(program), runs]).toEqual([1, 2, 2])
  })

  test('counts the effects performed, and nothing else stays', () => {
    const vm = newVm()
    vm.run(counting().with(state()).with(writer()))
    expect(vm.stats()).toMatchObject({ effects: 3, frames: 0, segments: 0, stores: 0, values: 0 })
  })
})

describe('the host’s own store', () => {
  test('keeps what is set, under any key, apart from the State of programs', () => {
    const vm = installed()
    vm.setStore('n', 1)
    vm.setStore(vm, 2)
    expect([vm.getStore('n'), vm.getStore(vm), vm.getStore('missing')]).toEqual([1, 2, undefined])
    expect(vm.jsStore()).toEqual(
      new Map<unknown, unknown>([
        ['n', 1],
        [vm, 2],
      ]),
    )
    expect(vm.run(Get('n'))).toBeUndefined()
    expect(newVm().getStore('n')).toBeUndefined()
  })
})

describe('runScoped', () => {
  const all = { state: true, reader: true, writer: true }

  test('installs for one run only, over the stores of the VM', () => {
    const vm = newVm()
    expect([vm.runScoped(counting(), all), vm.runScoped(counting(), all)]).toEqual([1, 2])
    expect([vm.stateItems(), vm.logs()]).toEqual([{ n: 2 }, ['counted', 'counted']])
    expect(() => vm.run(counting())).toThrow(UnhandledEffectError)
  })

  test('installs what is asked for, and nothing else', () => {
    const vm = newVm()
    expect(() => vm.runScoped(counting(), { state: true })).toThrow('No handler takes Tell')
    expect(() => vm.runScoped(counting(), { writer: true, state: false })).toThrow('No handler takes Modify')
    expect(() => vm.runScoped(counting(), {})).toThrow(UnhandledEffectError)
    expect(vm.stateItems()).toEqual({ n: 1 })
  })

  test('removes the handlers when the program throws', () => {
    const vm = newVm()
    vm.setEnv({ a: 1 })
    const failing = Ask('a').map(() => {
      throw new Error('failed')
    })
    expect(() => vm.runScoped(failing, all)).toThrow('failed')
    expect(() => vm.run(Ask('a'))).toThrow(UnhandledEffectError)
    expect(vm.runScoped(Ask('a'), all)).toBe(1)
  })

  test('leaves handlers that are installed for good where they are', () => {
    const vm = installed()
    vm.runScoped(counting(), all)
    expect(vm.run(counting())).toBe(2)
  })
})

test('VMs are independent: an effect handled in one is unhandled in the other', () => {
  const Shared = effect('Shared')<[], number>()
  const h = handler('h').val(Shared, 1)
  expect(newVm().run(Shared().with(h))).toBe(1)
  expect(() => newVm().run(Shared())).toThrow(UnhandledEffectError)
})
