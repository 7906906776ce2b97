// Law: a failure is in the row of the programs that may fail with it until a handler catches it; what is caught is known
// by its type.

import {
  All,
  Any,
  Ask,
  attempt,
  bracket,
  catching,
  catchingAll,
  compose,
  Do,
  effect,
  ensure,
  Failure,
  fail,
  Gather,
  Get,
  handler,
  Listen,
  Local,
  pure,
  Race,
  retry,
  run,
  runAsync,
  scheduled,
  Scope,
  simulatedClock,
  Spawn,
  Tail,
  Timeout,
  traverse,
  Try,
  VM,
  Wait,
  WithHandler,
} from '../../index'
import type {
  AskEffect,
  Control,
  EffectOf,
  Err,
  Fails,
  FailuresIn,
  GetEffect,
  Handler,
  Identity,
  Ok,
  Program,
  Result,
  SpawnEffect,
  Task,
  TryEffect,
  WaitEffect,
} from '../../index'
import { law, needs, type Fits, type ResultIn, type RowIn, type Same } from './law'

class NotFound extends Failure('NotFound')<{ id: number }> {}
class Gone extends Failure('Gone') {}
class Archived extends Gone {}
class Refused extends Failure('Refused')<{ reason?: string }> {}
class Unreachable extends Failure('Unreachable')<{ url: string; cause: Error; message: string }> {}

const Size = effect('Size')<[path: string], number>()
type SizeEffect = EffectOf<typeof Size>

// --- failures ---------------------------------------------------------------------------------------------------------

const missing = new NotFound({ id: 1 })
law<Same<typeof missing.id, number>>('a field has its type')
law<Same<typeof missing.name, 'NotFound'>>('the name is known, to tell failures apart')
law<Same<typeof missing.message, string>>('the message is that of an Error')
needs<Error>(missing)
needs<Failure>(missing)
law<Same<Fits<NotFound, Gone>, false>>('failures of different names are different')
law<Fits<Archived, Gone>>('a subclass fits where its class does')
needs<Failure>(new NotFound({ id: 1, message: 'nobody', cause: 'x' }))
needs<Failure>(new Gone({ cause: missing }))
needs<Failure>(new Refused())
needs<Failure>(new Refused({ reason: 'x' }))
needs<Error>(new Unreachable({ url: 'a', cause: new Error('b'), message: 'c' }).cause)

// @ts-expect-error -- the field is missing
needs<Failure>(new NotFound())
// @ts-expect-error -- the field is a number
needs<Failure>(new NotFound({ id: 'x' }))
// @ts-expect-error -- there is no such field
needs<Failure>(new NotFound({ id: 1, path: 'x' }))
// @ts-expect-error -- there are no fields
needs<Failure>(new Gone({ id: 1 }))
// @ts-expect-error -- a message is not an object of fields
needs<Failure>(new Gone('message'))
// @ts-expect-error -- a field is read-only
missing.id = 2
// @ts-expect-error -- another Error is no failure
needs<Failure>(new TypeError('no'))
// @ts-expect-error -- a declared cause must be given
needs<Failure>(new Unreachable({ url: 'a', message: 'c' }))

class Misnamed extends Failure('Misnamed')<{ name: string }> {}
// @ts-expect-error -- every error has a name of its own
needs<Failure>(new Misnamed({ name: 'x' }))

// --- fail -------------------------------------------------------------------------------------------------------------

const failing = fail(missing)
law<Same<typeof failing, Control<never, Fails<NotFound>>>>('fail answers nothing, and its row has the failure')
declare const either: NotFound | Gone
const failingEither = fail(either)
law<Same<RowIn<typeof failingEither>, Fails<NotFound> | Fails<Gone>>>('of two failures it has both')
law<Same<Fails<NotFound | Gone>, Fails<NotFound> | Fails<Gone>>>('they may be written as one')
// @ts-expect-error -- a string is no failure
fail('no')
// @ts-expect-error -- an ordinary error is thrown with throw
fail(new TypeError('no'))
// @ts-expect-error -- a class is not a failure
fail(NotFound)

const find = Do(function* (id: number) {
  if (id === 2) return fail(new Gone())
  const size = yield* Size('a')
  if (id === 3) yield* fail(new NotFound({ id }))
  return size
})
law<Same<ResultIn<typeof find>, number>>('the result of a program is that of its successes')
law<Same<RowIn<typeof find>, SizeEffect | Fails<NotFound | Gone>>>('its row has the failures yielded and returned')
const narrowed = Do(function* (text: string | undefined) {
  const found = text ?? (yield* fail(new Gone()))
  law<Same<typeof found, string>>('fail has no answer, so what is left is the other type')
  return found
})
law<Same<RowIn<typeof narrowed>, Fails<Gone>>>('a failure in an expression counts')
const tail = Do(function* () {
  return Tail(fail(missing))
})
law<Same<RowIn<typeof tail>, Fails<NotFound>>>('a failure in a tail call counts')
const chained = pure(1).flatMap(n => (n > 0 ? pure('x') : fail(missing)))
law<Same<typeof chained, Program<string, Fails<NotFound>>>>('and one in flatMap')
const native = Do(function* () {
  if (Math.random() > 2) throw missing
  return yield* pure(1)
})
law<Same<RowIn<typeof native>, never>>('what is thrown natively is in no row')

// --- run --------------------------------------------------------------------------------------------------------------

const sizes = handler('sizes').val(Size, 1)
const found = find(1).with(sizes)
// @ts-expect-error -- NotFound and Gone are not caught
run(found)
// @ts-expect-error -- so it is in an asynchronous run
void runAsync(found)
// @ts-expect-error -- and in a generator function
run(function* () {
  return yield* fail(missing)
})
// @ts-expect-error -- Gone is not caught
run(found.with(catching(NotFound, () => 0)))
// @ts-expect-error -- Size is not handled
run(find(1).with(catchingAll))
run(found.with(catching(NotFound, () => 0)).with(catching(Gone, () => 0)))
run(found.with(catchingAll))
run(attempt(found))
const untracked = new VM().run(found)
law<Same<typeof untracked, number>>('a VM checks no rows')
needs<(program: Program<number, Fails<NotFound | Gone>>) => void>(program => program.with(catchingAll))
// @ts-expect-error -- a program with more failures does not fit where fewer are allowed
needs<Program<number, Fails<NotFound>>>(found)
needs<Program<number, Fails<NotFound | Gone | Refused>>>(found)

// --- catching ---------------------------------------------------------------------------------------------------------

const caught = found.with(catching(NotFound, error => `no ${error.id}`))
law<Same<typeof caught, Program<number | string, Fails<Gone>>>>('catching removes its failure and adds its answer')
const notFound = catching(NotFound, error => {
  law<Same<typeof error, NotFound>>('the clause knows the failure')
  return error.id
})
law<Same<typeof notFound, Handler<Fails<NotFound>, never, number>>>('catching is a handler that ends the body')
const both = catching(NotFound, Gone, error => {
  law<Same<typeof error, NotFound | Gone>>('the clause for several knows which')
  return error.name === 'NotFound' ? error.id : 0
})
law<Same<typeof both, Handler<Fails<NotFound | Gone>, never, number>>>('it removes them all')
const asking = found.with(both).with(catching(Refused, () => Ask<boolean>('x')))
law<Same<typeof asking, Program<number | boolean, AskEffect>>>('a clause may answer with a program, whose row it adds')
const sometimes = found.with(catching(NotFound, Gone, e => (e.name === 'Gone' ? Get<string>('x') : true)))
law<Same<typeof sometimes, Program<number | string | true | undefined, GetEffect>>>('on some paths')
const generated = catching(NotFound, function* (error) {
  law<Same<typeof error, NotFound>>('a generator function knows the failure')
  return yield* Ask<string>('x')
})
law<Same<typeof generated, Handler<Fails<NotFound>, AskEffect, string>>>('it may perform effects')
const translated = found.with(catching(NotFound, () => fail(new Refused())))
law<Same<typeof translated, Program<number, Fails<Gone> | Fails<Refused>>>>('or fail otherwise')
const archived = fail(new Archived()).with(catching(Gone, () => 1))
law<Same<typeof archived, Program<number>>>('a class catches its subclasses')
const inPlace = WithHandler(both, found)
law<Same<typeof inPlace, Control<number>>>('WithHandler takes it')
// @ts-expect-error -- a class of failures is needed
catching(TypeError, () => 1)
// @ts-expect-error -- a failure is not its class
catching(missing, () => 1)
// @ts-expect-error -- the clause takes the failure
catching(NotFound, (error: Gone) => error)

const all = found.with(catchingAll)
law<Same<typeof all, Program<Result<number, NotFound | Gone>>>>('catchingAll knows which failures it may have caught')
const result = run(all)
if (result.ok) law<Same<typeof result, Ok<number>>>('a result is Ok with its value')
else law<Same<typeof result, Err<NotFound | Gone>>>('or Err with a failure')
if (!result.ok && result.error.name === 'NotFound') law<Same<typeof result.error.id, number>>('the name tells which')
const safe = pure(1).with(catchingAll)
law<Same<typeof safe, Program<Result<number, never>>>>('of a program that does not fail it knows that, too')
const allInPlace = WithHandler(catchingAll, found)
law<Same<typeof allInPlace, Control<Result<number, NotFound | Gone>>>>('WithHandler takes catchingAll')
const allOfBody = WithHandler(catchingAll, function* () {
  return yield* fail(missing)
})
law<Same<typeof allOfBody, Control<Result<never, NotFound>>>>('over a generator function as well')
declare const lost: Program<number, unknown>
const allOfLost = lost.with(catchingAll)
law<Same<ResultIn<typeof allOfLost>, Result<number, Failure>>>('where the row was lost, any failure')

const handled = catching(Gone, () => fail(new Refused()))
const composed = found.with(compose(catchingAll, handled))
const nested = found.with(handled).with(catchingAll)
law<Same<ResultIn<typeof nested>, Result<number, NotFound | Refused>>>('catchingAll sees what inner handlers leave')
law<Same<ResultIn<typeof composed>, ResultIn<typeof nested>>>('in a composition as well')
law<Same<RowIn<typeof composed>, never>>('whose row is empty')
const paired = found.with(compose(catchingAll, notFound, sizes))
law<Fits<ResultIn<typeof paired>, Result<number, Gone>>>('what an inner handler answers with is a success')
const counted = found.with(
  compose(
    handler('ok').returns((r: Result<unknown, unknown>) => r.ok),
    catchingAll,
  ),
)
law<Same<ResultIn<typeof counted>, boolean>>('an outer return clause takes the Result')
const composedTwo = compose(catching(Gone, () => true), notFound) // prettier-ignore
law<Same<typeof composedTwo, Handler<Fails<NotFound> | Fails<Gone>, never, number | boolean, Identity, unknown>>>(
  'handlers of failures compose as others do',
)

// --- attempt and Try --------------------------------------------------------------------------------------------------

const attempted = attempt(found)
law<Same<typeof attempted, Program<Result<number>>>>('attempt catches bugs too: the error is unknown')
const attemptedRow = attempt(find(1))
law<Same<RowIn<typeof attemptedRow>, SizeEffect>>('effects stay in its row')
const tried = Try(found)
law<Same<typeof tried, Program<Result<number>, TryEffect>>>('Try catches failures, too')

// --- programs around programs -----------------------------------------------------------------------------------------

type Rest<P> = Extract<RowIn<P>, Fails<Failure>>
type Lost = Fails<NotFound> | Fails<Gone>
const retried = retry(found, { attempts: 2 })
law<Same<Rest<typeof retried>, Lost>>('retry throws the last failure')
const timed = Timeout(1, found)
law<Same<Rest<typeof timed>, Lost>>('Timeout fails as its program does')
const scoped = Scope(found)
law<Same<Rest<typeof scoped>, Lost>>('Scope too')
const allOf = All([found, pure('x')])
law<Same<Rest<typeof allOf>, Lost>>('All fails as one of its programs does')
const anyOf = Any([found, pure('x')])
law<Same<Rest<typeof anyOf>, never>>('Any throws an AggregateError instead')
const used = bracket(fail(missing), () => pure(1), () => fail(new Gone())) // prettier-ignore
law<Same<Rest<typeof used>, Lost>>('bracket fails as any of its parts')
const ensured = ensure(fail(missing), fail(new Gone()))
law<Same<Rest<typeof ensured>, Lost>>('ensure as the program and the cleanup')
const walked = traverse([1], () => found)
law<Same<Rest<typeof walked>, Lost>>('traverse as one of its programs')
const walkedTogether = traverse([1], () => found, { concurrency: 2 })
law<Same<Rest<typeof walkedTogether>, Lost>>('side by side as well')
const local = Local({}, found)
law<Same<Rest<typeof local>, Lost>>('Local keeps failures')
const listened = Listen(found)
law<Same<Rest<typeof listened>, Lost>>('Listen keeps failures')
const answering = Size('a').with(handler('h').fun(Size, () => fail(missing)))
law<Same<typeof answering, Program<number, Fails<NotFound>>>>('a fun clause that may fail adds its failure')

// --- tasks ------------------------------------------------------------------------------------------------------------

const spawned = Spawn(found)
law<Same<typeof spawned, Program<Task<number, NotFound | Gone>, SpawnEffect>>>('a task knows its failures')
const byFunction = Spawn(function* (id: number) {
  return yield* find(id)
}, 1)
law<Same<typeof byFunction, Program<Task<number, NotFound | Gone>, SpawnEffect | SizeEffect>>>('so does a function')
declare const task: Task<number, NotFound>
declare const other: Task<string, Gone>
const waited = Wait(task)
law<Same<typeof waited, Program<number, WaitEffect | Fails<NotFound>>>>('they are thrown to who waits')
const gathered = Gather(task, other)
law<Same<Rest<typeof gathered>, Lost>>('Gather throws those of all')
law<Same<ResultIn<typeof gathered>, [number, string]>>('and gives the results in their places')
const raced = Race(task, other)
law<Same<Rest<typeof raced>, Lost>>('Race those of the first')
const racedMany = Race(...[task, task])
law<Same<Rest<typeof racedMany>, Fails<NotFound>>>('of a list too')
run(spawned.map(() => 'not waited for').with(scheduled()))
// @ts-expect-error -- a failure of the task arrives where it is waited for
run(spawned.flatMap(task => Wait(task)).with(scheduled()))
run(spawned.flatMap(task => Wait(task).with(both)).with(scheduled()))
run(Timeout(1, found).with(both).with(simulatedClock()).with(scheduled()))
// @ts-expect-error -- a task that may fail does not fit where one that cannot is asked for
needs<Task<number>>(task)

law<Same<FailuresIn<SizeEffect | Fails<NotFound> | Fails<Gone>>, NotFound | Gone>>('the failures in a row')
law<Same<FailuresIn<SizeEffect>, never>>('a row without failures')
