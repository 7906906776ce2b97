// Law: a continuation is resumed with what the suspended effect is answered with, and nothing else.

import {
  Delegate,
  Discontinue,
  effect,
  Get,
  GetContinuation,
  handler,
  pure,
  Resume,
  ResumeThrow,
  Tell,
  Transfer,
  TransferThrow,
} from '../../index'
import type { Continuation, Control, Delegated, EffectOf, GetEffect, Handler, Rest, TellEffect } from '../../index'
import { law, type Fits, type Same } from './law'

const Size = effect('Size')<[path: string], number>()
const Beep = effect('Beep')()
const Maybe = effect('Maybe')<[], string | undefined>()
const Fail = effect('Fail')<[], never>()

handler('numbers').ctl(Size, function* (k) {
  law<Same<typeof k, Continuation<number, Rest>>>('k awaits the answer of the effect, and its result is not known')
  // @ts-expect-error -- the answer is a number
  Resume(k, 'x')
  // @ts-expect-error -- so it is for Transfer
  Transfer(k, 'x')
  // @ts-expect-error -- the answer may not be left out
  Resume(k)
  // @ts-expect-error -- nor undefined
  Resume(k, undefined)
  // @ts-expect-error -- one value at a time
  Resume(k, 1, 2)
  return Resume(k, 1)
})

handler('nothing').ctl(Beep, function* (k) {
  return Resume(k)
})
handler('maybe').ctl(Maybe, function* (k) {
  return Math.random() > 0.5 ? Resume(k) : Resume(k, 'x')
})
handler('never').ctl(Fail, function* (k) {
  // @ts-expect-error -- an effect that has no answer cannot be resumed
  Resume(k)
  return ResumeThrow(k, new Error('no'))
})

declare const k: Continuation<number, string>
law<Same<ReturnType<typeof resume>, Control<string>>>('a resume answers the result of the continuation')
const resume = () => Resume(k, 1)
law<Same<ReturnType<typeof transfer>, Control<string>>>('a transfer stands for it')
const transfer = () => Transfer(k, 1)
law<Same<ReturnType<typeof throwInto>, Control<string>>>('throwing into a continuation answers its result too')
const throwInto = () => [ResumeThrow(k, 1), TransferThrow(k, 1)][0] as ReturnType<typeof resume>
law<Same<ReturnType<typeof discontinue>, Control<undefined>>>('a discontinued one has no result')
const discontinue = () => Discontinue(k)
law<Same<ReturnType<typeof ask>, Control<Continuation<unknown, unknown>>>>(
  'nothing is known of a continuation asked for',
)
const ask = () => GetContinuation()
// @ts-expect-error -- a program is not a continuation
Resume(pure(1), 1)

law<Fits<Continuation<number | string, 1>, Continuation<number, number>>>('one that awaits more and gives less fits')
// @ts-expect-error -- one that awaits less does not
law<Fits<Continuation<number>, Continuation<number | string>>>('')
// @ts-expect-error -- nor one that gives more
law<Fits<Continuation<number, string>, Continuation<number, 'x'>>>('')

const same = handler('same').ctl(Size, function* () {
  yield* Delegate()
})
law<Same<typeof same, Handler<EffectOf<typeof Size>, EffectOf<typeof Size>, void>>>(
  'Delegate() performs the effect of the clause again',
)
const another = handler('another').ctl(Size, function* () {
  yield* Tell('delegated')
  return Delegate(Get('n'))
})
law<Same<typeof another, Handler<EffectOf<typeof Size>, TellEffect | GetEffect>>>(
  'Delegate(effect) performs that effect',
)
law<Same<ReturnType<typeof outside>, Control<never, Delegated>>>(
  'outside of a clause it is an effect that nobody takes',
)
const outside = () => Delegate()
class Ping {
  readonly ping = true
}
const untyped = handler('untyped').ctl(Size, function* () {
  return Delegate(new Ping())
})
law<Same<typeof untyped, Handler<EffectOf<typeof Size>>>>('an untyped effect is not tracked when it is delegated')
