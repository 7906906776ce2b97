// Delegate(effect?) hands the continuation of the clause under way to the next outer handler. It is terminal: the
// clause, and the programs it called, are closed.

import {
  type Continuation,
  Delegate,
  Discontinue,
  Do,
  effect,
  handler,
  InvalidYieldError,
  NoHandlerContextError,
  OneShotViolationError,
  type Program,
  pure,
  Resume,
  WithHandler,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Ask = effect('Ask')<[n: number], unknown>()
const Other = effect('Other')<[text: string], unknown>()
type Any = Program<unknown, unknown>

let steps: string[]
beforeEach(() => {
  steps = []
})

const outer = handler('outer')
  .fun(Ask, n => `outer ${n}`)
  .fun(Other, text => `other ${text}`)

/** A handler whose clause does this. */
const doing = (clause: (k: Continuation<unknown>, n: number) => Any) =>
  handler('doing').ctl(Ask, function* (k, n) {
    try {
      return yield clause(k, n)
    } finally {
      steps.push('clause closed')
    }
  })

test.each<[string, () => Any, unknown]>([
  ['the same effect', () => Delegate(), 'outer 1'],
  ['another effect', () => Delegate(Other('text')), 'other text'],
  ['the same effect with another payload', () => Delegate(Ask(2)), 'outer 2'],
])('hands over %s, and the performer gets the answer', (_what, make, answer) => {
  const body = Do(function* () {
    return ['performer', yield* Ask(1)]
  })
  expect(run(body().with(doing(make)).with(outer))).toEqual(['performer', answer])
  expect(steps).toEqual(['clause closed'])
})

test('hands over an instance of a user class, which the outer handler takes by its class', () => {
  class Polite {
    readonly words = 'please'
  }
  const polite = handler('polite')
    .on(Polite)
    .fun(({ words }) => words)
  expect(
    run(
      Ask(1)
        .with(doing(() => Delegate(new Polite())))
        .with(polite),
    ),
  ).toBe('please')
})

test('gives the outer handler a continuation that contains the handler that declined', () => {
  const counting = handler('counting')
    .ctl(Ask, function* () {
      return yield* Delegate()
    })
    .returns(value => `returned ${String(value)}`)
  const resuming = handler('resuming').ctl(Ask, function* (k, n) {
    return ['resumed', yield Resume(k, n)]
  })
  const body = Do(function* () {
    return [yield* Ask(1), yield* Ask(2)]
  })
  expect(run(body().with(counting).with(resuming))).toEqual(['resumed', ['resumed', 'returned 1,2']])
})

test('closes the programs that the clause called, innermost first', () => {
  const calling = (name: string, program: Any) =>
    Do(function* () {
      try {
        return yield program
      } finally {
        steps.push(`${name} closed`)
      }
    })()
  const declining = doing(() => calling('middle', calling('inner', Delegate())))
  expect(run(Ask(1).with(declining).with(outer))).toBe('outer 1')
  expect(steps).toEqual(['inner closed', 'middle closed', 'clause closed'])
})

test.each<[string, Any]>([
  ['outside of every handler', Delegate()],
  ['in the body of a handler', Delegate().with(outer)],
  [
    'in a body that a pending clause resumed',
    Ask(1)
      .flatMap(() => Delegate())
      .with(doing(k => Resume(k, 0))),
  ],
  [
    'in the program that a fun clause gives',
    Ask(1).with(handler('h').fun(Ask, () => pure(0).flatMap(() => Delegate()))) as Any,
  ],
  [
    'in a final clause',
    Ask(1).with(
      handler('h').final(Ask, function* () {
        yield Delegate()
      }),
    ),
  ],
  [
    'in a return clause',
    pure(0).with(
      handler('h').returns(function* () {
        yield Delegate()
      }),
    ),
  ],
])('is refused %s, where it is yielded', (_where, program) => {
  const error = failureOf(program.with(outer)) as NoHandlerContextError
  expect(error).toBeInstanceOf(NoHandlerContextError)
  expect(error.code).toBe('ERR_NO_HANDLER_CONTEXT')
})

test('can be refused and caught: the clause goes on with its continuation', () => {
  const declining = handler('declining').ctl(Ask, function* (k) {
    try {
      yield Delegate(pure(1))
    } catch (error) {
      return yield Resume(k, error)
    }
    return 'not refused'
  })
  expect(run(Ask(1).with(declining).with(outer))).toBeInstanceOf(InvalidYieldError)
})

test.each<[string, (k: Continuation<unknown>) => Any]>([
  ['resumed', k => Resume(k, 1)],
  ['discontinued', k => Discontinue(k)],
])('is refused when the continuation was %s before', (_how, use) => {
  const greedy = doing(k => use(k).flatMap(() => Delegate()))
  expect(failureOf(Ask(1).with(greedy).with(outer))).toBeInstanceOf(OneShotViolationError)
})

test('uses the continuation up, for the clause and whoever it told of it', () => {
  let told: Continuation<unknown> | undefined
  const telling = handler('telling').ctl(Ask, function* (k) {
    told = k
    return yield* Delegate()
  })
  const program = Do(function* () {
    yield* Ask(1).with(telling)
    yield Resume(told as Continuation<unknown>, 1)
  })
  expect(() => run(program().with(outer))).toThrow('was used before, by Delegate')
})

test('performing the effect again is not delegating: the clause goes on and keeps its continuation', () => {
  const adding = handler('adding').ctl(Ask, function* (k, n) {
    return Resume(k, `${String(yield* Ask(n + 1))} plus`)
  })
  expect(run(Ask(1).with(adding).with(adding).with(outer))).toBe('outer 3 plus plus')
})

test('from a clause reaches handlers outside of WithHandler, also of the same function', () => {
  const seen: string[] = []
  const layer = (name: string) =>
    function* (asked: unknown) {
      seen.push(name)
      yield Delegate(asked as object)
    }
  const body = WithHandler(layer('outer layer'), WithHandler(layer('inner layer'), Ask(3)))
  expect(run(body.with(outer))).toBe('outer 3')
  expect(seen).toEqual(['inner layer', 'outer layer'])
})
