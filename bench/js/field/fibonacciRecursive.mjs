// F2 for doeff-vm: every call is a sub-program.
import { Do, run } from 'doeff-vm'

const fibonacci = Do(function* (n) {
  return n < 2 ? 1 : (yield fibonacci(n - 1)) + (yield fibonacci(n - 2))
})

export const fibonacciRecursive = ({ n }) => run(fibonacci(n))
