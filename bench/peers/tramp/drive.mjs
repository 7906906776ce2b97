// The flat trampoline: one generator, one table from effect class to plain function. No nested handlers, no captured
// continuations: the practical lower bound for effects in plain JS.
export function drive(program, handlers, store) {
  let step = program.next()
  while (!step.done) {
    const effect = step.value
    step = program.next(handlers.get(effect.constructor)(effect, store))
  }
  return step.value
}
