// A cleanup that throws replaces what its unwinding was to end with; the other cleanups run all the same.

import { Delegate, Do, effect, handler, type Program, Resume, Transfer } from '../../index'
import { run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()
const Note = effect('Note')<[text: string], void>()

type Any = Program<unknown, unknown>

const throwing = Do(function* (text: string) {
  throw new Error(text)
})

let steps: string[]
beforeEach(() => {
  steps = []
})

const notes = handler('notes').fun(Note, text => {
  steps.push(text)
})
const ending = handler('ending').final(Stop, () => 'ended')

/** A program that stops, and performs `cleanup` on its way out. */
const cleaning = Do(function* (cleanup: () => Any, inner: Any = Stop()) {
  try {
    return yield inner
  } finally {
    yield cleanup()
    steps.push('cleaned')
  }
})

describe('a cleanup that throws', () => {
  const failing = (text: string) =>
    cleaning(() => {
      steps.push(text)
      throw new Error(text)
    })
  const caught = Do(function* (program: Any) {
    try {
      return yield* program
    } catch (error) {
      return (error as Error).message
    }
  })

  test.each([
    ['a value', ending],
    [
      'an error',
      handler('h').ctl(Stop, function* () {
        throw new Error('clause')
      }),
    ],
    [
      'a tail resume of something else',
      handler('h').ctl(Stop, function* () {
        return Resume((yield* Stop()) as never)
      }),
    ],
  ])('replaces %s with its error, after the other cleanups ran', (_what, taking) => {
    const outer = handler('outer').final(Stop, () => 'outer')
    const program = cleaning(() => Note('other cleanup'), failing('cleanup failed'))
    expect(run(caught(program.with(taking).with(outer).with(notes)))).toBe('cleanup failed')
    expect(steps).toEqual(['cleanup failed', 'other cleanup', 'cleaned'])
  })

  test('keeps a final clause from running', () => {
    const program = failing('cleanup failed').with(handler('h').final(Stop, () => steps.push('clause')))
    expect(run(caught(program))).toBe('cleanup failed')
    expect(steps).toEqual(['cleanup failed'])
  })

  test('replaces the error of a cleanup before it', () => {
    const second = Do(function* () {
      try {
        yield failing('first')
      } finally {
        yield* throwing('second')
      }
    })
    expect(run(caught(second().with(ending)))).toBe('second')
    expect(steps).toEqual(['first'])
  })

  test('keeps a Transfer from happening: its continuation is closed', () => {
    const transferring = handler('transferring').ctl(Stop, function* (k) {
      try {
        yield Transfer(k, 1)
      } finally {
        yield* throwing('not transferred')
      }
    })
    const body = cleaning(() => Note('closed'))
    expect(run(caught(body.with(transferring).with(notes)))).toBe('not transferred')
    expect(steps).toEqual(['closed', 'cleaned'])
  })

  test('keeps a Delegate from happening: its continuation is closed', () => {
    const declining = handler('declining').ctl(Stop, function* () {
      try {
        yield Delegate()
      } finally {
        yield* throwing('not declined')
      }
    })
    const body = cleaning(() => Note('closed'))
    const outer = handler('outer').val(Stop, 'never')
    expect(run(caught(body.with(declining).with(outer).with(notes)))).toBe('not declined')
    expect(steps).toEqual(['closed', 'cleaned'])
  })

  test('at the end of a run makes the run throw', () => {
    const keeping = handler('keeping').raw(Stop, function* () {
      return 'kept'
    })
    expect(() => run(failing('at the end').with(keeping))).toThrow('at the end')
  })

  test('catches its own error: the unwinding goes on as it would have', () => {
    const catching = Do(function* () {
      try {
        yield failing('inside')
      } finally {
        try {
          yield* throwing('inside the cleanup')
        } catch {
          steps.push('caught')
        }
      }
    })
    expect(run(caught(catching().with(handler('h').final(Stop, () => 'ended'))))).toBe('inside')
    expect(steps).toEqual(['inside', 'caught'])
  })
})
