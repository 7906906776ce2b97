// W3 for Effect: the nearest thing to a user's handler is a service with a method. The method is a synchronous effect
// (`userFun`) or a program of its own (`userTail`).
import { Context, Effect } from 'effect'

class Use extends Context.Service()('bench/Use') {}

const user = Effect.fnUntraced(function* (n) {
  let x = 0
  for (let i = 0; i < n; i++) {
    const handler = yield* Use
    x = yield* handler.use(x)
  }
  return x
})

const answering = { use: x => Effect.sync(() => x + 1) }

const resuming = {
  use: Effect.fnUntraced(function* (x) {
    return x + 1
  }),
}

const runUser = (n, handler) => Effect.runSync(Effect.provideService(user(n), Use, handler))

export const userFun = ({ n }) => runUser(n, answering)
export const userTail = ({ n }) => runUser(n, resuming)
