// GetHandlers() answers the handlers in scope, innermost first; in a clause, those of the place that performed.

import {
  Ask,
  Do,
  effect,
  Get,
  GetHandlers,
  type Handler,
  handler,
  InvalidHandlerError,
  Local,
  Modify,
  Put,
  reader,
  Resume,
  state,
  Tell,
  WithHandler,
  writer,
} from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'

const Probe = effect('Probe')<[], unknown>()
const [a, b, c] = ['a', 'b', 'c'].map(name => handler(name)) as [Handler, Handler, Handler]

const probing = Do(function* () {
  return yield* GetHandlers()
})
const names = Do(function* () {
  return (yield* GetHandlers()).map(({ name }) => name)
})
const install = (h: unknown) => h as Handler

test('answers the very handlers that were installed, innermost first', () => {
  const found = run(probing().with(a).with(b).with(c))
  expect(found).toHaveLength(3)
  expect([found[0] === a, found[1] === b, found[2] === c]).toEqual([true, true, true])
})

test('answers none outside of every handler', () => {
  expect(run(probing())).toEqual([])
})

test('counts a handler as often as it is installed', () => {
  expect(run(names().with(a).with(b).with(a))).toEqual(['a', 'b', 'a'])
})

test('includes those installed on the VM, and the built-in ones', () => {
  const vm = newVm()
  vm.stdlib().installState().installWriter()
  expect(vm.run(names().with(reader({})).with(a))).toEqual(['reader', 'a', 'writer', 'state'])
})

describe('in a clause', () => {
  test('answers those of the place that performed, not those of the clause', () => {
    const answering = handler('answering').ctl(Probe, function* (k) {
      return Resume(k, yield* names())
    })
    expect(run(Probe().with(a).with(answering).with(b))).toEqual(['a', 'answering', 'b'])
  })

  test('goes on answering them in what the clause calls', () => {
    const answering = handler('answering').raw(Probe, function* (k) {
      const called = yield* Do(function* () {
        return yield* names()
      })()
      return Resume(k, called)
    })
    expect(run(Probe().with(a).with(answering).with(b))).toEqual(['a', 'answering', 'b'])
  })

  test('of a catch-all includes the catch-all', () => {
    const handled = WithHandler(function* everything(_asked, k) {
      return Resume(k, yield* names())
    }, Probe().with(a))
    expect(run(handled.with(b))).toEqual(['a', 'everything', 'b'])
  })

  test('while a body resumed by a pending clause sees its own', () => {
    const pending = handler('pending').ctl(Probe, function* (k) {
      return yield Resume(k, 0)
    })
    expect(run(Probe().flatMap(names).with(a).with(pending).with(b))).toEqual(['a', 'pending', 'b'])
  })
})

describe('a handler that was answered can be installed again', () => {
  test('and a built-in one then shares its store', () => {
    const program = Do(function* () {
      yield* Put('n', 1)
      const [store] = yield* GetHandlers()
      const inner = yield* Modify<number>('n', n => (n ?? 0) + 10).with(install(store))
      return [inner, yield* Get('n')]
    })
    expect(run(program().with(state()))).toEqual([1, 11])
  })

  test('which stays when another store stands in between', () => {
    const program = Do(function* () {
      yield* Put('n', 'outer')
      const [store] = yield* GetHandlers()
      const inside = Do(function* () {
        return [yield* Get('n'), yield* Get('n').with(install(store))]
      })
      return yield* inside().with(state({ n: 'inner' }))
    })
    expect(run(program().with(state()))).toEqual(['inner', 'outer'])
  })

  test('also a layer that Local put there', () => {
    const program = Do(function* () {
      const layers = yield* GetHandlers()
      return [
        layers.length,
        yield* Ask('k')
          .with(install(layers[0]))
          .with(reader({ k: 'hidden' })),
      ]
    })
    expect(run(Local({ k: 'layer' }, program()).with(reader({})))).toEqual([2, 'layer'])
  })

  test('a log is shared as well', () => {
    const vm = newVm()
    vm.stdlib().installWriter()
    const program = Do(function* () {
      const [log] = yield* GetHandlers()
      yield* Tell('through it').with(install(log))
      yield* Tell('elsewhere').with(writer())
    })
    vm.run(program())
    expect(vm.logs()).toEqual(['through it'])
  })

  test('but not in another run, because its store ended with its own', () => {
    const vm = newVm()
    const [store] = vm.run(probing().with(state()))
    const error = thrownBy(() => vm.run(Get('n').with(install(store))))
    expect(error).toBeInstanceOf(InvalidHandlerError)
    expect((error as Error).message).toBe('state was taken from a run that is over.')
  })

  test('unless it is the VM’s own', () => {
    const vm = newVm()
    vm.stdlib().installState()
    const [store] = vm.run(probing())
    expect(store).toBe(vm.stdlib().state)
    expect(vm.run(Get('n').with(install(store)))).toBeUndefined()
  })
})
