// Law: the scheduler's effects are in the rows of the programs that perform them; what waits for the outside is for
// runAsync only.

import {
  All,
  Any,
  Await,
  awaitHandler,
  type AwaitEffect,
  Cancel,
  type CancelEffect,
  CreatePromise,
  Do,
  Gather,
  Get,
  pure,
  Race,
  run,
  runAsync,
  scheduled,
  Scope,
  simulatedClock,
  Sleep,
  Spawn,
  type SpawnEffect,
  state,
  type StructuredEffect,
  type Task,
  Timeout,
  Wait,
  type WaitEffect,
} from '../../index'
import type { GetEffect, PromiseEffect, VmPromise } from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

const spawning = Do(function* () {
  const task = yield* Spawn(Get<number>('n'))
  law<Same<typeof task, Task<number | undefined>>>('a task knows its result')
  return yield* Wait(task)
})
law<Same<RowIn<typeof spawning>, SpawnEffect | WaitEffect | GetEffect>>('the row of spawning')

const byFunction = Do(function* () {
  return yield* Spawn(
    function* (a: number, b: string) {
      yield* Get('n')
      return a + b
    },
    1,
    'x',
  )
})
law<Same<RowIn<typeof byFunction>, SpawnEffect | GetEffect>>('the row of byFunction')
law<Same<ResultIn<typeof byFunction>, Task<string>>>('so does that of a function')

const gathering = Do(function* () {
  const both = yield* Gather(yield* Spawn(pure(1)), yield* Spawn(pure('a')))
  law<Same<typeof both, [number, string]>>('Gather keeps places')
  const listed = yield* Gather([yield* Spawn(pure(1)), yield* Spawn(pure('a'))])
  law<Same<typeof listed, [number, string]>>('so it does in one array')
  const tasks: Task<number>[] = [yield* Spawn(pure(1))]
  const many = yield* Gather(tasks)
  law<Same<typeof many, number[]>>('of any length')
  const won = yield* Race(tasks)
  law<Same<typeof won.value, number>>('Race takes one array as well')
  const raced = yield* Race(yield* Spawn(pure(1)), yield* Spawn(pure('a')))
  law<Same<typeof raced.value, number | string>>('Race gives one of them')
  const promise = yield* CreatePromise<boolean>()
  law<Same<typeof promise, VmPromise<boolean>>>('a promise knows its value')
  return yield* Wait(promise.future)
})
run(gathering().with(scheduled()))

const all = All([pure(1), Get<string>('n')])
law<Same<RowIn<typeof all>, StructuredEffect | GetEffect>>('the row of All')
const any = Any([pure(1), Get('n')])
law<Same<RowIn<typeof any>, StructuredEffect | GetEffect>>('the row of Any')
const scope = Scope(Get('n'))
law<Same<RowIn<typeof scope>, StructuredEffect | GetEffect>>('the row of Scope')
const answers = run(all.with(state()).with(scheduled()))
law<Same<typeof answers, [number, string | undefined]>>('All keeps places')

// @ts-expect-error -- without a scheduler Spawn is unhandled
run(Spawn(pure(1)))
// @ts-expect-error -- what the task performs is unhandled
run(Spawn(Get('n')).with(scheduled()))
// @ts-expect-error -- Await waits for the outside, under a scheduler too
run(Await(Promise.resolve(1)).with(scheduled()))
// @ts-expect-error -- so it does in a task
run(Spawn(Await(Promise.resolve(1))).with(scheduled()))
// @ts-expect-error -- and under awaitHandler
run(Await(Promise.resolve(1)).with(awaitHandler()))
// @ts-expect-error -- Sleep lets real time pass
run(Sleep(1).with(scheduled()))
// @ts-expect-error -- so does Timeout
run(Timeout(1, pure(1)).with(scheduled()))
// @ts-expect-error -- a number is not a waitable
Wait(1)
// @ts-expect-error -- the future of a promise is not a task
void (Cancel as (task: Task) => unknown)({} as VmPromise['future'] & { kind: 'Promise' })
// @ts-expect-error -- priorities are three
Spawn(pure(1), { priority: 'urgent' })

run(Sleep(1).with(simulatedClock()).with(scheduled()))
run(Timeout(1, pure(1)).with(simulatedClock()).with(scheduled()))

const later = runAsync(Await(Promise.resolve('a')).with(scheduled()))
law<Same<typeof later, Promise<string>>>('runAsync takes them all')
void runAsync(Await(() => Promise.resolve(1)).with(awaitHandler()))
void runAsync(Sleep(1).with(scheduled()))
void runAsync(Timeout(1, Await(Promise.resolve(1))).with(scheduled()))

declare const one: AwaitEffect | CancelEffect | PromiseEffect
law<Same<(typeof one)['name'], 'Await' | 'Cancel' | 'CreatePromise' | 'CompletePromise' | 'FailPromise'>>(
  'effects are known by their names',
)
