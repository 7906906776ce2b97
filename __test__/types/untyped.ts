// Law: instances of user classes are effects without a type: clauses get the instance, rows do not mention them.

import { Delegate, Do, handler, pure, Put, Resume, run, Tell } from '../../index'
import type { Continuation, Handler, PutEffect, TellEffect } from '../../index'
import { law, type ResultIn, type Same } from './law'

class Twice {
  constructor(readonly n: number) {}
}
abstract class Shape {
  abstract area(): number
}

const start = handler('start')
law<Same<ReturnType<typeof val>, Handler>>('val answers a class')
const val = () => start.val(Twice, 2)

const fun = start.fun(Twice, asked => {
  law<Same<typeof asked, Twice>>('a clause gets the instance')
  return asked.n * 2
})
law<Same<typeof fun, Handler>>('a class is not in the row')
const funProgram = start.fun(Twice, asked => Put('n', asked.n))
law<Same<typeof funProgram, Handler<never, PutEffect>>>('what its clause performs is')
const ctl = start.ctl(Twice, function* (k, asked) {
  law<Same<typeof k, Continuation<unknown, never>>>('k awaits anything')
  yield* Tell(asked.n)
  return Resume(k, asked.n * 2)
})
law<Same<typeof ctl, Handler<never, TellEffect>>>('a ctl clause')
const raw = start.raw(Twice, function* (k, asked) {
  return [k, asked.n] as const
})
law<Same<typeof raw, Handler<never, never, readonly [Continuation<unknown, never>, number]>>>('a raw clause')
const final = start.final(Twice, asked => asked.n)
law<Same<typeof final, Handler<never, never, number>>>('a final clause')
const finalGenerator = start.final(Twice, function* (asked) {
  yield* Tell('x')
  return asked.n
})
law<Same<typeof finalGenerator, Handler<never, TellEffect, number>>>('a final clause that is a generator')
const declining = start.ctl(Twice, function* () {
  return Delegate()
})
law<Same<typeof declining, Handler>>('what is delegated is not in the row either')
start.fun(Shape, shape => shape.area())

// @ts-expect-error -- the clause takes an instance of the class
start.fun(Twice, (asked: string) => asked)

const program = Do(function* () {
  const n = yield new Twice(21)
  law<Same<typeof n, unknown>>('nothing is known of the answer')
  return n
})
law<Same<ResultIn<typeof program>, unknown>>('nor of what is made of it')
run(program().with(fun))
run(pure(1).with(fun))
