// Law: instances of user classes are effects without a type: clauses get the instance, rows do not mention them.

import { Delegate, Do, handler, pure, Put, Resume, run, Tell } from '../../index'
import type { Continuation, Handler, PutEffect, Rest, TellEffect } from '../../index'
import { law, type ResultIn, type Same } from './law'

class Twice {
  constructor(readonly n: number) {}
}
abstract class Shape {
  abstract area(): number
}

const start = handler('start')
law<Same<ReturnType<typeof val>, Handler>>('val answers a class')
const val = () => start.on(Twice).val(2)

const fun = start.on(Twice).fun(asked => {
  law<Same<typeof asked, Twice>>('a clause gets the instance')
  return asked.n * 2
})
law<Same<typeof fun, Handler>>('a class is not in the row')
const funProgram = start.on(Twice).fun(asked => Put('n', asked.n))
law<Same<typeof funProgram, Handler<never, PutEffect>>>('what its clause performs is')
const ctl = start.on(Twice).ctl(function* (k, asked) {
  law<Same<typeof k, Continuation<unknown, Rest>>>('k awaits anything')
  yield* Tell(asked.n)
  return Resume(k, asked.n * 2)
})
law<Same<typeof ctl, Handler<never, TellEffect>>>('a ctl clause')
const raw = start.on(Twice).raw(function* (k, asked) {
  return [k, asked.n] as const
})
law<Same<typeof raw, Handler<never, never, readonly [Continuation<unknown, Rest>, number]>>>('a raw clause')
const final = start.on(Twice).final(asked => asked.n)
law<Same<typeof final, Handler<never, never, number>>>('a final clause')
const finalGenerator = start.on(Twice).final(function* (asked) {
  yield* Tell('x')
  return asked.n
})
law<Same<typeof finalGenerator, Handler<never, TellEffect, number>>>('a final clause that is a generator')
const declining = start.on(Twice).ctl(function* () {
  return Delegate()
})
law<Same<typeof declining, Handler>>('what is delegated is not in the row either')
start.on(Shape).fun(shape => shape.area())

// @ts-expect-error -- the clause takes an instance of the class
start.on(Twice).fun((asked: string) => asked)

const program = Do(function* () {
  const n = yield new Twice(21)
  law<Same<typeof n, unknown>>('nothing is known of the answer')
  return n
})
law<Same<ResultIn<typeof program>, unknown>>('nor of what is made of it')
run(program().with(fun))
run(pure(1).with(fun))
