// The end of a VM: disposed of while idle, in mid-run or twice; afterwards every call is refused.

import {
  AsyncEscape,
  Await,
  type Continuation,
  Do,
  effect,
  Get,
  handler,
  pure,
  ReentrantRunError,
  Resume,
  scheduled,
  Spawn,
  Tell,
  VM,
  VmDisposedError,
  writer,
} from '../../index'
import { expectNothingHeld, newVm, thrownBy } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()

const calls: [name: string, call: (vm: VM) => unknown][] = [
  ['run', vm => vm.run(pure(1))],
  ['runScoped', vm => vm.runScoped(pure(1), {})],
  ['startProgram', vm => vm.startProgram(pure(1))],
  ['stepOnce', vm => vm.stepOnce()],
  ['feedAsyncResult', vm => vm.feedAsyncResult(1)],
  ['feedAsyncError', vm => vm.feedAsyncError(1)],
  ['stdlib', vm => vm.stdlib()],
  ['stateItems', vm => vm.stateItems()],
  ['stateEntries', vm => vm.stateEntries()],
  ['logs', vm => vm.logs()],
  ['setEnv', vm => vm.setEnv({})],
  ['jsStore', vm => vm.jsStore()],
  ['setStore', vm => vm.setStore('k', 1)],
  ['getStore', vm => vm.getStore('k')],
  ['enableDebug', vm => vm.enableDebug('off')],
  ['stats', vm => vm.stats()],
]

test.each(calls)('%s after dispose is refused', (_name, call) => {
  const vm = newVm()
  vm.dispose()
  const error = thrownBy(() => call(vm)) as VmDisposedError
  expect(error).toBeInstanceOf(VmDisposedError)
  expect(error.code).toBe('ERR_VM_DISPOSED')
})

test('runAsync after dispose is refused, as a rejection', async () => {
  const vm = newVm()
  vm.dispose()
  await expect(vm.runAsync(pure(1))).rejects.toThrow(VmDisposedError)
})

test('disposing twice does nothing', () => {
  const vm = newVm()
  vm.dispose()
  expect(() => vm.dispose()).not.toThrow()
})

test('`using` disposes at the end of the block', () => {
  const seen: VM[] = []
  {
    using vm = new VM()
    seen.push(vm)
    expect(vm.run(pure(1))).toBe(1)
  }
  expect(() => seen[0]?.run(pure(1))).toThrow(VmDisposedError)
})

test('disposing of one VM leaves the others as they are', () => {
  const [one, two] = [newVm(), newVm()]
  two.stdlib().installState()
  two.run(Get('n'))
  one.dispose()
  const three = newVm()
  expect([two.run(pure(2)), three.run(pure(3))]).toEqual([2, 3])
  expect(two.stateItems()).toEqual({})
})

test('a running VM refuses to be disposed of, and goes on', () => {
  const vm = newVm()
  const program = Do(function* () {
    const error = thrownBy(() => vm.dispose())
    return [error, yield* pure('went on')]
  })
  expect(vm.run(program())).toEqual([expect.any(ReentrantRunError), 'went on'])
})

test('a VM disposed of while its program waits unwinds it, and the run rejects', async () => {
  const vm = newVm()
  const events: string[] = []
  const waits = Do(function* (name: string) {
    try {
      yield* Await(new Promise(() => {}))
    } finally {
      events.push(`${name} unwound`)
    }
  })
  const program = Do(function* () {
    yield* Spawn(waits('child'))
    yield* waits('root')
  })
  const waiting = vm.runAsync(program().with(scheduled()))
  await new Promise(resolve => setImmediate(resolve))
  vm.dispose()
  expect(events.toSorted()).toEqual(['child unwound', 'root unwound'])
  await expect(waiting).rejects.toThrow(VmDisposedError)
})

test('the same without a scheduler', async () => {
  const vm = newVm()
  const waiting = vm.runAsync(AsyncEscape(() => new Promise(() => {})))
  vm.dispose()
  await expect(waiting).rejects.toThrow(VmDisposedError)
})

test('a program cannot dispose of the VM that runs it, even after it has waited', async () => {
  const vm = newVm()
  const program = Do(function* () {
    yield* Await(Promise.resolve())
    vm.dispose()
  })
  await expect(vm.runAsync(program().with(scheduled()))).rejects.toThrow(ReentrantRunError)
  vm.dispose()
})

describe('a VM disposed of between two steps', () => {
  const steps: string[] = []
  beforeEach(() => steps.splice(0))
  const cleaning = Do(function* () {
    try {
      yield* AsyncEscape(() => new Promise(() => {}))
      steps.push('never')
    } finally {
      yield* Tell('bye')
      steps.push('cleaned')
    }
  })
  const notes = handler('notes').fun(Tell, text => void steps.push(String(text)))

  test('while it waits closes what has started, cleanups with their effects included', () => {
    const vm = newVm()
    vm.startProgram(cleaning().with(notes))
    vm.stepOnce()
    vm.dispose()
    expect(steps).toEqual(['bye', 'cleaned'])
  })

  test('closes continuations that were kept', () => {
    const keeping = handler('keeping').raw(Stop, function* () {
      return yield* AsyncEscape(() => 0)
    })
    const body = Do(function* () {
      try {
        yield* Stop()
      } finally {
        steps.push('kept one closed')
      }
    })
    const vm = newVm()
    vm.startProgram(body().with(keeping))
    let { tag } = vm.stepOnce()
    while (tag === 'continue') ({ tag } = vm.stepOnce())
    vm.dispose()
    expect(steps).toEqual(['kept one closed'])
  })

  test('throws the error of a cleanup, and is disposed of all the same', () => {
    const failing = Do(function* () {
      try {
        yield* AsyncEscape(() => 0)
      } finally {
        yield pure(0).map(() => {
          throw new Error('cleanup')
        })
      }
    })
    const vm = newVm()
    vm.startProgram(failing())
    vm.stepOnce()
    expect(() => vm.dispose()).toThrow('cleanup')
    expect(() => vm.stats()).toThrow(VmDisposedError)
  })
})

describe('a cleanup that does not end', () => {
  const looping = Do(function* () {
    try {
      yield* AsyncEscape(() => new Promise(() => {}))
    } finally {
      for (;;) yield* pure(0)
    }
  })
  const waiting = Do(function* () {
    try {
      yield* Await(new Promise(() => {}))
    } finally {
      for (;;) {
        try {
          yield* Await(new Promise(() => {}))
        } catch {
          // It may not wait.
        }
      }
    }
  })

  test('is given up by the end of the steps', () => {
    const vm = newVm()
    vm.startProgram(looping())
    vm.stepOnce()
    expect(() => vm.dispose()).toThrow('A cleanup did not end; it was given up.')
    expect(() => vm.stats()).toThrow(VmDisposedError)
  })

  test('is given up, and the run rejects', async () => {
    const vm = newVm()
    const pending = vm.runAsync(waiting().with(scheduled()))
    await new Promise(resolve => setImmediate(resolve))
    vm.dispose()
    await expect(pending).rejects.toThrow('A cleanup did not end; it was given up.')
    expect(newVm().run(pure('others go on'))).toBe('others go on')
  })
})

test('a continuation of a VM that was disposed of is refused by every other', () => {
  const [one, two] = [newVm(), newVm()]
  const keeping = handler('keeping').raw(Stop, function* (k) {
    return k as Continuation<unknown>
  })
  const k = one.run(Stop().with(keeping)) as Continuation<unknown>
  one.dispose()
  expect(() => two.run(Resume(k, 1))).toThrow('belongs to another VM')
  expectNothingHeld(two)
})

test('a hundred VMs, disposed of in any order, do not mix up', () => {
  const vms = Array.from({ length: 100 }, () => newVm())
  for (const [i, vm] of vms.entries()) vm.setEnv({ number: i })
  for (let i = 0; i < 100; i += 3) vms[i]?.dispose()
  const fresh = newVm()
  expect(fresh.stdlib().reader.env().size).toBe(0)
  for (const [i, vm] of vms.entries()) {
    if (i % 3 !== 0) expect(vm.stdlib().reader.env()).toEqual(new Map([['number', i]]))
  }
  expect(fresh.run(Tell('x').with(writer()))).toBeUndefined()
})
