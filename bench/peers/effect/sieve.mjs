// W3b for Effect: each prime provides a service that asks the one before it.
import { Context, Effect } from 'effect'

class Primes extends Context.Service()('bench/Primes') {}

function filter(p, outer) {
  const check = Effect.fnUntraced(function* (x) {
    return x % p === 0 ? false : yield* outer.check(x)
  })
  return { check }
}

const primes = Effect.fnUntraced(function* (from, n, sum) {
  const service = yield* Primes
  for (let i = from; i < n; i++)
    if (yield* service.check(i))
      return yield* Effect.provideService(primes(i + 1, n, sum + i), Primes, filter(i, service))
  return sum
})

const everyNumber = { check: () => Effect.succeed(true) }

export const sieve = ({ n }) => Effect.runSync(Effect.provideService(primes(2, n, 0), Primes, everyNumber))
