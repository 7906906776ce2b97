// The `stack` of an error that has left a run: the programs that it passed, and no frames of the machine.

import { Do, effect, run, VM, type Program } from '../../index'
import { failureOf } from '../support/leaks'

const inner = Do(function* inner() {
  throw new Error('no\n    at first sight')
})
const middle = Do(function* middle() {
  return yield* inner()
})
const outer = Do(function* outer() {
  return yield* middle()
})

/** The names of the frames below the head. */
function framesOf(error: unknown, head: string): string[] {
  const { stack } = error as { stack: string }
  expect(stack.startsWith(`${head}\n`)).toBe(true)
  return stack
    .slice(head.length + 1)
    .split('\n')
    .map(line => /^\s+at (\S+)/.exec(line)?.[1] as string)
}

const failing = (error: unknown): Program =>
  Do(function* failing() {
    throw error
  })()

test('programs stand where frames of the machine were', () => {
  const error = failureOf(outer())
  expect(framesOf(error, 'Error: no\n    at first sight').slice(0, 3)).toEqual(['inner', 'middle', 'outer'])
  expect((error as Error).stack).toMatch(/at middle \(.*shown-stack\.test\.ts:\d+:\d+\)/)
  expect((error as Error).stack).not.toMatch(/src-ts|node:internal/)
})

test('an error of the machine shows who performed', () => {
  const Nope = effect('Nope')<[], number>()
  const asks = Do(function* asks() {
    return yield* Nope()
  })
  const error = failureOf(asks()) as Error
  expect(framesOf(error, `${error.name}: ${error.message}`)[0]).toBe('asks')
  expect(error.stack).not.toMatch(/src-ts/)
})

test('an error that leaves twice is shown as the first time', () => {
  const error = failureOf(outer()) as Error
  const { stack } = error
  const again = Do(function* again() {
    return run(failing(error) as Program<unknown>)
  })
  expect(failureOf(again())).toBe(error)
  expect(error.stack).toBe(stack)
})

test('what is frozen, no error, or has a stack of its own is left alone', () => {
  const frozen = Object.freeze(new Error('frozen'))
  const { stack } = frozen
  const getter = Object.defineProperty(new Error('getter'), 'stack', {
    get() {
      throw new Error('must not be asked')
    },
    configurable: true,
  })
  const odd = Object.assign(new Error('odd'), { stack: 42 })
  const plain = { stack: 'mine' }
  for (const error of [frozen, getter, odd, plain, 42, undefined, new Proxy(new Error('proxy'), {})]) {
    let caught: unknown
    try {
      new VM().run(failing(error))
    } catch (thrown) {
      caught = thrown
    }
    expect(Object.is(caught, error)).toBe(true)
  }
  expect([frozen.stack, odd.stack, plain.stack]).toEqual([stack, 42, 'mine'])
})
