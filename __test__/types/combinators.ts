// Law: `pure`, `map`, `flatMap` and `traverse` give the types that the same steps written with `yield*` would give.

import { Do, effect, Get, pure, Put, Tell, traverse } from '../../index'
import type { AnswerOf, EffectOf, GetEffect, Program, PutEffect, TellEffect } from '../../index'
import { law, type RowIn, type Same } from './law'

const Size = effect('Size')<[path: string], number>()
type SizeEffect = EffectOf<typeof Size>

const one = pure(1)
law<Same<typeof one, Program<number>>>('pure performs nothing')

const mapped = Size('a').map(n => `${n}`)
law<Same<typeof mapped, Program<string, SizeEffect>>>('map changes the result and keeps the row')
// @ts-expect-error -- the function takes the result
Size('a').map((s: string) => s)

const chained = Size('a').flatMap(n => Put('size', n))
law<Same<typeof chained, Program<void, SizeEffect | PutEffect>>>('flatMap joins the rows')
const branching = Size('a').flatMap(n => (n > 0 ? Tell('big') : pure(n)))
law<Same<typeof branching, Program<void | number, SizeEffect | TellEffect>>>('of every program that may follow')
// @ts-expect-error -- the function gives a program
Size('a').flatMap(n => n)
// @ts-expect-error -- the function takes the result
Size('a').flatMap((s: string) => pure(s))

const all = traverse(['a', 'b'], Size)
law<Same<typeof all, Program<number[], SizeEffect>>>('traverse collects the results')
const indexed = traverse(new Set([1]), (item, index) => pure([item, index] as const))
law<Same<typeof indexed, Program<(readonly [number, number])[]>>>('of any iterable, with the index')
const mixed = traverse([1], n => (n > 0 ? Get<string>('n') : Tell('none')))
law<Same<typeof mixed, Program<(string | undefined | void)[], GetEffect | TellEffect>>>('and joins the rows')
// @ts-expect-error -- the function gives a program
traverse([1], n => n)

const written = Do(function* () {
  const n = yield* Size('a')
  yield* Put('size', n)
})
law<Same<RowIn<typeof written>, RowIn<typeof chained>>>('written out, the row is the same')
law<Same<AnswerOf<ReturnType<typeof written>>, AnswerOf<typeof chained>>>('and the result too')
