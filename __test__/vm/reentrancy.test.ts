// Runs inside of runs: another VM may be used anywhere; the same one, while it runs, refuses and stays as it was.

import { AsyncLocalStorage } from 'node:async_hooks'

import {
  AsyncEscape,
  Do,
  effect,
  type EffectOf,
  type Handler,
  Get,
  handler,
  Modify,
  pure,
  Put,
  ReentrantRunError,
  run,
  runAsync,
  state,
} from '../../index'
import { newVm, thrownBy } from '../support/leaks'

const Num = effect('Num')<[], number>()
const nested = () =>
  run(
    Do(function* () {
      return (yield* Num()) + 1
    })().with(handler('inner').fun(Num, () => 41)),
  )

describe('run inside of a run gives its own result:', () => {
  test.each([
    [
      'in a program',
      Do(function* () {
        return [nested(), yield* Num()]
      })(),
    ],
    ['in a sub-program', pure(0).map(() => [nested(), 1])],
  ])('%s', (_where, program) => {
    expect(run(program.with(handler('outer').fun(Num, () => 1)))).toEqual([42, 1])
  })

  test.each([
    ['fun', handler('outer').fun(Num, () => nested())],
    [
      'ctl',
      handler('outer').ctl(Num, function* () {
        return nested()
      }),
    ],
    ['final', handler('outer').final(Num, () => nested())],
    [
      'returns',
      handler('outer')
        .val(Num, 1)
        .returns(() => nested()),
    ],
  ])('in a %s clause', (_kind, outer) => {
    expect(run(Num().with(outer as Handler<EffectOf<typeof Num>>))).toBe(42)
  })

  test('in the function given to Modify', () => {
    const program = Do(function* () {
      yield* Modify('n', () => nested())
      return yield* Get('n')
    })
    expect(run(program().with(state()))).toBe(42)
  })

  test('in an accessor of an effect that is being dispatched', () => {
    class Plain {}
    const odd = Object.defineProperty({}, 'constructor', {
      get() {
        nested()
        return Plain
      },
    })
    const program = Do(function* () {
      return yield odd
    })
    expect(run(program().with(handler('h').on(Plain).val('answered')))).toBe('answered')
  })

  test('in a cleanup', () => {
    const seen: number[] = []
    const program = Do(function* () {
      try {
        yield* Num()
      } finally {
        seen.push(nested())
      }
    })
    run(program().with(handler('h').final(Num, () => 0)))
    expect(seen).toEqual([42])
  })

  test('a hundred deep', () => {
    const deep = (n: number): number => (n === 0 ? 0 : 1 + run(Num().with(handler('h').fun(Num, () => deep(n - 1)))))
    expect(deep(100)).toBe(100)
  })

  test('and its error is the error of the call, which the outer run may catch', () => {
    const program = Do(function* () {
      const error = thrownBy(() => run(Num() as never))
      return [(error as { code?: unknown }).code, yield* Num()]
    })
    expect(run(program().with(handler('outer').val(Num, 5)))).toEqual(['ERR_UNHANDLED_EFFECT', 5])
  })
})

describe('the same VM, entered again while it runs,', () => {
  const entries = {
    run: (vm: ReturnType<typeof newVm>) => vm.run(pure(1)),
    runScoped: (vm: ReturnType<typeof newVm>) => vm.runScoped(pure(1), { state: true }),
    startProgram: (vm: ReturnType<typeof newVm>) => vm.startProgram(pure(1)),
    dispose: (vm: ReturnType<typeof newVm>) => vm.dispose(),
  }

  test.each(Object.entries(entries))('refuses %s, and the run under way is not disturbed', (_name, enter) => {
    const vm = newVm()
    const program = Do(function* () {
      yield* Put('n', 1)
      const error = thrownBy(() => enter(vm))
      return [error, yield* Get('n')]
    })
    const [error, n] = vm.run(program().with(state())) as [unknown, unknown]
    expect(error).toBeInstanceOf(ReentrantRunError)
    expect((error as ReentrantRunError).code).toBe('ERR_REENTRANT_RUN')
    expect(n).toBe(1)
    expect(vm.run(pure('usable'))).toBe('usable')
  })

  test('refuses runAsync, as a rejection', async () => {
    const vm = newVm()
    let attempt: Promise<unknown> | undefined
    const program = Do(function* () {
      attempt = vm.runAsync(pure(1))
      yield* pure(1)
    })
    vm.run(program())
    await expect(attempt).rejects.toThrow(ReentrantRunError)
  })

  test('refuses run while an asynchronous run waits', async () => {
    const vm = newVm()
    const waiting = vm.runAsync(AsyncEscape(async () => 'waited'))
    expect(() => vm.run(pure(1))).toThrow(ReentrantRunError)
    await expect(waiting).resolves.toBe('waited')
    expect(vm.run(pure(1))).toBe(1)
  })

  test('answers questions about itself', () => {
    const vm = newVm()
    vm.stdlib().installState()
    const program = Do(function* () {
      yield* Put('n', 1)
      return [vm.stateItems(), vm.stats().frames > 0]
    })
    expect(vm.run(program())).toEqual([{ n: 1 }, true])
  })
})

test('a clause of one VM may run a program of another, with handlers shared by both', () => {
  const [outer, inner] = [newVm(), newVm()]
  const shared = handler('shared').fun(Num, () => 7)
  const crossing = handler('crossing').fun(Get, () => inner.run(Num().with(shared)))
  const program = Do(function* () {
    return [yield* Num(), yield* Get('x'), yield* Num()]
  })
  expect(outer.run(program().with(shared).with(crossing))).toEqual([7, 7, 7])
})

describe('an AsyncLocalStorage store', () => {
  const storage = new AsyncLocalStorage<string>()
  const reading = handler('reading').fun(Num, () => storage.getStore()?.length ?? -1)

  test('that is current when a program is run is seen by programs and clauses', () => {
    const program = Do(function* () {
      return [storage.getStore(), yield* Num()]
    })
    expect(storage.run('four', () => run(program().with(reading)))).toEqual(['four', 4])
    expect(run(program().with(reading))).toEqual([undefined, -1])
  })

  test('is seen after the program waited for the outside', async () => {
    const program = Do(function* () {
      const before = storage.getStore()
      const during = yield* AsyncEscape(() => new Promise(resolve => setImmediate(() => resolve(storage.getStore()))))
      return [before, during, storage.getStore(), yield* Num()]
    })
    const runs = ['one', 'three'].map(store => storage.run(store, () => runAsync(program().with(reading))))
    expect(await Promise.all(runs)).toEqual([
      ['one', 'one', 'one', 3],
      ['three', 'three', 'three', 5],
    ])
  })
})
