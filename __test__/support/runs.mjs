// Runs a program of a thousand effects again and again, on one VM and on the machines behind `run`. Prints in JSON by how
// many bytes a run the heap and the resident set grew over the second half, and what the VM holds.
// Usage: node --expose-gc runs.mjs <runs>

import { Ask, Do, effect, handler, Modify, reader, Resume, run, scheduled, Spawn, state, VM, Wait } from 'doeff-vm'

const EFFECTS = 1000
const SAMPLES = 40

const Count = effect('Count')()
const counting = handler('counting').fun(Count, () => 1)
const resuming = handler('resuming').ctl(Count, function* (k) {
  return yield Resume(k, 1)
})
const performing = Do(function* () {
  let sum = 0
  for (let i = 0; i < EFFECTS / 4; i++) {
    sum += yield Count()
    yield Modify('n', n => (n ?? 0) + 1)
    yield Ask('x')
    yield Count()
  }
  return sum
})
const spawning = Do(function* () {
  return (yield Wait(yield Spawn(performing()))) + (yield Count().with(resuming))
})
const program = spawning()
  .with(counting)
  .with(state({}))
  .with(reader({ x: 1 }))
  .with(scheduled())

const vm = new VM()
const samples = { heap: [], rss: [] }
const runs = Number(process.argv[2])
for (let i = 0; i < runs; i++) {
  const result = i % 2 === 0 ? vm.run(program) : run(program)
  if (result !== EFFECTS / 4 + 1) throw new Error(`the result is ${result}`)
  if (i % (runs / SAMPLES) !== 0) continue
  gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  samples.heap.push(heapUsed + external)
  samples.rss.push(rss)
}
/** Between the means of the third and the last quarter. */
const growth = all => {
  const quarter = at => all.slice(at * (SAMPLES / 4), (at + 1) * (SAMPLES / 4))
  const mean = some => some.reduce((a, b) => a + b) / some.length
  return (mean(quarter(3)) - mean(quarter(2))) / (runs / 4)
}
console.log(JSON.stringify({ heap: growth(samples.heap), rss: growth(samples.rss), stats: vm.stats() }))
