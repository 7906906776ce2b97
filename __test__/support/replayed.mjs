// Records what real programs write into the shared words, turn by turn, then replays it to a fresh addon with mutations: words
// changed, turns left out, doubled, swapped, or sent to another machine. Prints how often each outcome came.
// Usage: node replayed.mjs <addon> <protocol, as JSON> <seed> <turns>

import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const [, , addonFile, protocol, seed, turns] = process.argv
const { LENGTH, VM, CODE, OP, LAST_OP, OPEN, CLOSE, POISONED } = JSON.parse(protocol)
const require = createRequire(import.meta.url)
const addon = require(addonFile)
const { open } = addon

/** What was written before each turn: places and values, one after the other. */
const recorded = []

function record(words) {
  const turn = open(words)
  let before = words.slice()
  return () => {
    const written = []
    for (let at = 0; at < LENGTH; at++) if (words[at] !== before[at]) written.push(at, words[at])
    // Who writes what is there already means it all the same.
    recorded.push([VM, words[VM], OP, words[OP], ...written])
    turn()
    before = words.slice()
  }
}

// The front takes the addon from the module, as anybody does.
const native = fileURLToPath(new URL('../../native/', import.meta.url))
require.cache[native + readdirSync(native).find(file => file.endsWith('.node'))] = {
  id: 'recording',
  filename: 'recording',
  loaded: true,
  exports: { ...addon, version: addon.version, open: record },
}
const D = require('../../dist/index.js')
await runPrograms(D)
if (recorded.length < 300) throw new Error(`too little was recorded: ${recorded.length} turns`)

let state = Number(seed)
function below(n) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return Math.floor((state / 2 ** 32) * n)
}
const edges = [0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 255, 256, 1023, 1024, 1025, -1, 2 ** 31 - 1, -(2 ** 31)]

/** One turn of the record, perhaps changed. */
function mutated(written) {
  const changed = [...written]
  for (let i = below(3); i > 0; i--) {
    const at = 2 * below(changed.length / 2)
    if (below(4) === 0) changed[at] = below(LENGTH)
    changed[at + 1] = below(2) === 0 ? edges[below(edges.length)] : changed[at + 1] + below(5) - 2
  }
  if (below(8) === 0) changed.push(OP, below(40) === 0 ? edges[below(edges.length)] : 1 + below(LAST_OP))
  if (below(8) === 0) changed.push(VM, below(4))
  return changed
}

let words, turn
const outcomes = {}
let left = Number(turns)

function send(written) {
  for (let at = 0; at < written.length; at += 2) words[written[at]] = written[at + 1]
  turn()
  left--
  outcomes[words[CODE]] = (outcomes[words[CODE]] ?? 0) + 1
  if (words[CODE] === POISONED) for (const op of [CLOSE, OPEN]) command(op)
}

function command(op) {
  words[OP] = op
  turn()
}

/** How often a record is followed without a change before something else is tried. */
const faithful = () => below(below(4) === 0 ? 1000 : 60)
while (left > 0) {
  // Machines are numbered as they were when the record was made.
  words = new Int32Array(new SharedArrayBuffer(LENGTH * 4))
  turn = open(words)
  let calm = faithful()
  for (let at = 0; at < recorded.length && left > 0; at++) {
    if (calm-- > 0) {
      send(recorded[at])
      continue
    }
    calm = faithful()
    const choice = below(8)
    if (choice === 0) at += below(20)
    else if (choice === 1) at = Math.max(0, at - below(20))
    else if (choice === 2) send(recorded[below(recorded.length)])
    else send(mutated(recorded[at]))
  }
}
console.log(JSON.stringify(outcomes))

/** Programs of every kind: what the machine is told about. */
async function runPrograms(D) {
  const { All, Any, Ask, Await, bracket, Cancel, CreateSemaphore, Delegate, Do, effect, ensure, Get, handler, Local } =
    D
  const { observe, pure, Put, reader, Resume, run, runAsync, scheduled, Scope, simulatedClock, Sleep, Spawn, state } = D
  const { Tell, Timeout, traverse, Try, tryHandler, uncancelable, VM, Wait, withPermit, writer, Yield } = D
  const [Pick, Stop, Plain] = [effect('Pick')(), effect('Stop')(), effect('Plain')()]
  const inner = Do(function* (n) {
    yield* Put('n', ((yield* Get('n')) ?? 0) + n)
    yield* Tell(n)
    return (yield* Ask('base')) + (yield* Pick(n)) + (yield* Plain(n))
  })
  const failing = Do(function* () {
    throw new Error('no')
  })
  const main = Do(function* () {
    yield* Local({ base: 5 }, inner(1))
    yield* Try(failing())
    const tasks = []
    for (let i = 0; i < 5; i++) tasks.push(yield* Spawn(inner(i)))
    for (const task of tasks) yield* Wait(task)
    const one = yield* CreateSemaphore(1)
    yield* All([withPermit(one, Yield()), withPermit(one, Sleep(5)), inner(2)])
    yield* Any([Sleep(100), inner(3), failing()])
    yield* Try(
      Timeout(
        5,
        uncancelable(Sleep(10)).flatMap(() => Sleep(100)),
      ),
    )
    yield* Scope(Spawn(ensure(Sleep(1e9), Yield())).flatMap(() => Yield()))
    yield* traverse([1, 2, 3, 4, 5, 6], inner, { concurrency: 3 })
    const lasting = yield* Spawn(
      bracket(
        pure(1),
        () => Sleep(1e9),
        () => Yield(),
      ),
    )
    yield* Yield()
    yield* Cancel(lasting)
    yield* Yield()
    return yield* All([All([inner(4), Yield()]), Stop('left')])
  })
  const clauses = handler('clauses')
    .ctl(Pick, function* (k, n) {
      if (n % 2 === 0) return Resume(k, n)
      yield* Yield()
      return Resume(k, -n)
    })
    .final(Stop, reason => reason)
    .fun(Plain, n => (n > 2 ? pure(n).map(m => m + 1) : n))
  const passing = handler('passing').ctl(Plain, function* () {
    return yield* Delegate()
  })
  const handled = () =>
    main()
      .with(passing)
      .with(observe(() => {}))
      .with(clauses)
      .with(state())
      .with(writer())
      .with(reader({ base: 1 }))
      .with(tryHandler)
      .with(simulatedClock())
      .with(scheduled())
  run(handled())
  const vm = new VM()
  vm.run(handled())
  await vm.runAsync(handled().flatMap(() => pure(0)))
  await runAsync(Await(Promise.resolve(1)).with(scheduled()))
}
