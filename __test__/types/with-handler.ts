// Law: `WithHandler(h, body)` is typed as `body.with(h)`, performed in place; an untyped handler gives `unknown`.

import { Ask, Do, effect, Get, handler, pure, raw, Resume, run, state, Tell, WithHandler, writer } from '../../index'
import type { AskEffect, Continuation, Control, GetEffect, TellEffect } from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

const Size = effect('Size')<[path: string], number>()
const sizes = handler('sizes')
  .fun(Size, () => Ask<number>('size'))
  .returns((n: number) => ({ n }))

const overProgram = WithHandler(sizes, Size('a'))
law<Same<typeof overProgram, Control<{ n: number }, AskEffect>>>('over an effect')
law<Same<typeof overProgram, Control<ResultIn<typeof byWith>, RowIn<typeof byWith>>>>('it is typed as .with')
const byWith = Size('a').with(sizes)

const overFunction = WithHandler(sizes, function* () {
  yield* Tell('x')
  return yield* Size('a')
})
law<Same<typeof overFunction, Control<{ n: number }, AskEffect | TellEffect>>>('over a generator function')
// @ts-expect-error -- the return clause takes a number
WithHandler(sizes, pure('x'))
// @ts-expect-error -- so it does over a generator function
WithHandler(sizes, function* () {
  return 'x'
})

const used = Do(function* () {
  const { n } = yield* WithHandler(sizes, Size('a'))
  return n
})
law<Same<ResultIn<typeof used>, number>>('yielded in a program it answers its result')
law<Same<RowIn<typeof used>, AskEffect>>('and adds its row')

const returned = Do(function* () {
  return WithHandler(state({ n: 1 }), Get<number>('n'))
})
law<Same<ResultIn<typeof returned>, number | undefined>>('returned it is a tail call')

class Twice {
  constructor(readonly n: number) {}
}
function* doubler(asked: Twice, k: Continuation<number>) {
  return yield* Resume(k, asked.n * 2)
}
const untyped = WithHandler(doubler, function* () {
  return yield new Twice(21)
})
law<Same<typeof untyped, Control<unknown>>>('nothing is known of what a catch-all gives')
law<Same<typeof untypedRaw, Control<unknown>>>('nor of what a raw one gives')
const untypedRaw = WithHandler(raw(doubler), Size('a'))

WithHandler(function* (asked, k) {
  law<Same<typeof asked, unknown>>('the effect in a catch-all is unknown until it is looked at')
  if (Size.is(asked)) return yield* Resume(k, 1)
  return yield asked
}, Size('a'))
run(WithHandler((asked, k) => Resume(k, asked), Size('a')))

// @ts-expect-error -- a catch-all gives a program or is a generator function
WithHandler(() => 1, Size('a'))
// @ts-expect-error -- an async function is not a handler
WithHandler(async () => pure(1), Size('a'))
// @ts-expect-error -- a number is not a handler
WithHandler(1, Size('a'))
// @ts-expect-error -- a number is not a program
WithHandler(writer(), 1)
// @ts-expect-error -- a generator function with parameters is not a body
WithHandler(writer(), function* (n: number) {
  return n
})
law<Same<RowIn<ReturnType<typeof unhandled>>, GetEffect>>('what the handler does not take stays')
const unhandled = () => WithHandler(writer(), Get('n'))
