// F2 for deepvm: every call is a frame of the machine.
import { Call, run } from '../machine.mjs'

function* fibonacci(n) {
  return n < 2 ? 1 : (yield new Call(fibonacci(n - 1))) + (yield new Call(fibonacci(n - 2)))
}

export const fibonacciRecursive = ({ n }) => run(fibonacci(n))
