// A small program over an installed doeff-vm, for every platform and runtime: effects, tasks, cancellation, workers. It prints one line.
// Usage: node smoke.cjs [native|wasm], in a folder where `doeff-vm` can be required; the argument says which backend it must be.

const assert = require('node:assert')
const { createRequire } = require('node:module')
const { Worker, isMainThread, parentPort } = require('node:worker_threads')

const load = createRequire(`${process.cwd()}/`)
const doeff = load('doeff-vm')
const { All, Ask, Cancel, Do, Get, Put, Sleep, Spawn, Tell, effect, handler, reader, run, runAsync } = doeff
const { scheduled, simulatedClock, state, writer } = doeff

const Double = effect('Double')()

/** Effects of every kind: native handlers, a handler in JavaScript that resumes, an error through handlers. */
function effects() {
  const program = Do(function* () {
    yield* Put('n', (yield* Get('n')) + (yield* Ask('step')))
    yield* Tell('put')
    return yield* Double(yield* Get('n'))
  })
  const doubling = handler('doubling').fun(Double, n => n * 2)
  const result = run(
    program()
      .with(doubling)
      .with(state({ n: 1 }))
      .with(reader({ step: 20 }))
      .with(writer()),
  )
  assert.strictEqual(result, 42)
  const failing = Do(function* () {
    yield* Get('n')
    throw new RangeError('mine')
  })
  assert.throws(() => run(failing().with(state({ n: 1 }))), RangeError)
}

/** Two thousand tasks, in order; a cancelled one unwinds. */
function tasks() {
  const unwound = []
  const sleeper = Do(function* () {
    try {
      yield* Sleep(1e6)
    } finally {
      unwound.push('sleeper')
    }
  })
  const one = Do(function* (n) {
    yield* Sleep(n % 7)
    return n
  })
  const program = Do(function* () {
    const task = yield* Spawn(sleeper())
    const numbers = yield* All(Array.from({ length: 2_000 }, (_, n) => one(n)))
    yield* Cancel(task)
    yield* Sleep(1)
    return [numbers.length, numbers[1_999]]
  })
  return runAsync(program().with(scheduled()).with(simulatedClock())).then(result => {
    assert.deepStrictEqual(result, [2_000, 1_999])
    assert.deepStrictEqual(unwound, ['sleeper'])
  })
}

/** Each worker has machines of its own; one that is terminated takes nothing with it. */
async function workers() {
  const answers = await Promise.all([1, 2].map(() => answerOf(new Worker(__filename, { argv: process.argv.slice(2) }))))
  assert.deepStrictEqual(answers, ['done', 'done'])
  const terminated = new Worker(__filename, { argv: process.argv.slice(2) })
  await answerOf(terminated)
  await terminated.terminate()
}

function answerOf(worker) {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

async function main() {
  const addons = Object.keys(require.cache).filter(file => file.endsWith('.node'))
  const backend = doeff.backend ?? (addons.length > 0 ? 'native' : 'none')
  const expected = process.argv[2]
  if (expected !== undefined) assert.strictEqual(backend, expected)
  effects()
  await tasks()
  if (!isMainThread) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker of Node has no origin.
    parentPort.postMessage('done')
    return
  }
  await workers()
  const { node, bun, deno } = process.versions
  const runtime = deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`
  console.log(
    `smoke: ${runtime}, ${process.platform} ${process.arch}, ${backend}: effects, tasks, cancellation, workers are right`,
  )
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
