// The step protocol with tasks: who drives the VM awaits for all of them at once.

import {
  Await,
  CreateExternalPromise,
  Do,
  Gather,
  OutOfOrderError,
  pure,
  scheduled,
  Sleep,
  Spawn,
  type StepResult,
  type VM,
  Wait,
  Yield,
} from '../../index'
import { newVm } from '../support/leaks'

describe('step by step', () => {
  async function drive(vm: VM): Promise<[value: unknown, calls: number]> {
    let calls = 0
    for (;;) {
      const step: StepResult = vm.stepOnce()
      if (step.tag === 'done') return [step.value, calls]
      if (step.tag === 'continue') continue
      calls++
      try {
        vm.feedAsyncResult(await step.func(...step.args))
      } catch (error) {
        vm.feedAsyncError(error)
      }
    }
  }

  test('tasks that wait for one another need no outside', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        return yield* Gather(yield* Spawn(pure(1)), yield* Spawn(Yield().map(() => 2)))
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual([[1, 2], 0])
  })

  test('callAsync comes only when every task waits', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        return yield* Gather(
          yield* Spawn(Await(Promise.resolve('a'))),
          yield* Spawn(Await(Promise.resolve('b'))),
          yield* Spawn(Yield().map(() => 'c')),
        )
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual([['a', 'b', 'c'], 1])
  })

  test('Sleep and external promises come as callAsync as well', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        yield* Sleep(0)
        const promise = yield* CreateExternalPromise<string>()
        setImmediate(promise.complete, 'value')
        return yield* Wait(promise.future)
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual(['value', 2])
  })

  test('a rejection is thrown at the yield', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        try {
          return yield* Await(Promise.reject(new Error('no')))
        } catch (error) {
          return error
        }
      })().with(scheduled()),
    )
    expect(await drive(vm)).toEqual([new Error('no'), 1])
  })

  test('what is settled between two steps is heard although tasks are ready all the time', () => {
    const vm = newVm()
    let complete!: (value: unknown) => boolean
    const seen = { waiter: false }
    vm.startProgram(
      Do(function* () {
        const promise = yield* CreateExternalPromise()
        complete = promise.complete
        yield* Spawn(Wait(promise.future).map(() => (seen.waiter = true)))
        while (!seen.waiter) yield* Yield()
        return 'heard'
      })().with(scheduled()),
    )
    for (let i = 0; i < 20; i++) expect(vm.stepOnce().tag).toBe('continue')
    complete(0)
    let step = vm.stepOnce()
    for (let i = 0; step.tag === 'continue' && i < 20; i++) step = vm.stepOnce()
    expect(step).toEqual({ tag: 'done', value: 'heard' })
  })

  test('feedAsyncError while tasks wait throws into the root task', async () => {
    const vm = newVm()
    vm.startProgram(
      Do(function* () {
        try {
          return yield* Await(new Promise(() => {}))
        } catch (error) {
          return error
        }
      })().with(scheduled()),
    )
    let step = vm.stepOnce()
    while (step.tag === 'continue') step = vm.stepOnce()
    expect(step.tag).toBe('callAsync')
    vm.feedAsyncError(new Error('the host gave up'))
    step = vm.stepOnce()
    while (step.tag === 'continue') step = vm.stepOnce()
    expect(step).toEqual({ tag: 'done', value: new Error('the host gave up') })
  })

  test('feeding a result before anything was settled asks again', async () => {
    const vm = newVm()
    let complete!: (value: unknown) => boolean
    vm.startProgram(
      Do(function* () {
        const promise = yield* CreateExternalPromise()
        complete = promise.complete
        return yield* Wait(promise.future)
      })().with(scheduled()),
    )
    let step = vm.stepOnce()
    for (let i = 0; i < 3; i++) {
      while (step.tag === 'continue') step = vm.stepOnce()
      expect(step.tag).toBe('callAsync')
      expect(() => vm.stepOnce()).toThrow(OutOfOrderError)
      vm.feedAsyncResult(undefined)
      step = vm.stepOnce()
    }
    while (step.tag === 'continue') step = vm.stepOnce()
    complete('value')
    vm.feedAsyncResult(undefined)
    step = vm.stepOnce()
    while (step.tag === 'continue') step = vm.stepOnce()
    expect(step).toEqual({ tag: 'done', value: 'value' })
  })
})
