// Handlers are deep, take the effects of their body only, and the innermost wins.

import { Do, effect, Get, handler, Put, pure, Resume, state } from '../../index'
import { run } from '../support/leaks'

const Num = effect('Num')<[], number>()
const Word = effect('Word')<[text: string], string>()

/** Answers `Number` with a constant, by a clause that takes the continuation. */
function answering(value: number) {
  return handler(`answers ${value}`).ctl(Num, function* (k) {
    return Resume(k, value)
  })
}

const tagging = (tag: string) => handler(tag).returns(value => `${tag}(${String(value)})`)

const twoNumbers = Do(function* () {
  return [yield* Num(), yield* Num()]
})

describe('the return clause', () => {
  test('maps the result of a body that performs nothing, exactly once', () => {
    const seen: unknown[] = []
    const counting = handler('counting').returns(value => {
      seen.push(value)
      return [value]
    })
    expect(run(pure(7).with(counting))).toEqual([7])
    expect(seen).toEqual([7])
  })

  test('runs once for a body that performs, and maps what a resume answers', () => {
    const boxing = handler('boxing')
      .ctl(Num, function* (k) {
        const result: unknown = yield Resume(k, 1)
        return { resumed: result }
      })
      .returns(value => [value])
    expect(run(Num().with(boxing))).toEqual({ resumed: [1] })
  })

  test('does not map what a clause returns without resuming', () => {
    const boxing = handler('boxing')
      .final(Num, () => 'ended')
      .returns(value => [value])
    expect(run(Num().with(boxing))).toBe('ended')
  })

  test('of nested handlers runs inside out', () => {
    expect(run(pure('v').with(tagging('inner')).with(tagging('middle')).with(tagging('outer')))).toBe(
      'outer(middle(inner(v)))',
    )
  })
})

describe('a resumed perform', () => {
  test('answers the value it was resumed with', () => {
    expect(run(Num().with(answering(42)))).toBe(42)
  })

  test('goes on under the same handler, which is not installed again', () => {
    expect(run(twoNumbers().with(answering(3)))).toEqual([3, 3])
  })

  test('lets the clause go on when the body has ended', () => {
    const steps: string[] = []
    const bracketing = handler('bracketing').ctl(Num, function* (k) {
      steps.push('before')
      const result = yield Resume(k, 1)
      steps.push('after')
      return result
    })
    const body = Do(function* () {
      const sum = (yield* Num()) + (yield* Num())
      steps.push('body ends')
      return sum
    })
    expect(run(body().with(bracketing))).toBe(2)
    expect(steps).toEqual(['before', 'before', 'body ends', 'after', 'after'])
  })

  test('gives each pending clause the result of the clause inside of it', () => {
    const nesting = handler('nesting').ctl(Num, function* (k) {
      return [yield Resume(k, 1)]
    })
    expect(run(twoNumbers().with(nesting))).toEqual([[[1, 1]]])
  })
})

test('a clause that does not resume gives the result of the whole handled block, and the body is closed', () => {
  const steps: string[] = []
  const aborting = handler('aborting').ctl(Word, function* (_k, text) {
    steps.push('clause')
    return `aborted by ${text}`
  })
  const body = Do(function* () {
    try {
      yield* Word('it')
      steps.push('never')
    } finally {
      steps.push('closed')
    }
  })
  const program = Do(function* () {
    const result = yield* body().with(aborting)
    steps.push('outside')
    return result
  })
  expect(run(program())).toBe('aborted by it')
  expect(steps).toEqual(['clause', 'closed', 'outside'])
})

describe('of nested handlers', () => {
  test('the innermost takes the effect', () => {
    expect(run(Num().with(answering(1)).with(answering(2)))).toBe(1)
  })

  test('the outer one takes the effects performed after the inner one ended', () => {
    const program = Do(function* () {
      return [yield* Num(), yield* Num().with(answering(1)), yield* Num()]
    })
    expect(run(program().with(answering(2)))).toEqual([2, 1, 2])
  })

  test('one without a clause for the effect is never called', () => {
    const never = handler('never').fun(Word, () => {
      throw new Error('called')
    })
    expect(run(Num().with(never).with(answering(5)).with(never))).toBe(5)
  })

  test('one handler installed in itself takes the effect once, at its innermost place', () => {
    let calls = 0
    const once = handler('once').fun(Num, () => ++calls)
    expect(run(Num().with(once).with(once).with(once))).toBe(1)
    expect(calls).toBe(1)
  })

  test('one installed in itself serves the effects of its own clause at the next place out', () => {
    const down = handler('down').ctl(Num, function* (k) {
      return Resume(k, (yield* Num()) + 1)
    })
    expect(run(Num().with(down).with(down).with(answering(10)))).toBe(12)
  })

  test('a handler of a user inside of the built-in one wins', () => {
    const fake = handler('fake').fun(Get, key => `fake ${String(key)}`)
    const program = Do(function* () {
      yield* Put('a', 'real')
      return [yield* Get('a'), yield* Get('a').with(fake)]
    })
    expect(run(program().with(state()))).toEqual(['real', 'fake a'])
  })

  test('one value can be installed many times, in sequence and in several programs', () => {
    const shared = answering(4)
    const program = Do(function* () {
      return [yield* Num().with(shared), yield* twoNumbers().with(shared)]
    })
    expect(run(program())).toEqual([4, [4, 4]])
    expect(run(program())).toEqual([4, [4, 4]])
  })
})
