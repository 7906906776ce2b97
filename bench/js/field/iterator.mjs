// F4 for doeff-vm: a `fun` clause adds to a variable, the return clause answers it.
import { Do, effect, handler, run } from 'doeff-vm'

const Emit = effect('Emit')()

const range = Do(function* (from, to) {
  for (let i = from; i <= to; i++) yield Emit(i)
})

function summing() {
  let sum = 0
  return handler('summing')
    .fun(Emit, value => {
      sum += value
    })
    .returns(() => sum)
}

export const iterator = ({ n }) => run(range(0, n).with(summing()))
