// F2 for async/await: an async function that calls itself.
async function fibonacci(n) {
  return n < 2 ? 1 : (await fibonacci(n - 1)) + (await fibonacci(n - 2))
}

export const fibonacciRecursive = ({ n }) => fibonacci(n)
