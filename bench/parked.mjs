// What a parked task costs: 100,000 tasks wait for one promise each, under 0 and under 32 handlers; then all are
// released. Prints bytes per task, the peak of resident memory and what is left. Needs --expose-gc; runs itself with it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const TASKS = 100_000

if (globalThis.gc === undefined) {
  for (const depth of ['0', '32']) {
    spawnSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), depth], { stdio: 'inherit' })
  }
} else {
  await measure(Number(process.argv[2]))
}

async function measure(depth) {
  const { Await, CompletePromise, CreatePromise, Do, Gather, effect, handler, runAsync, scheduled, Spawn, Wait } =
    await import('doeff-vm')
  const settled = async () => {
    for (let i = 0; i < 4; i++) {
      globalThis.gc()
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    const { heapUsed, external, rss } = process.memoryUsage()
    return { heap: heapUsed + external, rss }
  }
  const waiting = Do(function* (promise) {
    return yield Wait(promise.future)
  })
  const main = Do(function* () {
    const promises = []
    for (let i = 0; i < TASKS; i++) promises.push(yield CreatePromise())
    const before = yield Await(settled())
    const tasks = []
    for (let i = 0; i < TASKS; i++) tasks.push(yield Spawn(waiting(promises[i])))
    const parked = yield Await(settled())
    for (const promise of promises) yield CompletePromise(promise, 1)
    const results = yield Gather(...tasks)
    if (results.length !== TASKS || results.some(result => result !== 1)) throw new Error('a task went wrong')
    promises.length = 0
    tasks.length = 0
    results.length = 0
    return { before, parked }
  })
  const Unused = effect('Unused')()
  let program = main()
  for (let i = 0; i < depth; i++) program = program.with(handler(`h${i}`).fun(Unused, () => undefined))
  const empty = await settled()
  const { before, parked } = await runAsync(program.with(scheduled()))
  const after = await settled()
  const perTask = key => ((parked[key] - before[key]) / TASKS).toFixed(0)
  const mib = bytes => (bytes / 2 ** 20).toFixed(1)
  console.log(
    `${TASKS} parked tasks under ${depth} handlers: ${perTask('heap')} B of heap and ${perTask('rss')} B of RSS each; ` +
      `RSS ${mib(parked.rss)} MiB; heap before ${mib(empty.heap)}, after ${mib(after.heap)} MiB`,
  )
}
