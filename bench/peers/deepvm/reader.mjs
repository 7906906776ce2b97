// W2 for deepvm: d nested prompts; the search walks outward to the one that answers.
import { fun, Handle, runWith } from './machine.mjs'

class Ask {
  constructor(key) {
    this.key = key
  }
}

const answerOne = new Map([[Ask, fun(() => 1)]])

function* asker(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield new Ask('k')
  return sum
}

function* underUnrelated(i, body) {
  return yield new Handle(new Map([[class Unrelated {}, fun(() => i)]]), body)
}

export function reader({ n, d }) {
  let body = asker(n)
  for (let i = 1; i < d; i++) body = underUnrelated(i, body)
  return runWith(answerOne, body)
}
