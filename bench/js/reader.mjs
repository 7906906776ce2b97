// W2 for doeff-vm: the built-in Reader handler outside of d - 1 handlers for other effects.
import { Ask, Do, effect, handler, reader as readerHandler, run } from 'doeff-vm'

const unrelated = Array.from({ length: 128 }, (_, i) => handler(`unrelated ${i}`).val(effect(`Unrelated${i}`)(), i))

const asker = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield Ask('k')
  return sum
})

export function reader({ n, d }) {
  let program = asker(n)
  for (let i = 1; i < d; i++) program = program.with(unrelated[i])
  return run(program.with(readerHandler({ k: 1 })))
}
