// What the compiler says about the mistakes that people make, in three versions of it: at the place of the mistake, in three
// lines at most, and in words that name the effect. The texts are kept in __snapshots__; a change of a type shows there.

import { compilers, errorsIn, folderOf, type CompileError, type Version } from '../support/compilers'

jest.setTimeout(120_000)

const prelude = `import * as doeff from 'doeff-vm'
const { Ask, AsyncEscape, Do, effect, Get, handler, pure, Put, Resume, run, runAsync, state, Tell, writer } = doeff
const ReadFile = effect('ReadFile')<[path: string], string>()
const Log = effect('Log')<[line: string]>()
class NotFound extends doeff.Failure('NotFound')<{ id: number }> {}
class Gone extends doeff.Failure('Gone') {}
const greet = Do(function* (name: string) { return name })
const start = Do(function* () { return 1 })`

/** Mistakes, each on a line of its own; `•` stands before the place where the compiler should see it. */
const mistakes: Readonly<Record<string, string>> = {
  'an unhandled effect': `run(•ReadFile('a'))`,
  'several unhandled effects': `run(•Do(function* () { yield* ReadFile('a'); yield* Tell('x'); yield* Get('n') })().with(state()))`,
  'an unhandled effect of the scheduler': `run(•doeff.Spawn(pure(1)))`,
  'an unhandled effect of a generator function': `run(•function* () { return yield* ReadFile('a') })`,
  'an unhandled effect given to runAsync': `runAsync(•AsyncEscape(() => Promise.resolve(1)).flatMap(n => Put('n', n)))`,
  'an effect performed by a clause': `run(•ReadFile('a').with(handler('files').fun(ReadFile, path => Ask<string>(path))))`,
  'an effect that a clause delegated': `run(•ReadFile('a').with(handler('none').ctl(ReadFile, function* () { return doeff.Delegate() })))`,
  'waiting for the outside in run': `run(•AsyncEscape(() => Promise.resolve(1)))`,
  'letting time pass in run': `run(•doeff.Sleep(1).with(doeff.scheduled()))`,
  'a failure that is not caught': `run(•doeff.fail(new NotFound({ id: 1 })))`,
  'one of two failures that is not caught': `run(•pure(1).flatMap(id => doeff.fail(id > 0 ? new NotFound({ id }) : new Gone())).with(doeff.catching(Gone, () => 0)))`,
  'a failure beside an effect': `runAsync(•Get('n').flatMap(() => ReadFile('a').with(handler('h').fun(ReadFile, () => doeff.fail(new Gone())))))`,
  'a function that makes a program, not called': `run(•start)`,
  'a function of arguments that makes a program, not called': `run(•greet)`,
  'an async function given to run': `run(•async () => 1)`,
  'a plain yield that is believed': `Do(function* () { const •n: string = yield Get('n'); return n })`,
  'a plain yield that is believed in run': `run(•function* () { const n: string = yield pure('n'); return n })`,
  'a wrong payload': `ReadFile(•1)`,
  'a wrong answer': `handler('files').fun(ReadFile, path => •path.length)`,
  'a wrong constant': `handler('files').val(ReadFile, •1)`,
  'a wrong clause': `handler('files').fun(ReadFile, •(path: number) => 'a')`,
  'a plain function as a ctl clause': `handler('files').ctl(ReadFile, k => •Resume(k, 'a'))`,
  'a class without on': `handler('h').fun(•Gone, gone => gone)`,
  'a wrong value to resume with': `handler('files').ctl(ReadFile, function* (k, path) { return Resume(k, •path.length) })`,
  'a result of k that the body does not give': `ReadFile('a').with(•handler('files').ctl(ReadFile, function* (k: doeff.Continuation<string, number>) { return (yield* Resume(k, 'a')) + 1 }))`,
  'a result of k that nothing is known of': `handler('files').ctl(ReadFile, function* (k) { return •(yield* Resume(k, 'a')) + 1 })`,
  'a return clause that cannot take the result': `pure('x').with(•handler('double').returns((n: number) => n * 2))`,
  'a function that makes a handler, not called': `pure(1).with(•writer)`,
  'nothing instead of a handler': `pure(1).with(•undefined)`,
  'a missing field of a failure': `doeff.fail(new NotFound(•{}))`,
  'an ordinary error as a failure': `doeff.fail(•new TypeError('no'))`,
}

const names = Object.keys(mistakes)
const fileOf = (name: string): string => `mistake-${names.indexOf(name)}.ts`
const found = {} as Record<Version, readonly CompileError[]>

beforeAll(() => {
  const modules: Record<string, string> = {
    'none.ts': `${prelude}\nrun(Put('n', 1).flatMap(() => Get('n')).with(state()))\n`,
  }
  for (const name of names) modules[fileOf(name)] = `${prelude}\n${mistakes[name]?.replace('•', '')}\n`
  const folder = folderOf(modules)
  for (const version of Object.keys(compilers) as Version[]) found[version] = errorsIn(folder, version)
})

const linesOf = (version: Version, name: string): string[] =>
  found[version]
    .filter(({ file }) => file === fileOf(name))
    .flatMap(({ code, lines }) => [`${code}: ${lines[0]}`, ...lines.slice(1)])

test.each(names)('%s', name => {
  const place = `${prelude.split('\n').length + 1}:${(mistakes[name] as string).indexOf('•') + 1}`
  for (const version of Object.keys(compilers) as Version[]) {
    const first = found[version].find(({ file }) => file === fileOf(name))
    expect({ version, place: first?.place }).toEqual({ version, place })
    expect(linesOf(version, name).length).toBeLessThanOrEqual(3)
  }
  const text = linesOf('6.0', name)
  const others = (['5.4', '7.0'] as const).filter(version => linesOf(version, name).join('\n') !== text.join('\n'))
  const shown = [
    mistakes[name],
    ...text,
    ...others.flatMap(version => [`— TypeScript ${version}:`, ...linesOf(version, name)]),
  ]
  expect(`\n${shown.join('\n')}\n`).toMatchSnapshot()
})

test.each(Object.keys(compilers) as Version[])(
  'the declarations compile with nothing installed, by TypeScript %s',
  version => {
    expect(found[version].filter(({ file }) => file.includes('doeff-vm'))).toEqual([])
  },
)

test('a program without mistakes has no errors', () => {
  for (const version of Object.keys(compilers) as Version[]) {
    expect(found[version].filter(({ file }) => file === 'none.ts')).toEqual([])
  }
})
