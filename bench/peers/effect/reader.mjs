// W2 for Effect: one service asked for, d - 1 other services provided around the same program.
import { Context, Effect } from 'effect'

class Env extends Context.Service()('bench/Env') {}

const unrelated = Array.from({ length: 128 }, (_, i) => Context.Service(`bench/Unrelated${i}`))

const asker = Effect.fnUntraced(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += (yield* Env).k
  return sum
})

export function reader({ n, d }) {
  let program = asker(n)
  for (let i = 1; i < d; i++) program = Effect.provideService(program, unrelated[i], { i })
  return Effect.runSync(Effect.provideService(program, Env, { k: 1 }))
}
