// Law: an effect that carries a program keeps that program's row, and its answer is made from that program's result.

import { Do, effect, Get, Listen, Local, reader, run, state, Tell, Try, tryHandler, writer } from '../../index'
import type {
  EffectOf,
  GetEffect,
  Handler,
  ListenEffect,
  LocalEffect,
  Program,
  Result,
  TellEffect,
  TryEffect,
} from '../../index'
import { law, type Same } from './law'

const Size = effect('Size')<[], number>()
type SizeEffect = EffectOf<typeof Size>

const inner = Do(function* () {
  yield* Tell('x')
  return yield* Size()
})

const local = Local({ a: 1 }, inner())
law<Same<typeof local, Program<number, LocalEffect | TellEffect | SizeEffect>>>('Local answers the result as it is')
const heard = Listen(inner())
law<Same<typeof heard, Program<[result: number, messages: unknown[]], ListenEffect | TellEffect | SizeEffect>>>(
  'Listen answers the result with the messages',
)
const tried = Try(inner())
law<Same<typeof tried, Program<Result<number>, TryEffect | TellEffect | SizeEffect>>>('Try answers a Result')

const nested = Try(Local(new Map([['a', 1]]), Listen(Get<string>('n'))))
law<
  Same<
    typeof nested,
    Program<
      Result<[result: string | undefined, messages: unknown[]]>,
      TryEffect | LocalEffect | ListenEffect | GetEffect
    >
  >
>('they nest')

const left = nested.with(tryHandler).with(reader({})).with(writer())
law<Same<typeof left, Program<Result<[result: string | undefined, messages: unknown[]]>, GetEffect>>>(
  'their handlers take them and leave the inner row',
)
run(left.with(state()))
// @ts-expect-error -- Get is left
run(left)

const outcome = run(Try(inner()).with(tryHandler).with(writer()).with(sizes()))
law<Same<typeof outcome, Result<number>>>('a Result is told apart by ok')
if (outcome.ok) law<Same<typeof outcome.value, number>>('a good one has a value')
else law<Same<typeof outcome.error, unknown>>('a bad one has an error, which may be anything')

// @ts-expect-error -- a number is not a program
Try(1)
// @ts-expect-error -- bindings come first
Local(inner(), {})
// @ts-expect-error -- a function that makes a program is not a program: call it
Listen(inner)

declare function sizes(): Handler<SizeEffect>
