// Law: `run` takes programs whose row is empty, and nothing that has to wait for the outside.

import {
  Ask,
  AsyncEscape,
  Do,
  Get,
  Local,
  pure,
  reader,
  run,
  runAsync,
  state,
  Tail,
  Tell,
  VM,
  WithHandler,
  writer,
} from '../../index'
import type { GetEffect, Handled, NamesOf, Program, ProgramGenerator } from '../../index'
import { law, needs, type Same } from './law'

const needsState = Do(function* () {
  yield* Tell('x')
  return (yield* Get<number>('n')) ?? 0
})

const done = run(needsState().with(state()).with(writer()))
law<Same<typeof done, number>>('run gives the result')

// @ts-expect-error -- Get and Tell are unhandled
run(needsState())
// @ts-expect-error -- Tell is unhandled
run(needsState().with(state()))
// @ts-expect-error -- so it is for a generator function
run(function* () {
  return yield* Get('n')
})
declare const generator: ProgramGenerator<Program<unknown, GetEffect>, number>
// @ts-expect-error -- and for a generator
run(generator)
// @ts-expect-error -- a tail call counts
run(function* () {
  return Tail(Get('n'))
})
// @ts-expect-error -- an effect is a program with itself in its row
run(Get('n'))
// @ts-expect-error -- a plain yield counts
run(function* () {
  yield Tell('x')
})
// @ts-expect-error -- the row of an inner program is not lost in Local
run(Local({ a: 1 }, needsState()).with(reader({})))
// @ts-expect-error -- nor in WithHandler
run(WithHandler(writer(), needsState()))

const byFunction = run(function* () {
  return (yield* pure(1)) + 1
})
law<Same<typeof byFunction, number>>('a generator function is run as a program')
declare const pureGenerator: ProgramGenerator<Program<number>, string>
const byGenerator = run(pureGenerator)
law<Same<typeof byGenerator, string>>('a generator too')
const byTail = run(function* () {
  return Tail(pure('x'))
})
law<Same<typeof byTail, string>>('a tail call gives the result of what it calls')

const either: Program<number> | Program<string> = Math.random() > 2 ? pure(1) : pure('x')
// @ts-expect-error -- the result is one of the two
needs<number>(run(either))

// @ts-expect-error -- not a program
run(1)
// @ts-expect-error -- a function that makes a program is not a program: call it
run(needsState)
// @ts-expect-error -- an async function is not a program
run(async () => 1)

const waiting = Do(function* () {
  return yield* AsyncEscape(() => Promise.resolve(1))
})
// @ts-expect-error -- a program that waits for the outside needs runAsync
run(waiting())
const later = runAsync(waiting())
law<Same<typeof later, Promise<number>>>('runAsync takes a program that waits')
const laterToo = runAsync(function* () {
  return yield* waiting()
})
law<Same<typeof laterToo, Promise<number>>>('and a generator function that waits')
// @ts-expect-error -- runAsync needs every other effect handled as well
runAsync(waiting().flatMap(() => Ask('a')))

law<Same<Handled<never>, unknown>>('nothing is asked of an empty row')
law<Same<Handled<typeof unhandled>, 'Get has no handler: install state()' | 'Tell has no handler: install writer()'>>(
  'the rest is asked for by name',
)
law<Same<NamesOf<typeof unhandled>, 'Get' | 'Tell'>>('the names in a row')
law<Same<NamesOf<unknown>, string>>('a row that was lost may hold any name')
declare const unhandled: typeof needsState extends () => Program<unknown, infer E> ? E : never

declare const lost: Program<number, unknown>
// @ts-expect-error -- a row that was lost is not empty
run(lost)

// eslint-disable-next-line typescript/no-explicit-any -- what a library without types gives
declare const anything: any
const ofAny = run(anything)
law<Same<typeof ofAny, typeof anything>>('any is any')
const returningAny = run(function* () {
  return anything
})
law<Same<typeof returningAny, typeof anything>>('so is what a program returns')
run(pure(1).flatMap(() => anything))
run(function* () {
  return yield* anything
})
const beside = Do(function* () {
  yield* Get('n')
  return anything
})
// @ts-expect-error -- an effect beside it is known
run(beside())
declare const anyRow: Program<number, typeof anything>
run(anyRow)

const vm = new VM()
const untracked = vm.run(needsState())
law<Same<typeof untracked, number>>('a VM checks no rows: handlers may be installed on it')
