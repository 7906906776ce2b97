// W5 for doeff-vm: every clause waits for the rest of the program before it computes.
import { Do, effect, handler, Resume, run } from 'doeff-vm'

const Operator = effect('Operator')()

const loop = Do(function* (n, result) {
  for (let i = n; i > 0; i--) yield Operator(i)
  return result
})

const folding = handler('folding').ctl(Operator, function* (k, x) {
  const y = yield Resume(k)
  return Math.abs(x - 503 * y + 37) % 1009
})

export function nontail({ n, reps }) {
  let result = 0
  for (let r = 0; r < reps; r++) result = run(loop(n, result).with(folding))
  return result
}
