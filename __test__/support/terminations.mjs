// Starts workers, several at a time, and ends each at a random point of its work. Prints in JSON how many were ended in
// which work, how many said anything wrong, and the growth of the resident set over the second half, in bytes a worker.
// Usage: node --expose-gc terminations.mjs <workers> <seed>

import { setImmediate, setTimeout } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

import {
  Await,
  CreateExternalPromise,
  Do,
  effect,
  Gather,
  Get,
  handler,
  Modify,
  Resume,
  run,
  runAsync,
  scheduled,
  Sleep,
  Spawn,
  state,
  VM,
  Wait,
  Yield,
} from 'doeff-vm'

const Count = effect('Count')()
const counting = handler('counting').ctl(Count, function* (k) {
  return Resume(k, yield Modify('n', n => (n ?? 0) + 1))
})
const parked = Do(function* () {
  try {
    yield Wait((yield CreateExternalPromise({ ref: false })).future)
  } finally {
    yield Yield()
  }
})

/** What a worker is at when it is ended; each says that it has begun. */
const works = {
  'start up': () => parentPort.ref(),
  'do nothing': () => {
    run(counted(10))
    begun()
    parentPort.ref()
  },
  'perform effects': () => {
    run(counted(10))
    begun()
    run(counted(Infinity))
  },
  'perform effects in slices': () => {
    begun()
    void runAsync(counted(Infinity), { yieldEveryMs: 1 })
  },
  'run a callback': () => {
    run(Modify('n', endless).with(state()))
  },
  'switch tasks': () => {
    begun()
    void runAsync(switching().with(scheduled()))
  },
  park: () => {
    begun()
    void runAsync(Do(parking)().with(scheduled()))
  },
  'await promises': () => {
    begun()
    void runAsync(awaiting().with(scheduled()))
  },
  'collect machines': async () => {
    begun()
    for (;;) {
      for (let i = 0; i < 100; i++) void new VM().runAsync(parked().with(scheduled()))
      gc()
      // Finalizers have a turn of the event loop of their own.
      await setImmediate()
    }
  },
}

function counted(n) {
  const body = Do(function* () {
    for (let i = 0; i < n; i++) yield Count()
    return yield Get('n')
  })
  return body().with(counting).with(state())
}
function endless() {
  begun()
  for (;;);
}
const switching = Do(function* () {
  for (;;) yield Gather([yield Spawn(Yield()), yield Spawn(Get('n').with(state()))])
})
function* parking() {
  yield Spawn(parked())
  yield Spawn(Sleep(1e9))
  yield parked()
}
const awaiting = Do(function* () {
  for (;;) yield Gather([yield Spawn(Await(setImmediate())), yield Spawn(Await(setTimeout(1))), yield Spawn(Sleep(0))])
})

function begun() {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
  parentPort.postMessage('begun')
}

const AT_A_TIME = 4
const A_ROUND = 40

async function endThemAll(count, seed) {
  const below = generator(seed)
  const names = Object.keys(works)
  const ended = Object.fromEntries(names.map(name => [name, 0]))
  const wrong = []
  const rss = []
  let left = 0
  const endSome = async () => {
    while (left-- > 0) {
      const name = names[below(names.length)]
      const worker = new Worker(new URL(import.meta.url), { workerData: name })
      worker.on('error', error => wrong.push(`${name}: ${error}`))
      const isStarting = name === 'start up'
      if (!isStarting) await new Promise(resolve => worker.once('message', resolve).once('exit', resolve))
      await setTimeout(below(isStarting ? 40 : 4))
      // One that has not started up yet may end with 0.
      if ((await worker.terminate()) !== 1 && !isStarting) wrong.push(`${name}: had ended`)
      ended[name]++
    }
  }
  for (let round = 0; round < count / A_ROUND; round++) {
    left = A_ROUND
    await Promise.all(Array.from({ length: AT_A_TIME }, endSome))
    gc()
    rss.push(process.memoryUsage.rss())
  }
  return { ended, wrong, growth: slope(rss.slice(rss.length / 2)) / A_ROUND }
}

/** A linear congruential generator: the same numbers everywhere. */
function generator(seed) {
  let state = seed
  return n => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

/** That of a line through the samples, by least squares. */
function slope(samples) {
  const middle = (samples.length - 1) / 2
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length
  let [up, across] = [0, 0]
  for (const [i, sample] of samples.entries()) {
    up += (i - middle) * (sample - mean)
    across += (i - middle) ** 2
  }
  return up / across
}

if (isMainThread) {
  const [, , count, seed] = process.argv
  console.log(JSON.stringify(await endThemAll(Number(count), Number(seed))))
} else {
  works[workerData]()
}
