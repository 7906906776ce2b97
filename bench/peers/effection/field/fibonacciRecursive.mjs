// F2 for effection: `yield*` delegation, as the library asks for.
import { run } from 'effection'

function* fibonacci(n) {
  return n < 2 ? 1 : (yield* fibonacci(n - 1)) + (yield* fibonacci(n - 2))
}

export const fibonacciRecursive = ({ n }) => run(() => fibonacci(n))
