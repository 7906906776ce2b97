// Law: an application runs programs whose effects its handlers take, and takes handlers that only answer.

import {
  Ask,
  Await,
  compose,
  Do,
  effect,
  fail,
  Failure,
  Get,
  handler,
  pure,
  reader,
  Resume,
  Sleep,
  Spawn,
  start,
  state,
  Tell,
  Wait,
  type Application,
  type SchedulerEffect,
  type StateEffect,
  type TellEffect,
} from '../../index'
import { law, type Fits, type Same } from './law'

class Gone extends Failure('Gone') {}
const Stop = effect('Stop')<[], never>()
const Size = effect('Size')<[text: string], number>()

const app = start(state())
const size = app.run(Get<number>('n').map(n => n ?? 0))
law<Same<typeof size, Promise<number>>>('an application gives a promise of the result')
law<Same<typeof app, Application<StateEffect | SchedulerEffect>>>('its type says what its handlers take')
const fromGenerator = app.run(function* () {
  return (yield* Get<string>('s')) ?? ''
})
law<Same<typeof fromGenerator, Promise<string>>>('so it is for a generator function')
void app.run(Wait(pure(1) as never))
void app.run(Spawn(Sleep(1)))
void app.run(Await(Promise.resolve(1)))
void start().run(pure(1))

// @ts-expect-error -- Ask is unhandled
void app.run(Ask('x'))
// @ts-expect-error -- so it is for a generator function
void app.run(function* () {
  yield* Tell('x')
})
// @ts-expect-error -- a failure that is not caught
void app.run(fail(new Gone()))
// @ts-expect-error -- the name is a text
void app.run(pure(1), { name: 7 })

// @ts-expect-error -- what a clause performs, nobody takes
start(handler('sizes').fun(Size, text => Ask<number>(text)))
const sized = start(
  compose(
    reader({ a: 1 }),
    handler('sizes').fun(Size, text => Ask<number>(text)),
  ),
)
const one = sized.run(Size('a'))
law<Same<typeof one, Promise<number>>>('an outer handler takes what an inner one performs')

// @ts-expect-error -- a final clause ends programs
start(handler('stopping').final(Stop, () => 0))
// @ts-expect-error -- a return clause changes their results
start(handler('counting').returns(() => 1))
start(
  handler('resuming').ctl(Size, function* (k, text) {
    return Resume(k, text.length)
  }),
)

law<Fits<Application<StateEffect | TellEffect>, Application<StateEffect>>>('who handles more fits where less is asked')
law<Same<Fits<Application<StateEffect>, Application<StateEffect | TellEffect>>, false>>('and not the other way round')

const work = Do(function* (own: Application<StateEffect | SchedulerEffect>) {
  return yield* Await(() => own.run(Get<number>('n')))
})
const inside = app.run(work(app))
law<Same<typeof inside, Promise<number | undefined>>>('a program may be given its application')
