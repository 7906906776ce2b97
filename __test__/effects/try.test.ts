// Try(program) answers how the program ended: Ok(value) or Err(error). Nothing is rolled back.

import { Do, effect, Err, Get, handler, Ok, Put, Resume, state, Tell, Try, tryHandler, writer } from '../../index'
import { newVm, run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()
const failing = Do(function* (error: unknown) {
  yield* Tell('failing')
  throw error
})

test('a result is answered as Ok', () => {
  expect(
    run(
      Try(Get('n'))
        .with(state({ n: 1 }))
        .with(tryHandler),
    ),
  ).toEqual({ ok: true, value: 1 })
})

test.each([new Error('e'), 'text', undefined, null])('%p thrown is answered as Err, as it is', error => {
  expect(run(Try(failing(error)).with(writer()).with(tryHandler))).toEqual({ ok: false, error })
})

test('Ok and Err make such results', () => {
  expect([Ok(1), Err(2)]).toEqual([
    { ok: true, value: 1 },
    { ok: false, error: 2 },
  ])
})

test('state and log stay as the failed program left them', () => {
  const vm = newVm()
  const program = Do(function* () {
    const tried = yield* Try(
      Do(function* () {
        yield* Put('n', 'changed')
        return yield* failing('e')
      })(),
    )
    return [tried, yield* Get('n')]
  })
  expect(vm.runScoped(program().with(tryHandler), { state: true, writer: true })).toEqual([Err('e'), 'changed'])
  expect(vm.logs()).toEqual(['failing'])
})

test('the finally blocks of the failed program have run', () => {
  const steps: string[] = []
  const cleaning = Do(function* () {
    try {
      yield* failing('e')
    } finally {
      steps.push('finally')
    }
  })
  const program = Try(cleaning()).map(() => steps.push('tried'))
  run(program.with(tryHandler).with(writer()))
  expect(steps).toEqual(['finally', 'tried'])
})

test('nests: each catches its own', () => {
  const program = Try(
    Do(function* () {
      const inner = yield* Try(failing('inner'))
      throw inner
    })(),
  )
  expect(run(program.with(tryHandler).with(writer()))).toEqual(Err(Err('inner')))
})

test('catches what handlers throw into its program, and what an unhandled effect throws', () => {
  const throwing = handler('throwing').fun(Stop, () => {
    throw new Error('clause')
  })
  expect(run(Try(Stop().with(throwing)).with(tryHandler))).toEqual(Err(new Error('clause')))
  expect(run(Try(Stop()).with(tryHandler))).toMatchObject({ ok: false, error: { code: 'ERR_UNHANDLED_EFFECT' } })
})

test('does not catch what ends it from outside', () => {
  const ending = handler('ending').final(Stop, () => 'ended')
  expect(run(Try(Stop()).with(tryHandler).with(ending))).toBe('ended')
})

test('does not catch an error of a clause outside of it', () => {
  const program = Try(Stop()).with(tryHandler)
  const throwing = handler('throwing').ctl(Stop, function* () {
    throw new Error('outside')
  })
  expect(() => run(program.with(throwing))).toThrow('outside')
})

test('is in force again when its program is resumed', () => {
  const resuming = handler('resuming').ctl(Stop, function* (k) {
    return Resume(k, 0)
  })
  const program = Try(Stop().flatMap(() => failing('later'))).with(tryHandler)
  expect(run(program.with(resuming).with(writer()))).toEqual(Err('later'))
})

test('may be caught in the program as well: then it is no failure', () => {
  const catching = Do(function* () {
    try {
      return yield* failing('e')
    } catch (error) {
      return `caught ${String(error)}`
    }
  })
  expect(run(Try(catching()).with(tryHandler).with(writer()))).toEqual(Ok('caught e'))
})
