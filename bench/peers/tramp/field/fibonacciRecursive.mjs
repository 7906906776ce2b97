// F2 for tramp: native `yield*` delegation.
function* fibonacci(n) {
  return n < 2 ? 1 : (yield* fibonacci(n - 1)) + (yield* fibonacci(n - 2))
}

export const fibonacciRecursive = ({ n }) => fibonacci(n).next().value
