// Forms around resources, in the reference interpreter: what the library makes of regions, written out.

import type { Node } from './ast'

const call = (body: Node): Node => ({ op: 'call', body })
const seq = (first: Node, then: Node): Node => ({ op: 'bind', first, then })
const then = (first: Node, last: Node): Node => ({ op: 'bind', first, then: last, silent: true })
const shielded = (body: Node): Node => ({ op: 'uncancelable', own: true, body })
const restored = (body: Node): Node => ({ op: 'restore', own: true, body })
/** As `try` and `finally` in the library: nothing is noted. */
const finallyOf = (body: Node, cleanup: Node): Node => ({ op: 'finally', silent: true, body, cleanup })

/** Acquires in a shield, uses what the shield restores, releases in the shield. */
export function bracket({ acquire, use, release }: Extract<Node, { op: 'bracket' }>): Node {
  return shielded(seq(call(acquire), finallyOf(restored(use), call(release))))
}

/** The cleanup is shielded, however the body ends. */
export function ensure({ body, cleanup }: Extract<Node, { op: 'ensure' }>): Node {
  return call(finallyOf(call(body), shielded(cleanup)))
}

/** Who waits for a permit can be cancelled, who was given one gives it back. */
export function withPermit({ of, body }: Extract<Node, { op: 'withPermit' }>, exactly: number): Node {
  const acquire: Node = { op: 'acquire', of, exactly }
  return shielded(then(restored(acquire), finallyOf(restored(body), { op: 'release', of, exactly })))
}
