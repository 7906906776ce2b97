// A continuation is used at most once. A second use throws where it is tried, says where the first one was, and
// changes nothing.

import {
  type Continuation,
  Discontinue,
  Do,
  effect,
  handler,
  OneShotViolationError,
  Resume,
  ResumeContinuation,
  ResumeThrow,
  Transfer,
  TransferThrow,
} from '../../index'
import { newVm, run } from '../support/leaks'

const Choose = effect('Choose')<[], unknown>()

const uses = {
  Resume: (k: Continuation<unknown>) => Resume(k, 'again'),
  Transfer: (k: Continuation<unknown>) => Transfer(k, 'again'),
  ResumeThrow: (k: Continuation<unknown>) => ResumeThrow(k, new Error('again')),
  TransferThrow: (k: Continuation<unknown>) => TransferThrow(k, new Error('again')),
  ResumeContinuation: (k: Continuation<unknown>) => ResumeContinuation(k as Continuation<unknown, unknown>, 'again'),
  Discontinue: (k: Continuation<unknown>) => Discontinue(k),
}
const names = Object.keys(uses) as (keyof typeof uses)[]
// The first use must come back to the clause, so that it can try a second one.
const returning = names.filter(name => !name.startsWith('Transfer'))
const pairs = returning.flatMap(first => names.map(second => [second, first] as const))

/** Uses `k` twice; gives what the second use threw into the clause. */
function secondUse(kind: 'ctl' | 'raw', first: keyof typeof uses, second: keyof typeof uses): unknown {
  const clause = function* (k: Continuation<unknown>) {
    yield uses[first](k)
    try {
      yield uses[second](k)
    } catch (error) {
      return error
    }
    return 'not refused'
  }
  const body = Do(function* () {
    try {
      return yield* Choose()
    } catch {
      return 'caught in the body'
    }
  })
  return run(body().with(handler('greedy')[kind](Choose, clause)))
}

test.each(pairs)('%s after %s is refused with the name of the first use', (second, first) => {
  const error = secondUse('ctl', first, second)
  expect(error).toBeInstanceOf(OneShotViolationError)
  expect((error as Error).message).toBe(
    `${second}: the continuation of Choose in greedy was used before, by ${first} in clause Choose in greedy. A continuation can be used once.`,
  )
})

test.each(pairs)('%s after %s is refused in a raw clause too', (second, first) => {
  expect(secondUse('raw', first, second)).toBeInstanceOf(OneShotViolationError)
})

test('a refusal that is not caught leaves the clause, after the body ended as it would have', () => {
  const steps: string[] = []
  const body = Do(function* () {
    steps.push(`answered ${String(yield* Choose())}`)
    return 'body'
  })
  const greedy = handler('greedy').ctl(Choose, function* (k) {
    steps.push(`resumed: ${String(yield Resume(k, 1))}`)
    yield Resume(k, 2)
    steps.push('never')
  })
  const vm = newVm()
  expect(() => vm.run(body().with(greedy))).toThrow(OneShotViolationError)
  expect(steps).toEqual(['answered 1', 'resumed: body'])
  expect(vm.run(Choose().with(handler('after').val(Choose, 'usable')))).toBe('usable')
})

test('a continuation whose ctl clause ended without using it is closed, and the refusal names raw', () => {
  let stolen: Continuation<unknown> | undefined
  const dropping = handler('dropping').ctl(Choose, function* (k) {
    stolen = k
    return 'dropped'
  })
  const program = Do(function* () {
    yield* Choose().with(dropping)
    return yield Resume(stolen as Continuation<unknown>, 1)
  })
  expect(() => run(program())).toThrow(
    'Resume: the continuation of Choose in dropping was closed when its clause ended without using it; ' +
      'a raw clause may keep its k. A continuation can be used once.',
  )
})

test('a continuation whose clause threw before it resumed is closed, and cannot be used', () => {
  const steps: string[] = []
  let stolen: Continuation<unknown> | undefined
  const throwing = handler('throwing').ctl(Choose, function* (k) {
    stolen = k
    throw new Error('before the resume')
  })
  const body = Do(function* () {
    try {
      yield* Choose()
    } finally {
      steps.push('closed')
    }
  })
  const program = Do(function* () {
    try {
      yield* body().with(throwing)
    } catch (error) {
      steps.push((error as Error).message)
    }
    for (const use of [Resume(stolen as Continuation<unknown>, 1), ResumeThrow(stolen as Continuation<unknown>, 1)]) {
      try {
        yield use
      } catch (error) {
        steps.push((error as Error).name)
      }
    }
  })
  run(program())
  expect(steps).toEqual(['closed', 'before the resume', 'OneShotViolationError', 'OneShotViolationError'])
})

test('a continuation cannot be used while it runs', () => {
  let own: Continuation<unknown> | undefined
  const body = Do(function* () {
    yield* Choose()
    return yield Resume(own as Continuation<unknown>, 2)
  })
  const lending = handler('lending').ctl(Choose, function* (k) {
    own = k
    return yield Resume(k, 1)
  })
  expect(() => run(body().with(lending))).toThrow('was used before, by Resume')
})

test('a delegated continuation is used: the handler that declined cannot resume it', () => {
  const cheating = handler('cheating').ctl(Choose, function* (k) {
    try {
      return yield* Choose()
    } finally {
      yield Discontinue(k)
    }
  })
  // Not delegated here: performing the effect again leaves `k` to the clause.
  expect(run(Choose().with(cheating).with(handler('outer').val(Choose, 5)))).toBe(5)
})

test.each([
  ['no value', () => [], undefined],
  ['undefined', () => [undefined], undefined],
  ['more values than one', () => ['first', 'second'], 'first'],
])('a resume with %s answers the first one or undefined', (_what, values, expected) => {
  const passing = handler('passing').ctl(Choose, function* (k) {
    return Resume(k, ...(values() as [unknown]))
  })
  expect(run(Choose().with(passing))).toBe(expected)
})
