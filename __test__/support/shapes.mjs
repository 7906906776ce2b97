// Prints which objects of one kind the engine keeps in one shape. Usage: node --allow-natives-syntax shapes.mjs
import {
  Ask,
  Await,
  CreateExternalPromise,
  CreatePromise,
  Delegate,
  Do,
  effect,
  Get,
  Modify,
  pure,
  Put,
  run,
  runAsync,
  scheduled,
  Spawn,
  state,
  Tell,
  Wait,
  Yield,
} from 'doeff-vm'

// Written so that a file without natives syntax can be parsed; the engine compiles it when it is called.
const sameMap = new Function('a', 'b', 'return %HaveSameMap(a, b)')
const inOneShape = objects => objects.every(object => sameMap(object, objects[0]))

const Own = effect('Own')()
const call = Do(function* (...args) {
  return args
})
class Untyped {}
const effects = [Get('x'), Put('x', 1), Modify('x', x => x), Ask('x'), Tell(1), Own(), Own(1, 2, 3), Own(1, 2, 3, 4)]
const scheduling = [Yield(), CreatePromise(), CreateExternalPromise(), Spawn(pure(1)), Await(Promise.resolve())]
const calls = [call(), call(1), call(1, 2), call(1, 2, 3), pure(1), pure(1).map(x => x), pure(1).with(state())]

const waitables = Do(function* () {
  const task = yield* Spawn(pure(1))
  const named = yield* Spawn(pure(2), { name: 'named', priority: 'high' })
  const own = (yield* CreatePromise()).future
  const before = inOneShape([task, named, own])
  yield* Wait(task)
  yield* Wait(named)
  return [before, [task, named, own]]
})
const [pending, ended] = run(waitables().with(scheduled()))
const outside = await runAsync(
  Do(function* () {
    const external = yield* CreateExternalPromise()
    external.complete(1)
    yield* Wait(external.future)
    return external.future
  })().with(scheduled()),
)

console.log(
  JSON.stringify({
    'effects, calls and primitives': inOneShape([...effects, ...scheduling, ...calls, Delegate()]),
    'waitables while they are pending': pending,
    'waitables that are settled, from outside too': inOneShape([...ended, outside]),
    'different things, which would show a check that always holds': inOneShape([pure(1), new Untyped()]),
  }),
)
