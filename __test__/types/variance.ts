// Law: a program that performs less, or gives something more special, fits where more is allowed; not the reverse. A
// handler that takes more, or performs less, fits where less is needed.

import { Do, effect, Get, handler, pure, Put, run, state, Tell, type EffectConstructor } from '../../index'
import type {
  AnyHandler,
  Control,
  Effect,
  EffectOf,
  GetEffect,
  Handler,
  Program,
  PutEffect,
  StateEffect,
  TellEffect,
  WriterEffect,
} from '../../index'
import { law, needs, type Fits, type Same } from './law'

const ReadFile = effect('ReadFile')<[path: string], string>()
type Files = EffectOf<typeof ReadFile>

law<Fits<Program<number>, Program<number, GetEffect>>>('a program without effects fits everywhere')
law<Fits<Program<number, GetEffect>, Program<number, GetEffect | TellEffect>>>(
  'fewer effects fit where more are allowed',
)
law<Fits<Program<1, never>, Program<number, never>>>('a more special result fits')
law<Fits<Program<number, GetEffect>, Program<unknown, unknown>>>('every program fits the widest type')
law<Fits<Control<number, GetEffect>, Program<number, GetEffect>>>('a control primitive is a program')
// @ts-expect-error -- more effects do not fit where fewer are allowed
law<Fits<Program<number, GetEffect | TellEffect>, Program<number, GetEffect>>>('')
// @ts-expect-error -- an effect does not fit where none is allowed
law<Fits<Program<number, GetEffect>, Program<number>>>('')
// @ts-expect-error -- other effects do not fit
law<Fits<Program<number, TellEffect>, Program<number, GetEffect>>>('')
// @ts-expect-error -- a wider result does not fit
law<Fits<Program<number | string>, Program<number>>>('')
// @ts-expect-error -- a program is not a control primitive
law<Fits<Program<number>, Control<number>>>('')

// Annotations on functions.
function wordCount(path: string): Program<number, Files | TellEffect> {
  return ReadFile(path).map(text => text.split(' ').length)
}
const annotated: (path: string) => Program<number, Files | TellEffect> = Do(function* (path: string) {
  const text = yield* ReadFile(path)
  yield* Tell(path)
  return text.length
})
const readAndPut = Do(function* () {
  yield* ReadFile('a')
  yield* Put('n', 1)
})
// @ts-expect-error -- the annotation forgot Put
needs<Program<void, Files>>(readAndPut())
// @ts-expect-error -- the result is a number
needs<Program<string, Files | TellEffect>>(wordCount('a'))

function twice<A, E>(program: Program<A, E>): Program<[A, A], E> {
  return program.flatMap(first => program.map(second => [first, second] as [A, A]))
}
const pair = twice(wordCount('a'))
law<Same<typeof pair, Program<[number, number], Files | TellEffect>>>('a function over programs keeps their row')

function logged<A, E>(program: Program<A, E>): Program<A, E | TellEffect> {
  return Do(function* () {
    const result = yield* program
    yield* Tell(result)
    return result
  })()
}
law<Same<ReturnType<typeof loggedGet>, Program<unknown, GetEffect | TellEffect>>>('and may add effects of its own')
const loggedGet = () => logged(Get('n'))

function runPure<A>(program: Program<A>): A {
  return run(program)
}
runPure(pure(1))
// @ts-expect-error -- only programs whose row is empty
runPure(wordCount('a'))

const list: Program<number, Files | TellEffect | GetEffect>[] = [wordCount('a'), annotated('b'), pure(1)]
law<Same<(typeof list)[number], Program<number, Files | TellEffect | GetEffect>>>(
  'programs of several rows share a list',
)

function useEither(flag: boolean): Program<number | undefined, GetEffect | Files> {
  return flag ? Get<number>('n') : ReadFile('a').map(text => text.length)
}
run(useEither(true).with(state()).with(files()))

// Annotations of handlers.
function files(): Handler<Files> {
  return handler('files').fun(ReadFile, path => path)
}
law<Fits<Handler<StateEffect>, Handler<GetEffect>>>('a handler that takes more fits')
law<Fits<Handler<GetEffect>, Handler<GetEffect, TellEffect>>>('one that performs less fits')
law<Fits<Handler<GetEffect, TellEffect, 1, string, 'x'>, AnyHandler>>('every handler fits AnyHandler')
law<Fits<Handler<GetEffect, never, never, number, unknown>, Handler<GetEffect, never, never, number, string>>>(
  'one that accepts every result fits',
)
// @ts-expect-error -- a handler that takes less does not fit
law<Fits<Handler<GetEffect>, Handler<StateEffect>>>('')
// @ts-expect-error -- one that performs more does not fit
law<Fits<Handler<GetEffect, TellEffect>, Handler<GetEffect>>>('')
// @ts-expect-error -- one that may end the body does not fit where none may
law<Fits<Handler<GetEffect, never, string>, Handler<GetEffect>>>('')
// @ts-expect-error -- one that maps the result does not fit where none may
law<Fits<Handler<GetEffect, never, never, number>, Handler<GetEffect>>>('')
// @ts-expect-error -- the function promised to take Put as well
needs<Handler<GetEffect | PutEffect>>(handler('reads').val(Get, 1))

const either: Handler<GetEffect> | Handler<WriterEffect> = Math.random() > 0.5 ? state() : handler('reads').val(Get, 1)
// @ts-expect-error -- one of several handlers is not both
run(Get('n').flatMap(Tell).with(either))

// An effect with a type of its own.
interface Find extends Effect<'Find', [id: number], string | undefined> {}
const Find = effect('Find')<Find>()
law<Same<EffectOf<typeof Find>, Find>>('an effect may have a declared type')
law<Same<ReturnType<typeof find>, Program<string | undefined, Find>>>('which is in the row')
const find = () => Find(1)
run(Find(1).with(handler('finding').fun(Find, id => (id === 1 ? 'Ada' : undefined))))
// @ts-expect-error -- the name of the type is the name of the effect
effect('Fnd')<Find>()
// @ts-expect-error -- the payload is a number
Find('1')

// Effects are the same when everything about them is the same.
law<Same<Files, Effect<'ReadFile', [path: string], string>>>('EffectOf and Effect say the same')
law<Fits<typeof ReadFile, EffectConstructor<'ReadFile', [path: string], string>>>(
  'an effect constructor has a type to write',
)
// @ts-expect-error -- another answer
law<Fits<Files, Effect<'ReadFile', [path: string], string | undefined>>>('')
// @ts-expect-error -- another payload
law<Fits<Files, Effect<'ReadFile', [path: unknown], string>>>('')
// @ts-expect-error -- also among others of the same name
law<Fits<Files, Effect<'ReadFile', [path: unknown], unknown> | GetEffect>>('')
