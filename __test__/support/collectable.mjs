// Drops values in several ways, and prints which of them the garbage collector took, in JSON.
// Usage: node --expose-gc collectable.mjs

import {
  Ask,
  AsyncEscape,
  Discontinue,
  Do,
  effect,
  Get,
  handler,
  Listen,
  Local,
  Put,
  reader,
  Resume,
  state,
  Tell,
  Try,
  tryHandler,
  VM,
  WithHandler,
  writer,
} from 'doeff-vm'

const Ping = effect('Ping')()
const vm = new VM()
vm.stdlib().installState().installReader()

const tick = () => new Promise(resolve => setTimeout(resolve, 0))
/** Waits inside of a program until the collector has had its chance. */
const collecting = () =>
  AsyncEscape(async () => {
    for (let i = 0; i < 4; i++) {
      await tick()
      gc()
    }
  })

/** Each gives the object that is to be collected, and holds on to nothing itself. */
const afterRun = {
  'a value that was overwritten in the State of the VM'() {
    const value = {}
    vm.run(Put('a', value))
    vm.run(Put('a', 0))
    return value
  },
  'a value of a state() that ended'() {
    const value = {}
    vm.run(Put('a', value).with(state()))
    return value
  },
  'an initial value of a state() that ended'() {
    const value = {}
    vm.run(Get('a').with(state({ a: value })))
    return value
  },
  'a key of a state() that ended'() {
    const key = {}
    vm.run(Put(key, 1).with(state()))
    return key
  },
  'a key that was only asked for'() {
    const key = {}
    vm.run(Get(key))
    return key
  },
  'a message of a writer() that ended'() {
    const message = {}
    vm.run(Listen(Tell(message)).with(writer()))
    return message
  },
  'a binding of a reader() and a Local that ended'() {
    const value = {}
    vm.run(Local({ b: value }, Ask('b')).with(reader({ a: value })))
    return value
  },
  'a value of an environment that was replaced'() {
    const value = {}
    vm.setEnv({ a: value })
    vm.setEnv({})
    return value
  },
  'a value deleted from the host’s own store'() {
    const value = {}
    vm.setStore('k', value)
    vm.jsStore().delete('k')
    return value
  },
  'the result of a run'() {
    return vm.run(
      Do(function* () {
        return {}
      })(),
    )
  },
  'the error of a run'() {
    try {
      return vm.run(
        Do(function* () {
          throw new Error('gone')
        })(),
      )
    } catch (error) {
      return error
    }
  },
  'an error that Try turned into a value'() {
    const failing = Do(function* () {
      throw new Error('gone')
    })
    return vm.run(Try(failing()).with(tryHandler)).error
  },
  'a program that was run'() {
    const program = Do(function* () {
      yield Get('a')
    })()
    vm.run(program)
    return program
  },
  'a handler that is installed no more'() {
    const h = handler('h').fun(Ping, () => 1)
    vm.run(Ping().with(h))
    return h
  },
  'a catch-all that is installed no more'() {
    const answer = 1
    const everything = function* (_effect, k) {
      return Resume(k, answer)
    }
    vm.run(WithHandler(everything, Ping()))
    return everything
  },
  'a class whose instances were effects'() {
    class Effect {}
    const performing = Do(function* () {
      return yield new Effect()
    })
    vm.run(performing().with(handler('h').val(Effect, 1)))
    return Effect
  },
  'a continuation that was kept to the end of its run'() {
    let kept
    const keeping = handler('keeping').raw(Ping, function* (k) {
      kept = k
    })
    vm.run(Ping().with(keeping))
    return kept
  },
  'the store of a VM that was disposed of'() {
    const value = {}
    const other = new VM()
    other.stdlib().installState()
    other.run(Put('a', value))
    other.dispose()
    return value
  },
  'a VM that nobody holds'() {
    const other = new VM()
    other.stdlib().installState()
    other.run(Put('a', 1))
    return other
  },
}
/** Each is a program that tells the object and goes on without it; it is looked for before the program ends. */
const duringRun = {
  'a value that was overwritten': Do(function* (tell) {
    yield Put('a', tell({}))
    yield Put('a', 0)
  }),
  'what a program that returned held': Do(function* (tell) {
    yield Do(function* () {
      const local = tell({})
      yield Get('a')
      return typeof local
    })()
  }),
  'what a body that was ended held': Do(function* (tell) {
    const body = Do(function* () {
      const local = tell({})
      yield Ping()
      return local
    })
    yield body().with(handler('ends').final(Ping, () => 0))
  }),
  'what a continuation that was closed held': Do(function* (tell) {
    const body = Do(function* () {
      const local = tell({})
      yield Ping()
      return local
    })
    const closing = handler('closing').raw(Ping, function* (k) {
      yield Discontinue(k)
      return k
    })
    const k = yield body().with(closing)
    yield collecting()
    return k
  }),
}

const taken = {}
const references = Object.entries(afterRun).map(([name, drop]) => [`${name}, after the run`, new WeakRef(drop())])
for (let i = 0; i < 4; i++) {
  await tick()
  gc()
}
for (const [name, reference] of references) taken[name] = reference.deref() === undefined

for (const [name, body] of Object.entries(duringRun)) {
  let reference
  const tell = value => {
    reference = new WeakRef(value)
    return value
  }
  const program = Do(function* () {
    yield body(tell)
    yield collecting()
    return reference.deref() === undefined
  })
  taken[`${name}, during the run`] = await vm.runAsync(program())
}
console.log(JSON.stringify(taken))
