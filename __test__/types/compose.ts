// Law: `.with(compose(a, b))` is typed as `.with(b).with(a)`.

import { Ask, compose, Do, effect, handler, pure, reader, Resume, state, Tell, WithHandler, writer } from '../../index'
import type {
  AskEffect,
  Control,
  EffectOf,
  Handler,
  Paired,
  Program,
  ReaderEffect,
  StateEffect,
  TellEffect,
  WriterEffect,
} from '../../index'
import { law, type Same } from './law'

const Log = effect('Log')<[line: string]>()
const Choose = effect('Choose')<[], boolean>()
const Fail = effect('Fail')<[message: string], never>()
type LogEffect = EffectOf<typeof Log>

const telling = handler('telling').fun(Log, line => Tell(line))
const listing = handler('listing')
  .ctl(Choose, function* (k) {
    return Resume(k, true)
  })
  .returns((n: number) => [n])
const failing = handler('failing').final(Fail, message => message)
const counting = handler('counting').returns((items: readonly unknown[]) => items.length)

const program = Do(function* () {
  yield* Log('x')
  if (yield* Choose()) yield* Fail('no')
  return 1 as number
})

const alone = compose(telling)
law<Same<typeof alone, typeof telling>>('one handler composed is that handler')

const two = compose(writer(), telling)
law<Same<typeof two, Handler<LogEffect | WriterEffect>>>('the outer one takes what the inner one performs')
const reversed = compose(telling, writer())
law<Same<typeof reversed, Handler<LogEffect | WriterEffect, TellEffect>>>(
  'the inner one does not take what the outer performs',
)
const performing = compose(
  state(),
  handler('asking').fun(Log, () => Ask<undefined>('x')),
)
law<Same<typeof performing, Handler<LogEffect | StateEffect, AskEffect>>>(
  'what neither takes is performed by the composition',
)

const nested = program().with(telling).with(writer())
const composed = program().with(two)
law<Same<typeof composed, typeof nested>>('two handlers, as nested')

const nested3 = program().with(failing).with(telling).with(writer())
const composed3 = program().with(compose(writer(), telling, failing))
law<Same<typeof composed3, typeof nested3>>('three, as nested, with what a final clause adds')

const nestedResults = program().with(listing).with(counting)
const composedResults = program().with(compose(counting, listing))
law<Same<typeof composedResults, typeof nestedResults>>('return clauses, as nested')
const nested4 = program()
  .with(failing)
  .with(handler('id').returns((x: number | string) => [x]))
  .with(counting)
  .with(telling)
const composed4 = program().with(
  compose(
    telling,
    counting,
    handler('id').returns((x: number | string) => [x]),
    failing,
  ),
)
law<Same<typeof composed4, typeof nested4>>('four, as nested, the outer return clauses after the inner')

const deep = compose(compose(state(), reader({})), compose(writer(), telling))
law<Same<typeof deep, Handler<StateEffect | ReaderEffect | WriterEffect | LogEffect>>>('compositions compose')

const inPlace = WithHandler(compose(counting, listing), pure(1))
law<Same<typeof inPlace, Control<number>>>('WithHandler takes a composition')

const mismatched = compose(
  handler('text').returns((s: string) => s),
  listing,
)
// @ts-expect-error -- the outer return clause cannot take what the inner one gives
program().with(mismatched)
// @ts-expect-error -- the inner return clause takes a number
pure('x').with(compose(counting, listing))

// @ts-expect-error -- nothing to compose
compose()
// @ts-expect-error -- an effect is not a handler
compose(telling, Log)
// @ts-expect-error -- an untyped handler goes through WithHandler
compose(telling, function* () {})

declare const pairing: Handler<never, never, never, Paired<string[]>>
const nestedPairs = pure(1).with(pairing).with(counting)
const composedPairs = pure(1).with(compose(counting, pairing))
law<Same<typeof composedPairs, typeof nestedPairs>>('a return clause may take the pair that an inner handler makes')
const twoPairs = pure(1).with(compose(pairing, pairing))
law<Same<typeof twoPairs, Program<[[number, string[]], string[]]>>>('pairs nest')
