// What the compiler says about the mistakes that people make: the message names the effect, the place is right.

import { typeErrors } from '../support/snippets'

jest.setTimeout(60_000)

const imports = `import * as doeff from 'doeff-vm'
const { Ask, AsyncEscape, Do, effect, Get, handler, pure, Put, Resume, run, runAsync, state, Tell, writer } = doeff
const ReadFile = effect('ReadFile')<[path: string], string>()
class NotFound extends doeff.Failure('NotFound')<{ id: number }> {}
class Gone extends doeff.Failure('Gone') {}`

/** A mistake on the last line, and what the message about it says. */
const mistakes: [mistake: string, code: string, message: RegExp][] = [
  [
    'an unhandled effect is named by the property that is missing',
    `run(ReadFile('a'))`,
    /Property ''unhandled effects'' is missing in type .* but required in type '\{ readonly 'unhandled effects': "ReadFile"; \}'\.$/,
  ],
  [
    'several unhandled effects are all named',
    `run(Do(function* () { yield* ReadFile('a'); yield* Tell('x'); yield* Get('n') })().with(state()))`,
    /'unhandled effects': ("Tell" \| "ReadFile"|"ReadFile" \| "Tell"); \}'\.$/,
  ],
  [
    'an effect performed by a clause is named',
    `run(ReadFile('a').with(handler('files').fun(ReadFile, path => Ask<string>(path))))`,
    /'unhandled effects': "Ask"; \}'\.$/,
  ],
  [
    'an effect that a clause delegated is named',
    `run(ReadFile('a').with(handler('none').ctl(ReadFile, function* () { return doeff.Delegate() })))`,
    /'unhandled effects': "ReadFile"; \}'\.$/,
  ],
  [
    'an unhandled effect of a generator function is named',
    `run(function* () { return yield* ReadFile('a') })`,
    /'unhandled effects': "ReadFile"; \}/,
  ],
  [
    'runAsync names unhandled effects too',
    `runAsync(AsyncEscape(() => Promise.resolve(1)).flatMap(n => Put('n', n)))`,
    /'unhandled effects': "Put"; \}'\.$/,
  ],
  [
    'a program that waits for the outside is sent to runAsync',
    `run(AsyncEscape(() => Promise.resolve(1)))`,
    /'unhandled effects': "AsyncEscape \(needs runAsync\)"; \}'\.$/,
  ],
  [
    'an uncaught failure is named',
    `run(doeff.fail(new NotFound({ id: 1 })))`,
    /'unhandled effects': "Fails: NotFound"; \}'\.$/,
  ],
  [
    'the failure that a handler does not catch is named',
    `run(pure(1).flatMap(id => doeff.fail(id > 0 ? new NotFound({ id }) : new Gone())).with(doeff.catching(Gone, () => 0)))`,
    /'unhandled effects': "Fails: NotFound"; \}'\.$/,
  ],
  [
    'a failure of a clause is named beside effects',
    `runAsync(Get('n').flatMap(() => ReadFile('a').with(handler('h').fun(ReadFile, () => doeff.fail(new Gone())))))`,
    /'unhandled effects': ("Get" \| "Fails: Gone"|"Fails: Gone" \| "Get"); \}'\.$/,
  ],
  [
    'a missing field of a failure is told where it is made',
    `doeff.fail(new NotFound({}))`,
    /Property 'id' is missing in type '\{\}' but required in type 'Readonly<\{ id: number; \}>'/,
  ],
  [
    'an ordinary error is no failure',
    `doeff.fail(new TypeError('no'))`,
    /Argument of type 'TypeError' is not assignable to parameter of type 'Failure<string>'/,
  ],
  [
    'a plain yield answers unknown',
    `Do(function* () { const n: string = yield Get('n'); return n })`,
    /^program \d+:6: Type 'unknown' is not assignable to type 'string'\.$/,
  ],
  [
    'a wrong payload is told where it is given',
    `ReadFile(1)`,
    /^program \d+:6: Argument of type 'number' is not assignable to parameter of type 'string'\.$/,
  ],
  [
    'a wrong answer is told with the answer that is needed',
    `handler('files').fun(ReadFile, path => path.length)`,
    /Type 'number' is not assignable to type 'string \| Program<string, unknown> \| (Program)?Generator<unknown, string.*>'\./,
  ],
  [
    'a wrong constant too',
    `handler('files').val(ReadFile, 1)`,
    /Argument of type 'number' is not assignable to parameter of type 'string'\./,
  ],
  [
    'resuming with a wrong value is told where it is resumed',
    `handler('files').ctl(ReadFile, function* (k, path) { return Resume(k, path.length) })`,
    /^program \d+:6: Argument of type 'number' is not assignable to parameter of type 'string'\.$/,
  ],
  [
    'a return clause that cannot take the result is told with both types',
    `pure('x').with(handler('double').returns((n: number) => n * 2))`,
    /Type 'string' is not assignable to type 'number'\.$/,
  ],
  [
    'something else than a handler is told to be none',
    `pure(1).with(writer)`,
    /Argument of type '\(\) => Handler<WriterEffect.*' is not assignable to parameter of type 'Handler</,
  ],
]

/** The errors of every program, from one run of the compiler; each is one line that begins with its place. */
let errors: string[]

beforeAll(() => {
  const codes = [...mistakes.map(([, code]) => code), `run(Put('n', 1).flatMap(() => Get('n')).with(state()))`]
  const programs = codes.map((code, at) => ({ file: `program ${at}`, line: 0, code: `${imports}\n${code}\n` }))
  errors = typeErrors(programs).map(error => error.replaceAll(/\s+/g, ' '))
})

const errorsIn = (at: number): string[] => errors.filter(error => error.startsWith(`program ${at}:`))

test.each(mistakes.map(([mistake, , message], at) => ({ mistake, message, at })))('$mistake', ({ message, at }) => {
  expect(errorsIn(at)).toEqual([expect.stringMatching(message)])
  expect(errorsIn(at)[0]).toMatch(/^program \d+:6: /)
})

test('a program without mistakes has no errors', () => {
  expect(errorsIn(mistakes.length)).toEqual([])
})
