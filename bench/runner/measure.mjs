// The process of one cell: one implementation, one workload. It pollutes the type feedback, warms up, lets benchmark.js
// take the samples, and prints one line of JSON: `{ samples }` in ns per unit, or `{ error, wrong }`.
import Benchmark from 'benchmark'
import { loadProgram } from '../implementations.mjs'
import { sizeOf, workloads } from '../workloads.mjs'
import { pollute } from './pollute.mjs'
import { check, WrongResult } from './result.mjs'

const SAMPLE_SECONDS = 0.03
const WARM_UP_MS = 400
const WARM_UPS = { least: 2, most: 200 }

const [implementation, key, samples, mix] = process.argv.slice(2)

try {
  const workload = workloads.find(candidate => candidate.key === key)
  const program = await loadProgram(implementation, workload)
  const size = sizeOf(workload, implementation)
  const expected = workload.expected(size)
  if (mix === 'mix') await pollute(implementation)
  const asynchronous = await warmUp(program, size, expected)
  const seconds = await sample(program, size, expected, asynchronous)
  const nanoseconds = seconds.map(s => (s * 1e9) / workload.units(size))
  print({ samples: nanoseconds, peakMiB: process.resourceUsage().maxRSS / 1024 })
} catch (error) {
  print({ error: String(error?.message ?? error), wrong: error instanceof WrongResult })
}
process.exit()

function print(line) {
  console.log(JSON.stringify(line))
}

/** Runs the program until it is hot; answers whether it is asynchronous. */
async function warmUp(program, size, expected) {
  const start = performance.now()
  let asynchronous = false
  for (let runs = 0; runs < WARM_UPS.most; runs++) {
    if (runs >= WARM_UPS.least && performance.now() - start > WARM_UP_MS) break
    const result = program(size)
    asynchronous = typeof result?.then === 'function'
    check(await result, expected)
  }
  return asynchronous
}

/** Seconds per run, one figure per sample. */
async function sample(program, size, expected, asynchronous) {
  const wanted = Number(samples)
  const options = { async: false, minSamples: wanted, minTime: SAMPLE_SECONDS, maxTime: 0 }
  const benchmark = asynchronous
    ? await promised(program, size, expected, options)
    : new Benchmark(() => check(program(size), expected), options).run()
  if (benchmark.error) throw benchmark.error
  return benchmark.stats.sample.slice(0, wanted)
}

/** benchmark.js waits for `deferred.resolve()`; a failure is kept and thrown when the run is over. */
function promised(program, size, expected, options) {
  let failure
  const run = async deferred => {
    try {
      check(await program(size), expected)
    } catch (error) {
      failure ??= error
    }
    deferred.resolve()
  }
  return new Promise((resolve, reject) => {
    const complete = event => (failure ? reject(failure) : resolve(event.target))
    const deferring = { ...options, defer: true, onComplete: complete }
    new Benchmark(deferred => void run(deferred), deferring).run()
  })
}
