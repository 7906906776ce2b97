// A run that cannot begin rejects before anything has happened: the VM is as it was, and can be used.

import {
  AsyncEscape,
  Do,
  Get,
  handler,
  pure,
  Put,
  reader,
  runAsync,
  scheduled,
  type VM,
  VmPoisonedError,
} from '../../index'
import { newVm } from '../support/leaks'

const events: string[] = []
const program = pure(1).map(() => events.push('began'))
beforeEach(() => events.splice(0))

const exploding = (name: string): object =>
  Object.defineProperty({}, name, {
    get() {
      throw new Error(`${name} was read`)
    },
  })

const wrong: [what: string, options: unknown, message: string][] = [
  ['null for options', null, 'runAsync: the options are an object, not null.'],
  ['a number for options', 5, 'runAsync: the options are an object, not 5.'],
  ['null for a signal', { signal: null }, 'runAsync: signal is an AbortSignal, not null.'],
  ['a signal without listeners', { signal: { aborted: false } }, 'runAsync: signal is an AbortSignal, not '],
  ['a controller for its signal', { signal: new AbortController() }, 'runAsync: signal is an AbortSignal, not '],
  ['a signal that is aborted', { signal: AbortSignal.abort(new Error('before')) }, 'before'],
  ['NaN for yieldEveryMs', { yieldEveryMs: NaN }, 'runAsync: yieldEveryMs is a number of milliseconds, not NaN.'],
  ['a negative yieldEveryMs', { yieldEveryMs: -1 }, 'runAsync: yieldEveryMs is a number of milliseconds, not -1.'],
  ['a text for yieldEveryMs', { yieldEveryMs: '5' }, "runAsync: yieldEveryMs is a number of milliseconds, not '5'."],
  ['a hook that is no function', { onUnobservedFailure: 5 }, 'runAsync: onUnobservedFailure is a function, not 5.'],
  ['a getter of signal that throws', exploding('signal'), 'signal was read'],
  ['a getter of yieldEveryMs that throws', exploding('yieldEveryMs'), 'yieldEveryMs was read'],
  ['a getter of onUnobservedFailure that throws', exploding('onUnobservedFailure'), 'onUnobservedFailure was read'],
  [
    'a signal that refuses listeners',
    {
      signal: {
        aborted: false,
        addEventListener() {
          throw new Error('no listeners')
        },
        removeEventListener() {},
      },
    },
    'no listeners',
  ],
]

test.each(wrong)('%s rejects, and the VM can be used', async (_what, options, message) => {
  const vm = newVm()
  await expect(vm.runAsync(program, options as never)).rejects.toThrow(message)
  await expect(runAsync(program, options as never)).rejects.toThrow(message)
  expect(events).toEqual([])
  expect(vm.run(pure(2))).toBe(2)
  expect(await vm.runAsync(pure(3))).toBe(3)
})

test('each option is read once', async () => {
  const reads: string[] = []
  const options = new Proxy(
    { yieldEveryMs: 1 },
    { get: (target, key) => (reads.push(String(key)), Reflect.get(target, key)) },
  )
  await newVm().runAsync(pure(1), options as never)
  expect(reads.toSorted()).toEqual(['name', 'onLeftovers', 'onUnobservedFailure', 'signal', 'yieldEveryMs'])
})

test('an option that begins another run on the VM when it is read is told so, and that run goes on', async () => {
  const vm = newVm()
  const other: Promise<unknown>[] = []
  const options = {
    get yieldEveryMs() {
      other.push(vm.runAsync(AsyncEscape(() => Promise.resolve('other'))))
      return 5
    },
  }
  await expect(vm.runAsync(program, options)).rejects.toThrow('was called on a VM that is running')
  expect(await Promise.all(other)).toEqual(['other'])
  expect(events).toEqual([])
})

const layered = Do(function* () {
  return yield* Get<number>('n')
})()
  .with(reader({ a: 1 }))
  .with(handler('h'))
  .with(scheduled())

/** A VM with something in its State. */
function filledVm(): VM {
  const vm = newVm()
  vm.stdlib().installState()
  vm.run(Put('n', 7))
  return vm
}

/** Calls `action` in a depth where it throws a RangeError the next frame deeper, or `levels` frames above that. */
function nearTheEndOfTheStack(levels: number, action: () => void): void {
  let left = levels
  const dive = (): void => {
    try {
      dive()
    } catch (error) {
      if (left-- === 0) action()
      throw error
    }
  }
  expect(dive).toThrow(RangeError)
}

test.each<[string, (vm: VM) => unknown]>([
  ['run', vm => vm.run(layered)],
  ['startProgram', vm => vm.startProgram(layered)],
])('a stack that is full before the first step of %s leaves the VM as it was', (_way, begin) => {
  let refused = 0
  for (let levels = 0; levels < 900; levels += 4) {
    const vm = filledVm()
    let outcome = 'not tried'
    nearTheEndOfTheStack(levels, () => {
      outcome = 'refused'
      begin(vm)
      outcome = 'begun'
    })
    if (outcome === 'begun') vm.dispose()
    if (outcome !== 'refused') continue
    // Once a step was made, nobody knows how far it came: that is said, and not passed over.
    const after = attempt(() => vm.run(layered))
    if (!(after instanceof VmPoisonedError)) {
      refused++
      expect(after).toBe(7)
    }
  }
  expect(refused).toBeGreaterThan(0)
})

function attempt(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
