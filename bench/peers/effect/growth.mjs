// growth for Effect; `mark(i)` is called after i units. Its tail resume is that of W3: a service's method, a program.
import { Context, Effect, Ref } from 'effect'

class Use extends Context.Service()('bench/growth/Use') {}

const counter = Effect.fnUntraced(function* (n, mark) {
  const ref = yield* Ref.make(0)
  for (let i = 1; i < n; i += 2) {
    const x = yield* Ref.get(ref)
    yield* Ref.set(ref, x + 2)
    mark(i)
    mark(i + 1)
  }
  return yield* Ref.get(ref)
})

const user = Effect.fnUntraced(function* (n, mark) {
  let x = 0
  for (let i = 1; i <= n; i++) {
    const handler = yield* Use
    x = yield* handler.use(x)
    mark(i)
  }
  return x
})

const resuming = {
  use: Effect.fnUntraced(function* (x) {
    return x + 1
  }),
}

const down = Effect.fnUntraced(function* (depth, n, mark) {
  mark(depth)
  if (depth === n) return depth
  return yield* down(depth + 1, n, mark)
})

export const effects = ({ n }, mark) => Effect.runPromise(counter(n, mark))
export const tailResumes = ({ n }, mark) => Effect.runPromise(Effect.provideService(user(n, mark), Use, resuming))
export const subPrograms = ({ n }, mark) => Effect.runPromise(down(1, n, mark))
