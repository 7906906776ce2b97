// W4 for doeff-vm: sub-programs are frames of the VM, so depth costs nothing per effect.
import { Do, effect, handler, run } from 'doeff-vm'

const Use = effect('Use')()

const nested = Do(function* (d, n) {
  if (d > 1) return yield nested(d - 1, n)
  let x = 0
  for (let i = 0; i < n; i++) x = yield Use(x)
  return x
})

const increment = handler('increment').fun(Use, x => x + 1)

export const callDepth = ({ n, d }) => run(nested(d, n).with(increment))
