// W3b for doeff-vm: one handler per prime; a `fun` clause that does not divide answers with a program that asks outward.
import { Do, effect, handler, run } from 'doeff-vm'

const Prime = effect('Prime')()

const askOutward = Do(function* (x) {
  return yield Prime(x)
})

const filter = p => handler('filter').fun(Prime, x => (x % p === 0 ? false : askOutward(x)))

const primes = Do(function* (from, n, sum) {
  for (let i = from; i < n; i++) if (yield Prime(i)) return yield primes(i + 1, n, sum + i).with(filter(i))
  return sum
})

const everyNumber = handler('every number').fun(Prime, () => true)

export const sieve = ({ n }) => run(primes(2, n, 0).with(everyNumber))
