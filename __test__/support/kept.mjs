// Keeps continuations and drops them while a run goes on: `node --expose-gc kept.mjs` prints how many there were, and how many of
// them were closed before the run ended; then what their cleanup was about.
import { Await, Do, effect, handler, runAsync, scheduled } from 'doeff-vm'

const COUNT = 20_000
const Keep = effect('Keep')()
const kept = handler('kept').raw(Keep, function* () {
  return 'dropped'
})

let closed = 0
const errors = []
const body = Do(function* (i) {
  try {
    yield* Keep()
  } finally {
    closed++
    // One of them fails in its cleanup.
    if (i === 5_000) throw new Error('cleanup')
  }
})

const collect = () =>
  new Promise(resolve =>
    setImmediate(() => {
      globalThis.gc()
      setImmediate(resolve)
    }),
  )

let before = 0
const main = Do(function* () {
  for (let i = 0; i < COUNT; i++) {
    yield* body(i).with(kept)
    if (i % 1000 === 999) yield* Await(collect())
  }
  before = closed
})
await runAsync(main().with(scheduled()), {
  onUnobservedFailure: (error, of) => errors.push(`${of.name}: ${error.message}`),
})
console.log(JSON.stringify({ count: COUNT, before, closed, errors }))
