// W3b for effection: the context's filter asks the one outside it.
import { createContext, run } from 'effection'

const Check = createContext('bench.check')

const filter = (p, outer) =>
  function* (x) {
    return x % p === 0 ? false : yield* outer(x)
  }

function* primes(from, n, sum) {
  const check = yield* Check.expect()
  for (let i = from; i < n; i++)
    if (yield* check(i)) return yield* Check.with(filter(i, check), () => primes(i + 1, n, sum + i))
  return sum
}

function* everyNumber() {
  return true
}

export const sieve = ({ n }) => run(() => Check.with(everyNumber, () => primes(2, n, 0)))
