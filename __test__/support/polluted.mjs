// Runs a few programs in a process where a built-in was spoiled, before or after the package was loaded, and prints
// what they gave. Usage: node polluted.mjs <before|after> <what>; without a `what` nothing is spoiled.

const explode = () => {
  throw new Error('a spoiled built-in was used')
}
const replaced = (object, name, by = explode) =>
  Object.defineProperty(object, name, { value: by, configurable: true, writable: true })
const swallowing = { get: () => undefined, set: () => {}, configurable: true }
const exploding = { get: explode, set: explode, configurable: true }
const generator = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()))

/** What an application may do to its globals. */
function spoil(what) {
  const [path, kind] = what.split(' ')
  if (!path.includes('#')) {
    const [name, property] = path.split('.')
    return replaced(globalThis[name], property)
  }
  const [owner, name] = path.split('#')
  const object = owner === 'Generator' ? generator : globalThis[owner].prototype
  const key = name === '@@iterator' ? Symbol.iterator : name
  if (kind === undefined) replaced(object, key)
  else Object.defineProperty(object, key, kind === 'swallowing' ? swallowing : exploding)
}

const { stringify } = JSON
const { stdout } = process
const [, , when, what] = process.argv
if (when === 'before' && what !== undefined) spoil(what)
const d = await import('doeff-vm')
if (when === 'after' && what !== undefined) spoil(what)

const Choose = d.effect('Choose')()
class Twice {
  constructor(n) {
    this.n = n
  }
}
const vm = new d.VM()
const attempt = program => {
  try {
    return vm.run(program)
  } catch (error) {
    return { threw: error.message, trace: d.formatTrace(error) }
  }
}

const stores = d.Do(function* () {
  yield d.Put('a', 1)
  yield d.Modify('a', n => n + 1)
  yield d.Tell('told')
  const local = yield d.Local({ b: 3 }, d.Ask('b'))
  const heard = yield d.Listen(d.Tell('heard'))
  const tried = yield d.Try(d.Ask('missing'))
  const { length } = yield d.GetHandlers()
  return { a: yield d.Get('a'), b: yield d.Ask('b'), local, heard, tried: tried.ok, length }
})
const choosing = d.Do(function* () {
  const both = yield d.traverse(['x', 'y'], key => Choose(key).map(value => `${key}${value}`))
  return { both, twice: yield new Twice(21) }
})
const clauses = d
  .handler('clauses')
  .ctl(Choose, function* (k) {
    return { resumed: yield d.Resume(k, 1) }
  })
  .fun(Twice, ({ n }) => n * 2)
const catchAll = function* (effect, k) {
  return effect instanceof Twice ? yield d.Resume(k, effect.n) : yield d.Delegate()
}
const failing = d.Do(function* failing() {
  yield Choose('lost')
})
const escaping = d.Do(function* () {
  return yield d.AsyncEscape(async () => 'awaited')
})
const tasks = d.Do(function* () {
  const one = yield d.CreateSemaphore(1)
  const promise = yield d.CreatePromise()
  const external = yield d.CreateExternalPromise()
  const counting = d.Do(function* (n) {
    yield d.Acquire(one)
    yield d.Put('n', n + (yield d.Get('n')))
    yield d.Release(one)
    return n
  })
  const forever = yield d.Spawn(d.Wait(promise.future), { priority: 'idle' })
  const all = yield d.Gather(yield d.Spawn(counting(1)), yield d.Spawn(counting(2), { store: 'isolated' }))
  external.complete('external')
  const { value } = yield d.Race(external.future, forever)
  yield d.Cancel(forever)
  const cancelled = yield d.Try(d.Wait(forever)).with(d.tryHandler)
  const timed = yield d.Try(d.Timeout(5, d.Sleep(10))).with(d.tryHandler)
  const both = yield d.All([counting(3), d.Scope(counting(4))])
  return { all, value, cancelled: cancelled.error.message, timed: timed.error.message, both, n: yield d.Get('n') }
})
const waiting = d.Do(function* () {
  const both = yield d.Gather(yield d.Spawn(d.Await(async () => 1)), yield d.Spawn(d.Sleep(1).map(() => 2)))
  // Any object as the result would be asked for its `then`.
  return both[0] + both[1]
})
class Missing extends d.Failure('Missing') {
  // Without it, older engines pass the arguments on by iterating over them.
  // eslint-disable-next-line no-useless-constructor
  constructor(fields) {
    super(fields)
  }
}
const failures = d.Do(function* () {
  const fails = kind => d.fail(new Missing({ kind, cause: 'none' }))
  const caught = yield fails('a').with(d.catching(Missing, ({ kind, message, cause }) => [kind, message, cause]))
  const composed = d.compose(d.catchingAll, d.handler('h'))
  return [caught, (yield fails('b').with(composed)).error.kind, (yield d.attempt(fails('c'))).error.kind]
})
const stuck = d.Do(function* () {
  yield d.Wait((yield d.CreatePromise()).future)
})

const results = {
  stores: attempt(
    stores()
      .with(d.state())
      .with(d.reader({ b: 2 }))
      .with(d.writer())
      .with(d.tryHandler),
  ),
  choosing: attempt(choosing().with(clauses)),
  catchAll: attempt(d.WithHandler(catchAll, choosing()).with(clauses)),
  failing: attempt(failing().with(d.handler('h'))),
  failures: attempt(failures()),
  refused: attempt(
    d.Do(function* () {
      yield 5
    })(),
  ),
  awaited: await vm.runAsync(escaping()),
  tasks: attempt(
    tasks()
      .with(d.state({ n: 0 }))
      .with(d.simulatedClock())
      .with(d.scheduled()),
  ),
  stuck: attempt(stuck().with(d.scheduled())),
  waited: await vm.runAsync(waiting().with(d.scheduled())),
  stats: vm.stats(),
}
stdout.write(stringify(results))
