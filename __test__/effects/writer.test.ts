// Writer: an append-only log; Listen hears what a part of the program tells.

import { Do, effect, handler, InvalidProgramError, Listen, Resume, Tell, writer } from '../../index'
import { newVm, run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()
const telling = Do(function* (...messages: unknown[]) {
  for (const message of messages) yield* Tell(message)
  return messages.length
})
/** What a program tells a VM's own log. */
function logOf(program: Parameters<typeof Listen>[0]): unknown[] {
  const vm = newVm()
  try {
    vm.runScoped(program, { writer: true })
  } catch {
    // The log is what is asked for.
  }
  return vm.logs()
}

test('Tell appends, and answers undefined', () => {
  const program = Do(function* () {
    return [yield* Tell('a'), yield* telling('b', 'c')]
  })
  expect(logOf(program())).toEqual(['a', 'b', 'c'])
  expect(run(program().with(writer()))).toEqual([undefined, 2])
})

test('messages are kept as they are', () => {
  const messages = [undefined, null, {}, [1], () => 0, new Error('told'), Symbol('s')]
  const log = logOf(telling(...messages))
  expect(log.every((message, i) => message === messages[i])).toBe(true)
  expect(log).toHaveLength(messages.length)
})

test('an error does not take back what was told before', () => {
  const failing = Do(function* () {
    yield* Tell('before')
    throw new Error('failed')
  })
  expect(logOf(failing())).toEqual(['before'])
})

test('each writer() has a log of its own; the nearest one is told', () => {
  const vm = newVm()
  const program = Do(function* () {
    yield* Tell('outer')
    yield* Tell('inner').with(writer())
  })
  vm.runScoped(program(), { writer: true })
  expect(vm.logs()).toEqual(['outer'])
})

describe('Listen', () => {
  test('answers the result and the messages, which stay in the outer log too', () => {
    const program = Do(function* () {
      yield* Tell('before')
      const heard = yield* Listen(telling('a', 'b'))
      yield* Tell('after')
      yield* Tell(heard)
    })
    expect(logOf(program())).toEqual(['before', 'a', 'b', 'after', [2, ['a', 'b']]])
  })

  test('nests: the outer one hears what the inner one heard, in order', () => {
    const program = Do(function* () {
      yield* Tell('1')
      const [, inner] = yield* Listen(telling('2', '3'))
      yield* Tell('4')
      return inner
    })
    expect(run(Listen(program()).with(writer()))).toEqual([
      ['2', '3'],
      ['1', '2', '3', '4'],
    ])
  })

  test('hears nothing of a program that tells nothing', () => {
    expect(run(Listen(telling()).with(writer()))).toEqual([0, []])
  })

  test('passes errors on; the messages stay told', () => {
    const failing = Do(function* () {
      yield* Tell('told')
      throw new Error('failed')
    })
    expect(logOf(Listen(failing()))).toEqual(['told'])
    expect(() => run(Listen(failing()).with(writer()))).toThrow('failed')
  })

  test('does not hear a clause that stands outside of it', () => {
    const noisy = handler('noisy').ctl(Stop, function* (k) {
      yield* Tell('by the clause')
      return Resume(k, 0)
    })
    const program = Listen(Stop().flatMap(() => telling('by the body'))).with(noisy)
    expect(run(program.with(writer()))).toEqual([1, ['by the body']])
  })

  test('goes on hearing when its program is suspended and resumed', () => {
    const resuming = handler('resuming').ctl(Stop, function* (k) {
      return Resume(k, 0)
    })
    const program = Listen(
      telling('a')
        .flatMap(() => Stop())
        .flatMap(() => telling('b')),
    ).with(resuming)
    expect(run(program.with(writer()))).toEqual([1, ['a', 'b']])
  })

  test('does not hear what a nearer writer() takes', () => {
    const program = Do(function* () {
      yield* Tell('heard')
      yield* Tell('not heard').with(writer())
    })
    expect(run(Listen(program()).with(writer()))).toEqual([undefined, ['heard']])
  })

  test('hears what the cleanup of its program tells', () => {
    const cleaning = Do(function* () {
      try {
        yield* Stop()
      } finally {
        yield* Tell('bye')
      }
    })
    const ending = handler('ending').final(Stop, () => 'ended')
    expect(run(Listen(cleaning().with(ending)).with(writer()))).toEqual(['ended', ['bye']])
  })

  test('takes a program', () => {
    expect(() => Listen(5 as never)).toThrow(InvalidProgramError)
  })
})
