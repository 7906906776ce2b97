// Law: the result of a handled program is the body's result as the return clause maps it, or what a `final` or `ctl`
// clause ends the body with. Resuming in tail position adds nothing.

import {
  Ask,
  Delegate,
  Do,
  effect,
  Get,
  handler,
  pure,
  Put,
  Resume,
  ResumeThrow,
  run,
  Tail,
  Transfer,
} from '../../index'
import type {
  AskEffect,
  Continuation,
  EffectOf,
  GetEffect,
  Handler,
  Identity,
  Paired,
  Program,
  PutEffect,
} from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

const Choose = effect('Choose')<[], boolean>()
const Fail = effect('Fail')<[message: string], never>()

const program = Do(function* () {
  if (yield* Choose()) yield* Fail('no')
  return 1 as number
})

const returning = handler('returning').returns((n: number) => ({ ok: true as const, n }))
const returned = program().with(returning)
law<Same<ResultIn<typeof returned>, { ok: true; n: number }>>('a return clause replaces the result type')

const returningProgram = handler('asking').returns(function* (n: number) {
  return [n, yield* Ask<string>('unit')] as const
})
const returnedByGenerator = program().with(returningProgram)
law<Same<ResultIn<typeof returnedByGenerator>, readonly [number, string]>>('so does one that is a generator')
law<Same<Extract<RowIn<typeof returnedByGenerator>, AskEffect>, AskEffect>>('whose effects are in the row')

const returningTail = program().with(
  handler('tail').returns(function* (n: number) {
    return Tail(pure(String(n)))
  }),
)
law<Same<ResultIn<typeof returningTail>, string>>('a tail call in a return clause gives what it calls')

const anyBody = handler('any').returns(value => [value])
const returnedAny = program().with(anyBody)
law<Same<ResultIn<typeof returnedAny>, unknown[]>>('a return clause without annotation takes every result')
const throwing = program().with(
  handler('throwing').returns((): never => {
    throw new Error('no')
  }),
)
law<Same<ResultIn<typeof throwing>, never>>('a return clause that always throws leaves no result')

// @ts-expect-error -- the return clause takes a number, the body gives a string
pure('text').with(returning)

const failing = handler('failing').final(Fail, message => ({ ok: false as const, message }))
const failed = program().with(failing)
law<Same<ResultIn<typeof failed>, number | { ok: false; message: string }>>('a final clause adds its result')
const both = program().with(failing.returns((n: number) => ({ ok: true as const, n })))
law<Same<ResultIn<typeof both>, { ok: false; message: string } | { ok: true; n: number }>>(
  'a return clause maps the body, not the final clause',
)

const finalGenerator = handler('final').final(Fail, function* (message) {
  yield* Put('error', message)
  return message.length
})
law<Same<typeof finalGenerator, Handler<EffectOf<typeof Fail>, PutEffect, number>>>('a final clause may be a generator')
const finalConstant = handler('final').final(Fail, () => 'failed' as const)
law<Same<typeof finalConstant, Handler<EffectOf<typeof Fail>, never, 'failed'>>>('a clause may ignore the payload')

const tail = handler('tail').ctl(Choose, function* (k) {
  return Resume(k, true)
})
law<Same<typeof tail, Handler<EffectOf<typeof Choose>>>>('return Resume(k, v) adds nothing to the result type')
const transferring = handler('transfer').ctl(Choose, function* (k) {
  return Transfer(k, true)
})
law<Same<typeof transferring, typeof tail>>('nor does return Transfer(k, v)')
const nonTail = handler('non-tail').ctl(Choose, function* (k) {
  return yield* Resume(k, true)
})
law<Same<typeof nonTail, typeof tail>>('nor does return yield* Resume(k, v)')
const throwingInto = handler('throwing into').ctl(Choose, function* (k) {
  return ResumeThrow(k, new Error('no'))
})
law<Same<typeof throwingInto, typeof tail>>('nor does return ResumeThrow(k, error)')

const either = handler('either').ctl(Choose, function* (k) {
  if (Math.random() > 0.5) return Resume(k, true)
  return 'never resumed' as const
})
law<Same<typeof either, Handler<EffectOf<typeof Choose>, never, 'never resumed'>>>(
  'a clause that does not resume adds its result',
)

const all = handler('all')
  .ctl(Choose, function* (k: Continuation<boolean, number[]>) {
    const results = yield* Resume(k, true)
    law<Same<typeof results, number[]>>('an annotated k gives the result of a resume')
    return [...results, 0]
  })
  .returns((n: number) => [n])
const collected = program().with(all)
law<Same<ResultIn<typeof collected>, number[]>>('results of the clause and of the return clause are one type here')

const keeping = handler('keeping').raw(Choose, function* (k) {
  return { resume: () => Resume(k, true) }
})
law<Same<Extract<ResultIn<ReturnType<typeof keep>>, number>, number>>('a raw clause adds its result as ctl does')
const keep = () => program().with(keeping)

const calling = handler('calling').ctl(Choose, function* () {
  return Tail(Get<string>('fallback'))
})
law<Same<typeof calling, Handler<EffectOf<typeof Choose>, GetEffect, string | undefined>>>(
  'return Tail(program) adds the result and the row of the program',
)

const declining = handler('declining').ctl(Choose, function* () {
  return Delegate()
})
law<Same<typeof declining, Handler<EffectOf<typeof Choose>, EffectOf<typeof Choose>>>>(
  'return Delegate() performs the effect again, outside',
)

const chain = program()
  .with(failing)
  .with(handler('count').returns((r: ResultIn<typeof failed>) => typeof r))
law<Same<Extract<ResultIn<typeof chain>, string>, ResultIn<typeof chain>>>(
  'the outer return clause sees the inner result',
)

law<Same<ResultIn<typeof marked>, { identity: true }>>('a result that looks like a marker is a result')
const marked = pure(1).with(handler('marked').returns(() => ({ identity: true as const })))
law<Same<typeof tail extends Handler<never, unknown, unknown, infer R, never> ? R : never, Identity>>(
  'without a return clause the result is mapped by nothing',
)

const value = run(program().with(failing).with(tail))
law<Same<typeof value, number | { ok: false; message: string }>>('run gives all that may come out')

declare const pairing: Handler<GetEffect, never, never, Paired<string[]>>
const paired = Get<number>('n').with(pairing)
law<Same<typeof paired, Program<[result: number | undefined, items: string[]]>>>(
  'a handler that hands its content out pairs it with the result of every body',
)
const pairedTwice = pure(1).with(pairing).with(pairing)
law<Same<ResultIn<typeof pairedTwice>, [[number, string[]], string[]]>>('as often as it is installed')

function orElse<A>(fallback: A): Handler<EffectOf<typeof Fail>, never, A> {
  return handler('or else').final(Fail, () => fallback)
}
const recovered = program().with(orElse('none'))
law<Same<ResultIn<typeof recovered>, number | string>>('a function may make a handler for any result')

// What a clause says of the result of its `k` is checked where the handler is installed.
const counted = handler('counted').ctl(Choose, function* (k: Continuation<boolean, number>) {
  return (yield* Resume(k, true)) + 1
})
law<Same<ResultIn<ReturnType<typeof count>>, number>>('a body that gives what k is said to give')
const count = () => program().with(counted)
// @ts-expect-error -- the body gives a string
Choose().map(String).with(counted)
// @ts-expect-error -- the return clause gives what k is said not to give
counted.returns((n: number) => [n])
handler('unsaid').ctl(Choose, function* (k) {
  // @ts-expect-error -- nothing is known of the result
  return (yield* Resume(k, true)) + 1
})
