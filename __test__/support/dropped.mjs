// Makes VMs and drops them without disposing of them: `node --expose-gc dropped.mjs` prints how many MiB are left behind.
import { Do, pure, scheduled, Sleep, Spawn, VM } from 'doeff-vm'

const turnOfTheEventLoop = () => new Promise(resolve => setImmediate(resolve))

async function resident() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc()
    await turnOfTheEventLoop()
  }
  return process.memoryUsage.rss() / 2 ** 20
}

const waiting = Do(function* () {
  yield Spawn(Sleep(Infinity))
  yield Sleep(Infinity)
})

/** Some have run a program, some are in the middle of one. */
function drop(count) {
  for (let i = 0; i < count; i++) {
    const vm = new VM()
    vm.run(pure(1))
    if (i % 4 !== 0) continue
    vm.startProgram(waiting().with(scheduled()))
    for (let step = 0; step < 3; step++) vm.stepOnce()
  }
}

async function dropMany(rounds) {
  for (let round = 0; round < rounds; round++) {
    drop(2_000)
    await resident()
  }
}

await dropMany(3)
const before = await resident()
await dropMany(8)
console.log((await resident()) - before)
