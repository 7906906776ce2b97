// W2 for tramp: d handler tables searched one by one from the inside; the outermost has the answer.
class Ask {
  constructor(key) {
    this.key = key
  }
}

function* asker(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield new Ask('k')
  return sum
}

function nestedHandlers(d) {
  const env = { k: 1 }
  const handlers = [new Map([[Ask, effect => env[effect.key]]])]
  for (let i = 1; i < d; i++) handlers.push(new Map([[class Unrelated {}, () => i]]))
  return handlers
}

export function reader({ n, d }) {
  const handlers = nestedHandlers(d)
  const program = asker(n)
  let step = program.next()
  while (!step.done) {
    const effect = step.value
    let i = handlers.length - 1
    let answer
    while ((answer = handlers[i].get(effect.constructor)) === undefined) i--
    step = program.next(answer(effect))
  }
  return step.value
}
