// `return Tail(program)` runs the program in place of the returning one; any other program that is returned is a value.

import { Do, effect, Get, handler, InvalidProgramError, type Program, pure, Resume, state, Tail } from '../../index'
import { newVm, run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()

const tailing = Do(function* (program: Program<unknown, unknown>) {
  return Tail(program)
})

test.each<[string, Program<unknown, unknown>, unknown]>([
  ['a value', pure(1), 1],
  ['an effect', Get('n'), 7],
  ['a handled program', Ask().with(handler('h').val(Ask, 2)), 2],
  ['another tail call', tailing(pure(3)), 3],
  [
    'a program that yields',
    Do(function* () {
      return [yield* Get('n'), yield* Get('n')]
    })(),
    [7, 7],
  ],
])('its result is that of %s', (_what, program, result) => {
  expect(run(tailing(program).with(state({ n: 7 })))).toEqual(result)
  expect(
    run(
      tailing(program)
        .map(value => [value])
        .with(state({ n: 7 })),
    ),
  ).toEqual([result])
})

test('takes a generator function as well', () => {
  const program = Do(function* () {
    return Tail(function* () {
      return yield* pure(4)
    } as never)
  })
  expect(run(program())).toBe(4)
})

test('the returning program is over first: its finally runs before', () => {
  const steps: string[] = []
  const program = Do(function* () {
    try {
      return Tail(pure(0).map(() => steps.push('tail')))
    } finally {
      steps.push('finally')
    }
  })
  run(program())
  expect(steps).toEqual(['finally', 'tail'])
})

test('an error of it cannot be caught by the returning program, only by its caller', () => {
  const failing = pure(0).map(() => {
    throw new Error('tail')
  })
  const program = Do(function* () {
    try {
      return Tail(failing)
    } catch {
      return 'never'
    }
  })
  const caller = Do(function* () {
    try {
      return yield* program()
    } catch (error) {
      return ['caller', error]
    }
  })
  expect(run(caller())).toEqual(['caller', new Error('tail')])
})

test('a loop of tail calls stays in one frame', () => {
  const vm = newVm()
  let most = 0
  const loop = Do(function* (n: number): Generator<unknown, unknown, unknown> {
    yield* pure(0)
    most = Math.max(most, vm.stats().frames)
    return n === 0 ? 'over' : Tail(loop(n - 1))
  })
  expect(vm.run(loop(1000))).toBe('over')
  expect(most).toBeLessThanOrEqual(2)
})

test('a tail call in a clause takes the clause’s continuation over', () => {
  const answering = handler('answering').ctl(Ask, function* (k) {
    return Tail(
      Do(function* () {
        return ['tail', yield Resume(k, 5)]
      })(),
    )
  })
  expect(run(Ask().with(answering))).toEqual(['tail', 5])
})

test('a program that is returned without Tail is the value', () => {
  const program = pure(1)
  const returning = Do(function* () {
    return program
  })
  expect(run(returning())).toBe(program)
})

test('Tail of what is no program is refused at the call', () => {
  expect(() => Tail(5 as never)).toThrow(InvalidProgramError)
})
