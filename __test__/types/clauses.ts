// Law: a clause takes the payload its effect carries and gives the answer the effect is declared with; what it performs
// is the handler's row.

import { Ask, Do, effect, Get, handler, pure, Put, Resume, Tell } from '../../index'
import type { AskEffect, Continuation, EffectOf, GetEffect, Handler, PutEffect, TellEffect } from '../../index'
import { law, type Same } from './law'

const Size = effect('Size')<[path: string], number>()
const Move = effect('Move')<[from: string, to: string], boolean>()
const Beep = effect('Beep')()
type SizeEffect = EffectOf<typeof Size>
type MoveEffect = EffectOf<typeof Move>

const start = handler('start')
law<Same<typeof start, Handler>>('a new handler takes nothing, performs nothing and ends nothing')

const constant = start.val(Size, 1)
law<Same<typeof constant, Handler<SizeEffect>>>('val answers')
const computed = start.fun(Size, path => path.length)
law<Same<typeof computed, Handler<SizeEffect>>>('fun answers')
const several = start.fun(Size, path => path.length).fun(Move, (from, to) => from !== to)
law<Same<typeof several, Handler<SizeEffect | MoveEffect>>>('clauses add up')

start.fun(Move, (from, to) => {
  law<Same<typeof from, string>>('payload parameters need no annotation')
  law<Same<typeof to, string>>('each has its own type')
  return true
})
start.fun(Move, from => from === 'a')
start.fun(Beep, () => {})
const lines: string[] = []
const pushing = start.fun(Beep, () => lines.push('beep'))
law<Same<typeof pushing, Handler<EffectOf<typeof Beep>>>>('where there is no answer, any value is as good as none')
const beeping = start.fun(Beep, () => Tell('beep'))
law<Same<typeof beeping, Handler<EffectOf<typeof Beep>, TellEffect>>>('and a program is run')
start.fun(Size, () => 1)
start.ctl(Move, function* (k) {
  return Resume(k, true)
})

// @ts-expect-error -- the constant of a val clause is the answer
start.val(Size, '1')
// @ts-expect-error -- undefined is not a number
start.val(Size, undefined)
// @ts-expect-error -- a fun clause returns the answer
start.fun(Size, path => path)
// @ts-expect-error -- on every path
start.fun(Size, path => (path === '' ? undefined : 1))
// @ts-expect-error -- or a program that gives it
start.fun(Size, path => pure(path))
// @ts-expect-error -- the payload is a string
start.fun(Size, (n: number) => n)
// @ts-expect-error -- the effect carries one value only
start.fun(Size, (path, _extra) => path.length)
// @ts-expect-error -- the payload of a ctl clause follows k
start.ctl(Size, function* (k, n: number) {
  return Resume(k, n)
})
// @ts-expect-error -- k awaits a number
start.ctl(Size, function* (k: Continuation<string, never>) {
  return Resume(k, 'x')
})
// @ts-expect-error -- a final clause takes the payload
start.final(Size, (n: number) => n)
// @ts-expect-error -- a ctl clause is a generator function
start.ctl(Size, k => Resume(k, 1))
// @ts-expect-error -- a raw clause too
start.raw(Size, k => Resume(k, 1))
// @ts-expect-error -- a number is not an effect
start.val(1, 1)
// @ts-expect-error -- an effect's program is not its constructor
start.fun(Size('a'), () => 1)
declare const plainFunction: (path: string) => string
// @ts-expect-error -- a function is neither an effect nor a class
start.fun(plainFunction, () => 1)

const asking = start.fun(Size, () => Ask<number>('size'))
law<Same<typeof asking, Handler<SizeEffect, AskEffect>>>('a fun clause may give a program, whose row it performs')
const sometimes = start.fun(Size, path => (path === '' ? 0 : Ask<number>('size')))
law<Same<typeof sometimes, Handler<SizeEffect, AskEffect>>>('on some paths')
const unknownAnswer = start.fun(Get, key => Ask(key))
law<Same<typeof unknownAnswer, Handler<GetEffect, AskEffect>>>('also where the answer may be anything')

const performing = start.ctl(Size, function* (k, path) {
  yield* Put('last', path)
  const size = yield* Ask<number>('size')
  return Resume(k, size)
})
law<Same<typeof performing, Handler<SizeEffect, PutEffect | AskEffect>>>('a ctl clause performs what it yields')
const performingRaw = start.raw(Size, function* (k) {
  yield* Tell('raw')
  return Resume(k, 1)
})
law<Same<typeof performingRaw, Handler<SizeEffect, TellEffect>>>('a raw clause too')
const performingFinal = start.final(Size, function* () {
  yield* Tell('final')
})
law<Same<typeof performingFinal, Handler<SizeEffect, TellEffect, void>>>('a final clause too')
const performingReturn = start.returns(function* (n: number) {
  yield* Tell(n)
  return n
})
law<Same<typeof performingReturn, Handler<never, TellEffect, never, number, number>>>('a return clause too')

const helper = Do(function* () {
  yield* Tell('help')
  return 1
})
const helped = start.ctl(Size, function* (k) {
  return Resume(k, yield* helper())
})
law<Same<typeof helped, Handler<SizeEffect, TellEffect>>>('sub-programs of a clause count')

const throwing = start.fun(Size, () => {
  throw new Error('no')
})
law<Same<typeof throwing, Handler<SizeEffect>>>('a clause may throw instead of answering')
const finallyThrowing = start.final(Size, () => {
  throw new Error('no')
})
law<Same<typeof finallyThrowing, Handler<SizeEffect>>>('a final clause that throws adds no result')
