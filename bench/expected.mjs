// The results of the workloads, computed without effects. Every run of every implementation is compared with these.

/** 0 + 1 + … + (n - 1) */
export const triangle = n => (n * (n - 1)) / 2

/** The results of n requests (W15): the lengths of a name of four letters and of a user of three, and three helpers'. */
export const requestSum = n => n * (4 + 3 + (3 + 1) + (3 + 2) + (3 + 3))

/** The number of leaves of the doubly recursive definition, in which the first two numbers are 1. */
export function fibonacci(n) {
  let [a, b] = [1, 1]
  for (let i = 0; i < n; i++) [a, b] = [b, a + b]
  return a
}

/** resume_nontail of the effect-handlers-bench suite: the pending clauses fold the result from the last one to the first. */
export function nontailResult(n, reps) {
  let result = 0
  for (let r = 0; r < reps; r++) for (let i = 1; i <= n; i++) result = Math.abs(i - 503 * result + 37) % 1009
  return result
}

/** The sum of the primes below n and the number of handler calls that finds them: the newest prime is asked first. */
export function sieveResult(n) {
  const primes = []
  let sum = 0
  let calls = 0
  for (let i = 2; i < n; i++) {
    let j = primes.length - 1
    while (j >= 0 && i % primes[j] !== 0) j--
    calls += j < 0 ? primes.length + 1 : primes.length - j + 1
    if (j >= 0) continue
    primes.push(i)
    sum += i
  }
  return { sum, calls }
}

/** The sum of all values of a complete tree whose node at height h holds h. */
export const treeSum = height => 2 ** (height + 1) - height - 2
