// W3b for deepvm: one prompt per prime; a clause that does not divide performs the effect again, outward.
import { ctl, fun, Handle, runWith, Tail } from './machine.mjs'

class Prime {
  constructor(candidate) {
    this.candidate = candidate
  }
}

function* divide(p, { candidate }, k) {
  if (candidate % p === 0) yield new Tail(k, false)
  else yield new Tail(k, yield new Prime(candidate))
}

const filter = p => new Map([[Prime, ctl((effect, k) => divide(p, effect, k))]])

function* primes(from, n, sum) {
  for (let i = from; i < n; i++) if (yield new Prime(i)) return yield new Handle(filter(i), primes(i + 1, n, sum + i))
  return sum
}

const everyNumber = new Map([[Prime, fun(() => true)]])

export const sieve = ({ n }) => runWith(everyNumber, primes(2, n, 0))
