// W3b for tramp: the handlers are a list of plain functions, each calls the one below it.
class Prime {
  constructor(candidate) {
    this.candidate = candidate
  }
}

function* primes(n, filters) {
  let sum = 0
  for (let i = 2; i < n; i++) {
    if (!(yield new Prime(i))) continue
    const outer = filters.length - 1
    filters.push(x => (x % i === 0 ? false : filters[outer](x)))
    sum += i
  }
  return sum
}

export function sieve({ n }) {
  const filters = [() => true]
  const program = primes(n, filters)
  let step = program.next()
  while (!step.done) {
    const innermost = filters[filters.length - 1]
    step = program.next(innermost(step.value.candidate))
  }
  return step.value
}
