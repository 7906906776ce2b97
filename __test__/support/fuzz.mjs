// Sends random words to the raw turn function of an addon, and prints how often each outcome came.
// Usage: node fuzz.mjs <addon> <protocol, as JSON> <seed> <turns>

import { createRequire } from 'node:module'

const [, , addon, protocol, seed, turns] = process.argv
const { LENGTH, VM, OP, A, D, CODE, LAST_OP, OPEN, CLOSE, POISONED } = JSON.parse(protocol)

let state = Number(seed)
/** A linear congruential generator: the same numbers everywhere. */
function below(n) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return Math.floor((state / 2 ** 32) * n)
}
const edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 65, 100, -1, 2 ** 31 - 1, -(2 ** 31)]
const edge = () => edges[below(edges.length)]

const words = new Int32Array(new SharedArrayBuffer(LENGTH * 4))
const turn = createRequire(import.meta.url)(addon).open(words)
const outcomes = {}
for (let i = 0; i < Number(turns); i++) {
  // Mostly real commands to few machines, so that some get somewhere.
  words[VM] = below(20) === 0 ? edge() : below(3)
  words[OP] = below(20) === 0 ? edge() : below(50) === 0 ? (below(2) ? OPEN : CLOSE) : 1 + below(LAST_OP)
  for (let at = A; at <= D; at++) words[at] = below(10) === 0 ? below(2 ** 32) : below(2) ? edge() : below(10)
  turn()
  outcomes[words[CODE]] = (outcomes[words[CODE]] ?? 0) + 1
  if (words[CODE] !== POISONED) continue
  words[OP] = CLOSE
  turn()
  words[OP] = OPEN
  turn()
}
console.log(JSON.stringify(outcomes))
