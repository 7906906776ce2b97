// What is said at run time about mistakes that people make: what it is, and what to write instead.

import {
  Ask,
  catching,
  Do,
  effect,
  Failure,
  Get,
  handler,
  pure,
  run,
  state,
  UnhandledEffectError,
  VM,
  WithHandler,
} from '../../index'

const Log = effect('Log')<[line: string]>()
class Gone extends Failure('Gone') {}

test.each<[what: string, mistake: () => unknown, message: string | RegExp]>([
  ['no handler in .with', () => pure(1).with(undefined as never), '.with takes a handler, not undefined.'],
  [
    'a function that makes a handler in .with',
    () => pure(1).with(state as never),
    '.with takes a handler, not function state: if it makes a handler, call it, as in .with(state()).',
  ],
  [
    'an untyped handler in .with',
    () => pure(1).with(function* all() {} as never),
    '.with takes a handler, not function all: an untyped handler is installed by WithHandler(f, program).',
  ],
  [
    'a function that makes a handler in WithHandler',
    () => run(WithHandler(state as never, Get('n')) as never),
    'state is a function that makes a handler: call it, as in .with(state()).',
  ],
  [
    'a promise from an untyped handler',
    () => run(WithHandler((() => Promise.resolve(1)) as never, Get('n')) as never),
    /gave a promise for Get\('n'\): write it as function\* and yield\* Await\(promise\)\.$/,
  ],
  [
    'an async fun clause',
    () => handler('files').fun(Ask, async () => 1),
    'A fun clause of files cannot be an async function: answer with a program, as in (…) => Await(promise).',
  ],
  [
    'an async ctl clause',
    () => handler('files').ctl(Ask, (async () => 1) as never),
    'A ctl clause of files cannot be an async function: write function* and yield* Await(promise).',
  ],
  [
    'an async return clause',
    () => handler('files').returns(async () => 1),
    'A returns clause of files cannot be an async function: write function* and yield* Await(promise).',
  ],
  [
    'an async clause of catching',
    () => catching(Gone, async () => 1),
    'catching takes a function of the failure last, not an async one: write function* and yield* Await(promise).',
  ],
  [
    'a class that is none in on',
    () => handler('h').on(Log as never),
    /^A clause of h names an effect or a class of yours, not /,
  ],
  ['a function that makes a program', () => run((() => pure(1)) as never), /If it makes a program, call it\.$/],
])('%s', (_what, mistake, message) => {
  expect(mistake).toThrow(message)
})

test('a handler of another effect of the same name is named, with the place of each declaration', () => {
  const Other = effect('Log')<[line: string]>()
  const log = handler('log').fun(Other, () => {})
  const performing = () => new VM().run(Log('x').with(log))
  expect(performing).toThrow(UnhandledEffectError)
  expect(performing).toThrow(
    /^No handler takes Log\('x'\) \(searched: log\)\. log takes another effect named Log, declared at \S+mistakes\.test\.ts:\d+:\d+; this one is declared at \S+mistakes\.test\.ts:\d+:\d+\.$/,
  )
})

test('a handler of another effect named as a built-in one is named too', () => {
  const Other = effect('Get')<[key: string], number>()
  const performing = () => new VM().run(Get('n').with(handler('mine').val(Other, 1)))
  expect(performing).toThrow(/mine takes another effect named Get, declared at \S+; this one is declared elsewhere\.$/)
})

describe('the payload of an effect that is redacted', () => {
  const Login = effect('Login', { redact: true })<[user: string, password: string], boolean>()

  test('is in no message', () => {
    const performing = () => new VM().run(Login('ada', 'secret'))
    expect(performing).toThrow('No handler takes Login(…) (there is no handler in scope).')
    expect(String(Login('ada', 'secret'))).toBe('Login(…)')
  })

  test('is what its clause gets', () => {
    const program = Do(function* () {
      return yield* Login('ada', 'secret')
    })
    expect(run(program().with(handler('login').fun(Login, (user, password) => user + password === 'adasecret')))).toBe(
      true,
    )
  })

  test('options that are none are refused', () => {
    expect(() => effect('Login', 'redact' as never)).toThrow(
      "effect takes { redact: true } as its options, not 'redact'.",
    )
    expect(() => effect('Login', { redact: 1 } as never)).toThrow(/^effect takes \{ redact: true \} as its options/)
  })
})
