// Asynchronous runs: the whole run waits for the outside, can be aborted, and lets the event loop have its turn.

import {
  AsyncEscape,
  AsyncInSyncRunError,
  Do,
  effect,
  handler,
  InvalidYieldError,
  type Program,
  pure,
  Resume,
  run,
  runAsync,
  Tell,
} from '../../index'
import { newVm } from '../support/leaks'

type Any = Program<unknown, unknown>

const later = <T>(value: T, ms = 1) => new Promise<T>(resolve => setTimeout(resolve, ms, value))
const never = () => new Promise(() => {})
const Stop = effect('Stop')<[], unknown>()

/** Both ways to run asynchronously. */
const ways: [name: string, run: (program: Any, options?: { signal?: AbortSignal }) => Promise<unknown>][] = [
  ['runAsync', (program, options) => runAsync(program as Program, options)],
  ['vm.runAsync', (program, options) => newVm().runAsync(program, options)],
]

describe.each(ways)('%s', (_name, runOn) => {
  test('answers what the action resolves to', async () => {
    const program = Do(function* () {
      return [yield* AsyncEscape(() => later('a')), yield* AsyncEscape(() => later('b'))]
    })
    expect(await runOn(program())).toEqual(['a', 'b'])
  })

  test('answers what an action gives that is no promise', async () => {
    expect(await runOn(AsyncEscape(() => 5))).toBe(5)
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('action'))],
    [
      'throws',
      () => {
        throw new Error('action')
      },
    ],
  ])('throws at the yield when the action %s, where it can be caught', async (_how, action) => {
    const program = Do(function* () {
      try {
        return yield* AsyncEscape(action)
      } catch (error) {
        return ['caught', error, yield* AsyncEscape(() => later('goes on'))]
      }
    })
    expect(await runOn(program())).toEqual(['caught', new Error('action'), 'goes on'])
    await expect(runOn(AsyncEscape(action))).rejects.toThrow('action')
  })

  test('rejects with the very value the program throws', async () => {
    for (const thrown of [new Error('mine'), 'text', undefined]) {
      const failing = AsyncEscape(() => later(1)).map(() => {
        throw thrown
      })
      await expect(runOn(failing)).rejects.toBe(thrown)
    }
  })

  test('gives a value that is thenable as it is, to the caller’s own await', async () => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- the case under test
      then(resolve: (value: string) => void) {
        resolve('settled')
      },
    }
    expect(await runOn(pure(thenable))).toBe('settled')
  })

  test('waits in clauses and cleanups as well', async () => {
    const steps: unknown[] = []
    const body = Do(function* () {
      try {
        return yield* Stop()
      } finally {
        steps.push(yield* AsyncEscape(() => later('cleanup')))
      }
    })
    const waiting = handler('waiting').ctl(Stop, function* () {
      steps.push(yield* AsyncEscape(() => later('clause')))
      return 'ended'
    })
    expect(await runOn(body().with(waiting))).toBe('ended')
    expect(steps).toEqual(['clause', 'cleanup'])
  })

  test('runs programs that do not wait as run does', async () => {
    expect(await runOn(Stop().with(handler('h').val(Stop, 3)))).toBe(3)
  })

  test('carries out many runs at once', async () => {
    const program = Do(function* (n: number) {
      let sum = 0
      for (let i = 0; i < 3; i++) sum += yield* AsyncEscape(() => later(n))
      return sum
    })
    expect(await Promise.all([1, 2, 3, 4, 5].map(n => runOn(program(n))))).toEqual([3, 6, 9, 12, 15])
  })
})

describe.each(ways)('%s with a signal', (_name, runOn) => {
  const steps: string[] = []
  beforeEach(() => steps.splice(0))
  const cleaning = Do(function* (action: () => unknown) {
    try {
      yield* AsyncEscape(action as () => Promise<unknown>)
      steps.push('went on')
    } finally {
      steps.push('cleaned')
    }
  })

  test('that is aborted already does not start the program', async () => {
    const program = pure(0).map(() => steps.push('started'))
    await expect(runOn(program, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
    expect(steps).toEqual([])
  })

  test('that is aborted while it waits unwinds and rejects with the reason', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    setTimeout(() => controller.abort(reason), 1)
    await expect(runOn(cleaning(never), { signal: controller.signal })).rejects.toBe(reason)
    expect(steps).toEqual(['cleaned'])
  })

  test('that is aborted while it computes unwinds and rejects with the reason', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('stop'), 1)
    const computing = Do(function* () {
      try {
        for (;;) yield* pure(1)
      } finally {
        steps.push('cleaned')
      }
    })
    await expect(runOn(computing(), { signal: controller.signal })).rejects.toBe('stop')
    expect(steps).toEqual(['cleaned'])
  })

  test('that is aborted by the program itself ends it at its next wait', async () => {
    const controller = new AbortController()
    const aborting = cleaning(async () => controller.abort('own'))
    await expect(runOn(aborting, { signal: controller.signal })).rejects.toBe('own')
    expect(steps).toEqual(['cleaned'])
  })

  test('that is aborted by the program itself, while it computes, ends it in the same way', async () => {
    const controller = new AbortController()
    const aborting = Do(function* () {
      try {
        yield* pure(0).map(() => controller.abort('own'))
        yield* AsyncEscape(never)
      } finally {
        yield* AsyncEscape(() => later(0))
        steps.push('cleaned')
      }
    })
    await expect(runOn(aborting(), { signal: controller.signal })).rejects.toBe('own')
    expect(steps).toEqual(['cleaned'])
  })

  test('that is aborted by an action that never ends, unwinds', async () => {
    const controller = new AbortController()
    const aborting = () => {
      controller.abort('own')
      return never()
    }
    await expect(runOn(cleaning(aborting), { signal: controller.signal })).rejects.toBe('own')
    expect(steps).toEqual(['cleaned'])
  })

  test('ignores what the abandoned action does later', async () => {
    const controller = new AbortController()
    const late = () => later(0, 5).then(() => Promise.reject(new Error('late')))
    setTimeout(() => controller.abort('stop'), 1)
    await expect(runOn(cleaning(late), { signal: controller.signal })).rejects.toBe('stop')
    await later(0, 10)
  })

  test('performs the effects of cleanups under their handlers', async () => {
    const controller = new AbortController()
    const log: unknown[] = []
    const program = Do(function* () {
      try {
        yield* AsyncEscape(async () => controller.abort('stop'))
      } finally {
        yield* Tell('bye')
      }
    })
    const logging = handler('logging').fun(Tell, message => void log.push(message))
    await expect(runOn(program().with(logging), { signal: controller.signal })).rejects.toBe('stop')
    expect(log).toEqual(['bye'])
  })

  test('rejects with the error of a cleanup that failed', async () => {
    const controller = new AbortController()
    const failing = Do(function* () {
      try {
        yield* AsyncEscape(async () => controller.abort('stop'))
      } finally {
        yield pure(0).map(() => {
          throw new Error('cleanup')
        })
      }
    })
    await expect(runOn(failing(), { signal: controller.signal })).rejects.toThrow('cleanup')
  })

  test('waits where a cleanup waits, and is not interrupted there', async () => {
    const controller = new AbortController()
    const waiting = Do(function* () {
      try {
        yield* AsyncEscape(async () => controller.abort('stop'))
      } finally {
        steps.push(yield* AsyncEscape(signal => later(`interrupted: ${signal.aborted}`)))
      }
    })
    await expect(runOn(waiting(), { signal: controller.signal })).rejects.toBe('stop')
    expect(steps).toEqual(['interrupted: false'])
  })

  test('that is never aborted keeps no listener', async () => {
    const { signal } = new AbortController()
    const added = jest.spyOn(signal, 'addEventListener')
    const removed = jest.spyOn(signal, 'removeEventListener')
    await runOn(
      cleaning(() => later(1)),
      { signal },
    )
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length)
  })
})

test('the event loop gets its turn while a run computes', async () => {
  const ticks: number[] = []
  const timer = setInterval(() => ticks.push(0), 1)
  const computing = Do(function* () {
    while (ticks.length < 5) yield* pure(1)
    return 'seen'
  })
  expect(await runAsync(computing(), { yieldEveryMs: 1 })).toBe('seen')
  clearInterval(timer)
})

test('a synchronous run refuses to wait, at the yield', () => {
  const program = Do(function* () {
    try {
      return yield* AsyncEscape(never)
    } catch (error) {
      return error
    }
  })
  const error = run(program() as Program)
  expect(error).toBeInstanceOf(AsyncInSyncRunError)
  expect((error as Error).message).toMatch(/AsyncEscape.*runAsync/)
  expect(() => newVm().run(AsyncEscape(never))).toThrow(AsyncInSyncRunError)
})

test('AsyncEscape takes a function', async () => {
  for (const action of [Promise.resolve(1), undefined, 5]) {
    await expect(runAsync(AsyncEscape(action as never))).rejects.toThrow(InvalidYieldError)
  }
})

test('a VM can be used again after each kind of asynchronous end', async () => {
  const vm = newVm()
  await vm.runAsync(AsyncEscape(() => later(1)))
  await expect(vm.runAsync(AsyncEscape(() => Promise.reject(new Error('no'))))).rejects.toThrow('no')
  await expect(vm.runAsync(AsyncEscape(never), { signal: AbortSignal.timeout(1) })).rejects.toThrow(/timeout/)
  const pending = handler('pending').ctl(Stop, function* (k) {
    return [yield* Resume(k as never, yield* AsyncEscape(() => later('resumed')))]
  })
  expect(await vm.runAsync(Stop().with(pending))).toEqual(['resumed'])
})
