// W6 for doeff-vm: a `final` clause unwinds every frame between the effect and the handler.
import { Do, effect, handler, run } from 'doeff-vm'

const Done = effect('Done')()

const product = Do(function* (numbers, i) {
  const x = numbers[i]
  if (x === 0) yield Done(0)
  return x * (yield product(numbers, i + 1))
})

const stopping = handler('stopping').final(Done, value => value)

export function abort({ depth, reps }) {
  const numbers = Array.from({ length: depth + 1 }, (_, i) => depth - i)
  let sum = 0
  for (let r = 0; r < reps; r++) sum += run(product(numbers, 0).with(stopping))
  return sum
}
