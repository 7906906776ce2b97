// Law: `.with` subtracts from the row what the handler takes and adds what its clauses perform. The first `.with` is the
// innermost; the order matters exactly where one handler performs what another takes.

import { Ask, Do, effect, Get, handler, Put, reader, run, state, Tell, writer } from '../../index'
import type { AskEffect, EffectOf, GetEffect, PutEffect, TellEffect, WriterEffect } from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

const A = effect('A')<[], string>()
const B = effect('B')<[n: number], number>()
type AEffect = EffectOf<typeof A>
type BEffect = EffectOf<typeof B>

const both = Do(function* () {
  yield* A()
  return yield* B(1)
})

const onlyA = handler('only a').val(A, 'a')
const onlyB = handler('only b').fun(B, n => n)
const aByAsking = handler('a by asking').fun(A, () => Ask<string>('a'))
const bByTelling = handler('b by telling').ctl(B, function* (_k, n) {
  yield* Tell(n)
  return n
})

const withoutA = both().with(onlyA)
law<Same<RowIn<typeof withoutA>, BEffect>>('what the handler takes is subtracted')
law<Same<ResultIn<typeof withoutA>, number>>('a handler that only answers leaves the result type alone')

const other = both().with(state())
law<Same<RowIn<typeof other>, AEffect | BEffect>>('what the handler does not take stays')

const none = both().with(handler('none'))
law<Same<RowIn<typeof none>, AEffect | BEffect>>('a handler without clauses takes nothing')

const asking = both().with(aByAsking)
law<Same<RowIn<typeof asking>, AskEffect | BEffect>>('what the clauses perform is added')

const empty = both().with(onlyA).with(onlyB)
law<Same<RowIn<typeof empty>, never>>('several handlers subtract one after the other')
const swapped = both().with(onlyB).with(onlyA)
law<Same<typeof empty, typeof swapped>>('independent handlers may come in any order')

const inReach = both()
  .with(aByAsking)
  .with(reader({ a: 'a' }))
  .with(onlyB)
law<Same<RowIn<typeof inReach>, never>>('an outer handler takes what an inner one performs')

const outOfReach = both()
  .with(reader({ a: 'a' }))
  .with(aByAsking)
  .with(onlyB)
law<Same<RowIn<typeof outOfReach>, AskEffect>>('an inner handler does not take what an outer one performs')

const again = handler('again').ctl(A, function* () {
  return yield* A()
})
const performedAgain = Do(function* () {
  return yield* A()
})().with(again)
law<Same<RowIn<typeof performedAgain>, AEffect>>(
  'a clause that performs its own effect again leaves it to the outer handler',
)

const two = handler('two')
  .val(A, 'a')
  .fun(B, n => n)
const withTwo = both().with(two)
law<Same<RowIn<typeof withTwo>, never>>('a handler of several effects subtracts them all')

const telling = both().with(bByTelling).with(onlyA)
law<Same<RowIn<typeof telling>, TellEffect>>('performing clauses of every kind add their rows')
const silent = telling.with(writer())
law<Same<RowIn<typeof silent>, never>>('until someone takes those effects')

const partly = Do(function* () {
  yield* Get('a')
  yield* Put('a', 1)
})().with(handler('reads').val(Get, 1))
law<Same<RowIn<typeof partly>, PutEffect>>('a user handler for a built-in effect subtracts that effect only')

const Get2 = effect('Get')<[key: string], string>()
const sameName = Do(function* () {
  yield* Get2('a')
  yield* Get('a')
})().with(state())
law<Same<RowIn<typeof sameName>, EffectOf<typeof Get2>>>('effects of one name with other types are told apart')
law<Same<EffectOf<typeof Get>, GetEffect>>('EffectOf knows the built-in effects')

const scoped = both().with(writer())
law<Same<typeof scoped extends { with: unknown } ? true : false, true>>('the result is a program again')
law<Same<RowIn<typeof scoped>, AEffect | BEffect>>('a handler that is not needed changes nothing')
law<Same<WriterEffect extends TellEffect ? true : false, false>>('a writer takes more than Tell')

run(both().with(two))
// @ts-expect-error -- B is left
run(both().with(onlyA))

// @ts-expect-error -- a number is not a handler
both().with(1)
// @ts-expect-error -- an effect is not a handler
both().with(A)
// @ts-expect-error -- a function that makes a handler is not a handler: call it
both().with(writer)
// @ts-expect-error -- a program is not a handler
both().with(both())
// @ts-expect-error -- an untyped handler is not checked, so it goes through WithHandler
both().with(function* () {})
// @ts-expect-error -- an object that looks like a handler is none
both().with({ name: 'fake' })
