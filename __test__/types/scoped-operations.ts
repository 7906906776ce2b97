// Law: a scoped effect keeps the result and the row of its program; its clause adds what it performs itself.

import {
  Ask,
  Do,
  effect,
  Get,
  handler,
  pure,
  scopedEffect,
  state,
  Tell,
  type AskEffect,
  type GetEffect,
  type ScopedEffect,
  type TellEffect,
} from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

const Span = scopedEffect('Span')<[name: string]>()
type SpanEffect = ScopedEffect<'Span', [name: string]>

const performed = Span('work', Get<number>('n'))
law<Same<ResultIn<typeof performed>, number | undefined>>('the result is that of the program')
law<Same<RowIn<typeof performed>, GetEffect | SpanEffect>>('the row is kept, and the effect is in it')

const telling = handler('telling').scoped(Span, function* (program, name) {
  yield* Tell(name)
  return yield* program
})
const told = performed.with(telling)
law<Same<ResultIn<typeof told>, number | undefined>>('handled, it has its result still')
law<Same<RowIn<typeof told>, GetEffect | TellEffect>>('what the clause performs is added, the effect is gone')

const plain = handler('plain').scoped(Span, program => program)
law<Same<RowIn<ReturnType<typeof withPlain>>, GetEffect>>('a clause that performs nothing adds nothing')
function withPlain() {
  return performed.with(plain)
}

const asking = handler('asking').scoped(Span, (program, name) => Ask(name).flatMap(() => program))
const asked = performed.with(asking)
law<Same<RowIn<typeof asked>, GetEffect | AskEffect>>('so it is with a clause that gives a program')

const local = handler('local').scoped(Span, program => program.with(state()))
const localized = performed.with(local)
law<Same<RowIn<typeof localized>, GetEffect>>('a handler inside of a clause takes nothing off the row of the program')

const nested = Do(function* () {
  return yield* Span('outer', Span('inner', pure(1)))
})
law<Same<RowIn<typeof nested>, SpanEffect>>('nested, it is in the row once')

// @ts-expect-error -- the payload comes before the program
Span(pure(1), 'work')
// @ts-expect-error -- the payload has a type
Span(7, pure(1))
// @ts-expect-error -- a clause answers what the program does
handler('wrong').scoped(Span, function* () {
  return 7
})
// @ts-expect-error -- an effect without a program has no scoped clause
handler('wrong').scoped(effect('Plain')<[], void>(), program => program)

const Size = effect('Size')<[text: string], number>()
const sizes = handler('sizes').fun(Size, function* (text) {
  return text.length + ((yield* Get<number>('n')) ?? 0)
})
const size = Size('a').with(sizes)
law<Same<RowIn<typeof size>, GetEffect>>('a generator function as a fun clause adds its row')
law<Same<ResultIn<typeof size>, number>>('and answers')
// @ts-expect-error -- with the answer of the effect
handler('wrong').fun(Size, function* () {
  return 'text'
})
