// Law: `Do` collects the row of everything its generator yields or tail-calls, once each.

import { AsyncEscape, Do, effect, Get, Pure, pure, Put, Resume, Tail, Tell } from '../../index'
import type { Async, Continuation, EffectOf, GetEffect, PutEffect, TellEffect } from '../../index'
import { law, type Bare, type ResultIn, type RowIn, type Same } from './law'

const A = effect('A')()
const B = effect('B')<[], boolean>()
type AEffect = EffectOf<typeof A>
type BEffect = EffectOf<typeof B>

const nothing = Do(function* () {
  return 1
})
law<Same<RowIn<typeof nothing>, never>>('a generator that yields nothing has the empty row')

const delegating = Do(function* () {
  yield* A()
  return yield* Get('n')
})
law<Same<RowIn<typeof delegating>, AEffect | GetEffect>>('yield* of an effect adds the effect')
law<Same<AEffect, Bare<'A'>>>('EffectOf names the effect of a constructor')

const plain = Do(function* () {
  yield A()
  yield Put('n', 1)
})
law<Same<RowIn<typeof plain>, AEffect | PutEffect>>('a plain yield adds the effect too')

const twice = Do(function* () {
  yield* A()
  yield* A()
})
law<Same<RowIn<typeof twice>, AEffect>>('an effect performed twice is in the row once')

const nested = Do(function* () {
  yield* delegating()
  yield plain()
  yield* Tell('x')
})
law<Same<RowIn<typeof nested>, AEffect | GetEffect | PutEffect | TellEffect>>('the row of a sub-program is added')

const branching = Do(function* (n: number) {
  if (n > 0) yield* A()
  else yield* B()
  return n > 1 ? yield* Get('n') : undefined
})
law<Same<RowIn<typeof branching>, AEffect | BEffect | GetEffect>>('every branch adds its effects')

const looping = Do(function* (items: readonly number[]) {
  for (const item of items) yield* Put('last', item)
  while (yield* B()) yield* A()
})
law<Same<RowIn<typeof looping>, PutEffect | AEffect | BEffect>>('loops add their effects')

const guarded = Do(function* () {
  try {
    yield* A()
  } catch {
    yield* B()
  } finally {
    yield* Tell('done')
  }
})
law<Same<RowIn<typeof guarded>, AEffect | BEffect | TellEffect>>('try, catch and finally add their effects')

const chosen = Do(function* (which: boolean) {
  yield which ? A() : B()
})
law<Same<RowIn<typeof chosen>, AEffect | BEffect>>('yielding one of several programs adds the effects of all')

const tail = Do(function* (n: number) {
  if (n === 0) return 'done'
  return Tail(Get<number>('n'))
})
law<Same<RowIn<typeof tail>, GetEffect>>('a tail call adds the row of the program it calls')
law<Same<ResultIn<typeof tail>, 'done' | number | undefined>>('a tail call gives the result of the program it calls')

const returningProgram = Do(function* () {
  return A()
})
law<Same<RowIn<typeof returningProgram>, never>>('a program that is returned is a value, and adds nothing')

const primitives = Do(function* (k: Continuation<number, string>) {
  yield* Pure(1)
  return yield* Resume(k, 1)
})
law<Same<RowIn<typeof primitives>, never>>('primitives have no row of their own')
law<Same<ResultIn<typeof primitives>, string>>('a resume answers the result of the continuation')

const waiting = Do(function* () {
  return yield* AsyncEscape(() => Promise.resolve(1))
})
law<Same<RowIn<typeof waiting>, Async>>('waiting for the outside is in the row')

class Ping {
  constructor(readonly id: number) {}
}
const untyped = Do(function* () {
  yield new Ping(1)
  yield* A()
})
law<Same<RowIn<typeof untyped>, AEffect>>('instances of user classes are not tracked')

const generic = Do(function* <T>(value: T) {
  yield* A()
  return value
})
const one = generic(1 as number)
law<Same<ResultIn<typeof one>, number>>('a generic generator function stays generic')
law<Same<RowIn<typeof one>, AEffect>>('and keeps its row')

law<Same<Parameters<typeof branching>, [n: number]>>('parameters keep their names and types')
// @ts-expect-error -- a wrong argument
branching('1')
// @ts-expect-error -- an arrow function is not a generator function
Do(() => pure(1))
// @ts-expect-error -- an async function is not a program
Do(async () => 1)
