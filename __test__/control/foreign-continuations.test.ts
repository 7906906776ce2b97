// A continuation belongs to one run of one VM. Anything else that looks like one is refused, harmlessly.

import { inspect } from 'node:util'
import { MessageChannel } from 'node:worker_threads'

import type * as index from '../../index'
import {
  type Continuation,
  CreateContinuation,
  Discontinue,
  Do,
  effect,
  ForeignContinuationError,
  GetTraceback,
  handler,
  InvalidContinuationError,
  pure,
  Resume,
  ResumeContinuation,
  ResumeThrow,
  Transfer,
  TransferThrow,
  type VM,
} from '../../index'
import { failureOf, newVm, run, thrownBy } from '../support/leaks'

const Suspend = effect('Suspend')<[], unknown>()

/** Hands its continuation out as the result of the handled program. */
const suspending = handler('suspending').raw(Suspend, function* (k) {
  return k as Continuation<unknown>
})

/** A continuation of a run that is over. */
function stale(vm: VM): Continuation<unknown> {
  return vm.run(Suspend().with(suspending)) as Continuation<unknown>
}

const uses: [name: string, use: (k: Continuation<unknown>) => ReturnType<typeof Resume>][] = [
  ['Resume', k => Resume(k, 1)],
  ['Transfer', k => Transfer(k, 1)],
  ['ResumeThrow', k => ResumeThrow(k, 1)],
  ['TransferThrow', k => TransferThrow(k, 1)],
  ['Discontinue', k => Discontinue(k)],
  ['ResumeContinuation', k => ResumeContinuation(k as Continuation<unknown, unknown>, 1)],
  ['GetTraceback', k => GetTraceback(k as Continuation)],
]

describe.each(uses)('%s', (name, use) => {
  test('of a continuation whose run is over is refused where it is tried', () => {
    const vm = newVm()
    const k = stale(vm)
    const error = thrownBy(() => vm.run(use(k)))
    expect(error).toBeInstanceOf(ForeignContinuationError)
    expect((error as Error).message).toBe(`${name}: this continuation belongs to a run that is over.`)
    expect(vm.run(pure('usable'))).toBe('usable')
  })

  test('of a continuation of another VM is refused, and both VMs go on', () => {
    const [mine, other] = [newVm(), newVm()]
    const program = Do(function* () {
      const k = (yield* Suspend()) as Continuation<unknown>
      return thrownBy(() => other.run(use(k)))
    })
    const lending = handler('lending').raw(Suspend, function* (k) {
      return Resume(k, k)
    })
    const error = mine.run(program().with(lending))
    expect(error).toBeInstanceOf(ForeignContinuationError)
    expect((error as Error).message).toBe(`${name}: this continuation belongs to another VM.`)
    expect(other.run(pure('usable'))).toBe('usable')
  })

  test.each([
    ['a look-alike', { __k: 1 }],
    ['an object with its prototype', Object.create(Object.getPrototypeOf(stale(newVm())) as object)],
    ['a proxy of one', new Proxy(stale(newVm()), {})],
    ['null', null],
    ['a number', 7],
    ['a function', () => 0],
  ])('of %s is refused as no continuation', (_what, forged) => {
    const error = failureOf(use(forged as unknown as Continuation<unknown>))
    expect(error).toBeInstanceOf(InvalidContinuationError)
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(`${name} takes a continuation, not `)
  })
})

test('GetTraceback without a continuation is about the present', () => {
  expect(run(GetTraceback())).toEqual(expect.any(Array))
})

test('a continuation of a second copy of the package is refused', () => {
  let theirs: unknown
  jest.isolateModules(() => {
    const copy = require('../../index') as typeof index
    const Suspended = copy.effect('Suspend')()
    const out = copy.handler('copy').raw(Suspended, function* (k) {
      return k
    })
    theirs = copy.run(Suspended().with(out))
  })
  expect(failureOf(Resume(theirs as Continuation<unknown>, 1))).toBeInstanceOf(InvalidContinuationError)
})

describe('a continuation taken out of the machine', () => {
  test('is cloned into an inert object', () => {
    const clone = structuredClone(stale(newVm())) as unknown as Continuation<unknown>
    expect(Object.keys(clone)).toEqual([])
    expect(failureOf(Resume(clone, 1))).toBeInstanceOf(InvalidContinuationError)
  })

  test('is posted as an inert object', async () => {
    const { port1, port2 } = new MessageChannel()
    const posted = new Promise(resolve => port2.once('message', resolve))
    port1.postMessage(stale(newVm()))
    expect(Object.keys((await posted) as object)).toEqual([])
    port1.close()
  })

  test('shows its name and use, and nothing of the machine', () => {
    const k = stale(newVm())
    expect(JSON.stringify(k)).toBe('{"continuation":"Suspend in suspending, not used"}')
    expect(inspect(k)).toBe('Continuation(Suspend in suspending, not used)')
    expect(Object.keys(k)).toEqual([])
    expect(stale(newVm())).not.toBe(k)
  })

  test('says what used it', () => {
    const program = Do(function* () {
      const k = (yield* Suspend().with(suspending)) as Continuation<unknown>
      yield Resume(k, 1)
      return inspect(k)
    })
    expect(run(program())).toBe('Continuation(Suspend in suspending, used)')
  })
})

test('an unstarted continuation belongs to its run as well', () => {
  const vm = newVm()
  const k = vm.run(CreateContinuation(pure(1)))
  expect(() => vm.run(ResumeContinuation(k))).toThrow(ForeignContinuationError)
})
