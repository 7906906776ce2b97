// CreateContinuation(program, handlers) answers a continuation that has not started; ResumeContinuation starts it, or
// resumes a started one.

import {
  type Continuation,
  CreateContinuation,
  Do,
  effect,
  Get,
  GetHandlers,
  handler,
  InvalidHandlerError,
  InvalidProgramError,
  Put,
  Resume,
  ResumeContinuation,
  ResumeThrow,
  state,
  Transfer,
  TransferThrow,
  UnstartedContinuationError,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Ask = effect('Ask')<[], unknown>()
const asking = Do(function* () {
  return ['answer', yield* Ask()]
})
const answering = (value: unknown) => handler(`answers ${String(value)}`).val(Ask, value)

const tag = (name: string) => handler(name).returns(value => `${name}(${String(value)})`)

test('nothing runs until it is resumed; then it answers the result', () => {
  const steps: string[] = []
  const program = Do(function* () {
    const k = yield* CreateContinuation(
      Do(function* () {
        steps.push('started')
        return 'result'
      })(),
    )
    steps.push('created')
    return yield* ResumeContinuation(k)
  })
  expect(run(program())).toBe('result')
  expect(steps).toEqual(['created', 'started'])
})

test('the value of the first resume is ignored', () => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(asking())
    return yield* ResumeContinuation(k, 'ignored')
  })
  expect(run(program().with(answering(1)))).toEqual(['answer', 1])
})

test('it runs under its own handlers, innermost first, and under those of the place where it is started', () => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(asking(), [tag('inner'), tag('outer')])
    return yield* ResumeContinuation(k).with(answering('there'))
  })
  expect(run(program().with(answering('created')))).toBe('outer(inner(answer,there))')
})

test('the handlers in scope can be handed on, stores shared', () => {
  const changing = Do(function* () {
    yield* Put('n', 2)
    return yield* Ask()
  })
  const program = Do(function* () {
    const handlers = yield* GetHandlers()
    const k = yield* CreateContinuation(changing(), handlers)
    const result = yield* ResumeContinuation(k)
    return [result, yield* Get('n')]
  })
  expect(
    run(
      program()
        .with(answering('shared'))
        .with(state({ n: 1 })),
    ),
  ).toEqual(['shared', 2])
})

test('an error of the program is thrown where it was started', () => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(
      Do(function* () {
        throw new Error('inside')
      })(),
    )
    try {
      return yield* ResumeContinuation(k)
    } catch (error) {
      return error
    }
  })
  expect(run(program())).toEqual(new Error('inside'))
})

test('returned, ResumeContinuation is a tail call', () => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(asking(), [answering('tail')])
    return ResumeContinuation(k)
  })
  expect(run(program())).toEqual(['answer', 'tail'])
})

test('one that is never started has nothing to close', () => {
  const program = Do(function* () {
    for (let i = 0; i < 100; i++) yield* CreateContinuation(asking(), [answering(i)])
    return 'done'
  })
  expect(run(program())).toBe('done')
})

test.each<[string, (k: Continuation<unknown>) => ReturnType<typeof Resume>]>([
  ['Resume', k => Resume(k, 1)],
  ['Transfer', k => Transfer(k, 1)],
  ['ResumeThrow', k => ResumeThrow(k, 1)],
  ['TransferThrow', k => TransferThrow(k, 1)],
])('%s of an unstarted continuation is refused, and it stays usable', (name, use) => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(asking(), [answering('usable')])
    try {
      yield use(k)
    } catch (error) {
      return [error, yield* ResumeContinuation(k)]
    }
    return 'not refused'
  })
  const [error, result] = run(program()) as [UnstartedContinuationError, unknown]
  expect(error).toBeInstanceOf(UnstartedContinuationError)
  expect(error.code).toBe('ERR_UNSTARTED_CONTINUATION')
  expect(error.message).toContain(`${name} needs a started continuation`)
  expect(result).toEqual(['answer', 'usable'])
})

test('it can be started once', () => {
  const program = Do(function* () {
    const k = yield* CreateContinuation(asking(), [answering(1)])
    yield* ResumeContinuation(k)
    yield* ResumeContinuation(k)
  })
  expect(String(failureOf(program()))).toMatch(/OneShotViolationError: ResumeContinuation: .* was used before/)
})

test('ResumeContinuation resumes a started one as Resume does', () => {
  const resuming = handler('resuming').ctl(Ask, function* (k) {
    return ['resumed', yield ResumeContinuation(k as Continuation<unknown, unknown>, 'value')]
  })
  expect(run(asking().with(resuming))).toEqual(['resumed', ['answer', 'value']])
})

test('what is no program, or no handler, is refused at the call', () => {
  expect(() => CreateContinuation(5 as never)).toThrow(InvalidProgramError)
  expect(() => CreateContinuation(asking(), [5 as never])).toThrow(InvalidHandlerError)
})
