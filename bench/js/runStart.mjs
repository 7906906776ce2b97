// W14 for doeff-vm: a run of a program that performs nothing.
import { Do, run } from 'doeff-vm'

const answer = Do(function* (x) {
  return x
})

export function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += run(answer(1))
  return sum
}
