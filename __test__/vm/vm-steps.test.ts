// The step protocol: start, step, feed. Calls out of order are refused and change nothing.

import {
  AsyncEscape,
  Do,
  Get,
  handler,
  InvalidProgramError,
  OutOfOrderError,
  pure,
  Put,
  ReentrantRunError,
  type StepResult,
  state,
  type VM,
} from '../../index'
import { newVm, thrownBy } from '../support/leaks'

/** Steps until the program waits or is done. */
function stepOn(vm: VM): StepResult {
  let result = vm.stepOnce()
  while (result.tag === 'continue') result = vm.stepOnce()
  return result
}

/** Carries a started program out, awaiting what it asks for; gives the value and the tags on the way. */
async function drive(vm: VM): Promise<[value: unknown, tags: string[]]> {
  const tags: string[] = []
  for (;;) {
    const step = vm.stepOnce()
    tags.push(step.tag)
    if (step.tag === 'done') return [step.value, tags]
    if (step.tag === 'callAsync') {
      try {
        vm.feedAsyncResult(await step.func(...step.args))
      } catch (error) {
        vm.feedAsyncError(error)
      }
    }
  }
}

const waiting = Do(function* (action: () => unknown) {
  try {
    return { answered: yield* AsyncEscape(action as () => Promise<unknown>) }
  } catch (error) {
    return { thrown: error }
  }
})

test('a program that does not wait is done after as many steps as generators are stepped', async () => {
  const vm = newVm()
  vm.startProgram(
    Do(function* () {
      yield* Put('n', 1)
      return yield* Get('n')
    })().with(state()),
  )
  expect(await drive(vm)).toEqual([1, ['continue', 'continue', 'done']])
})

test('a program that waits is fed the result', async () => {
  const vm = newVm()
  vm.startProgram(waiting(async () => 5))
  expect(await drive(vm)).toEqual([{ answered: 5 }, ['callAsync', 'done']])
})

test('a program that waits is fed the error, thrown where it waits', async () => {
  const vm = newVm()
  const error = new Error('rejected')
  vm.startProgram(waiting(() => Promise.reject(error)))
  expect(await drive(vm)).toEqual([{ thrown: error }, ['callAsync', 'done']])
})

test('what is fed is passed on as it is: also undefined, and an error as a value', () => {
  const vm = newVm()
  for (const value of [undefined, new Error('a value'), Promise.resolve(1)]) {
    vm.startProgram(waiting(() => 0))
    expect(stepOn(vm).tag).toBe('callAsync')
    vm.feedAsyncResult(value)
    const { value: result } = stepOn(vm) as { value: { answered: unknown } }
    expect(result.answered).toBe(value)
  }
})

test('an error that leaves the program is thrown by stepOnce, which ends the run', () => {
  const vm = newVm()
  const error = new Error('mine')
  vm.startProgram(
    Do(function* () {
      throw error
    })(),
  )
  expect(thrownBy(() => stepOn(vm))).toBe(error)
  expect(() => vm.stepOnce()).toThrow(OutOfOrderError)
  expect(vm.run(pure(1))).toBe(1)
})

test('a program may wait many times, inside of handlers too', async () => {
  const vm = newVm()
  const program = Do(function* () {
    const values: unknown[] = []
    for (let i = 0; i < 3; i++) values.push(yield* AsyncEscape(async () => i).with(handler('h')))
    return values
  })
  vm.startProgram(program())
  const [value, tags] = await drive(vm)
  expect(value).toEqual([0, 1, 2])
  expect(tags.filter(tag => tag === 'callAsync')).toHaveLength(3)
})

test('startProgram takes what run takes, and refuses the rest at once', () => {
  const vm = newVm()
  vm.startProgram(function* () {
    return yield* pure(7)
  })
  expect(stepOn(vm)).toEqual({ tag: 'done', value: 7 })
  expect(() => vm.startProgram(7)).toThrow(InvalidProgramError)
  expect(() => vm.stepOnce()).toThrow(OutOfOrderError)
})

test('a run can be started from inside of another VM’s step', () => {
  const [outer, inner] = [newVm(), newVm()]
  outer.startProgram(
    Do(function* () {
      inner.startProgram(pure('inner'))
      return [yield* pure('outer'), stepOn(inner)]
    })(),
  )
  expect(stepOn(outer)).toEqual({ tag: 'done', value: ['outer', { tag: 'done', value: 'inner' }] })
})

describe('out of order', () => {
  const program = () => waiting(() => 0)

  test.each<[string, (vm: VM) => unknown]>([
    ['stepOnce', vm => vm.stepOnce()],
    ['feedAsyncResult', vm => vm.feedAsyncResult(1)],
    ['feedAsyncError', vm => vm.feedAsyncError(1)],
  ])('%s before startProgram, or after the end, is refused', (name, call) => {
    const vm = newVm()
    for (let i = 0; i < 2; i++) {
      const error = thrownBy(() => call(vm)) as OutOfOrderError
      expect(error).toBeInstanceOf(OutOfOrderError)
      expect(error.code).toBe('ERR_OUT_OF_ORDER')
      expect(error.message).toBe(`${name}() needs a program: call startProgram(program) first.`)
      vm.startProgram(pure(1))
      expect(stepOn(vm)).toEqual({ tag: 'done', value: 1 })
    }
  })

  test.each<[string, (vm: VM) => void]>([
    ['feedAsyncResult', vm => vm.feedAsyncResult('lost')],
    ['feedAsyncError', vm => vm.feedAsyncError('lost')],
  ])('%s while the program does not wait is refused, and it goes on', (_name, feed) => {
    const vm = newVm()
    vm.startProgram(program())
    expect(() => feed(vm)).toThrow('does not wait; call stepOnce()')
    expect(stepOn(vm).tag).toBe('callAsync')
    vm.feedAsyncResult('fed')
    expect(() => feed(vm)).toThrow(OutOfOrderError)
    expect(stepOn(vm)).toEqual({ tag: 'done', value: { answered: 'fed' } })
  })

  test('stepOnce while the program waits is refused, and it waits on', () => {
    const vm = newVm()
    vm.startProgram(program())
    stepOn(vm)
    expect(() => vm.stepOnce()).toThrow('stepOnce() waits for feedAsyncResult(value) or feedAsyncError(error).')
    vm.feedAsyncError('fed')
    expect(stepOn(vm)).toEqual({ tag: 'done', value: { thrown: 'fed' } })
  })

  test.each<[string, (vm: VM) => unknown]>([
    ['run', vm => vm.run(pure(1))],
    ['startProgram', vm => vm.startProgram(pure(1))],
    ['runScoped', vm => vm.runScoped(pure(1), {})],
  ])('%s in the middle of another program is refused, and that one goes on', (_name, call) => {
    const vm = newVm()
    vm.startProgram(program())
    expect(() => call(vm)).toThrow(ReentrantRunError)
    stepOn(vm)
    expect(() => call(vm)).toThrow(ReentrantRunError)
    vm.feedAsyncResult('fed')
    expect(stepOn(vm)).toEqual({ tag: 'done', value: { answered: 'fed' } })
  })
})

test('stepping gives the value, log and state that run gives', () => {
  const program = Do(function* () {
    yield* Put('a', 1)
    const inner = Do(function* () {
      yield* Put('b', 2)
      return yield* Get('a')
    })
    return [yield* inner(), yield* Get('b')]
  })
  const [stepped, ran] = [newVm(), newVm()]
  for (const vm of [stepped, ran]) vm.stdlib().installState()
  stepped.startProgram(program())
  expect(stepOn(stepped)).toEqual({ tag: 'done', value: ran.run(program()) })
  expect(stepped.stateItems()).toEqual(ran.stateItems())
})
