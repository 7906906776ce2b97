// W12 for Effect: withPermits around a critical section that yields once.
import { Effect, Fiber, Semaphore } from 'effect'

const locker = Effect.fnUntraced(function* (shared, section, each) {
  for (let i = 0; i < each; i++) yield* Semaphore.withPermits(shared, 1, section)
})

const main = Effect.fnUntraced(function* (tasks, permits, each) {
  const shared = yield* Semaphore.make(permits)
  let entered = 0
  const section = Effect.map(Effect.yieldNow, () => {
    entered++
  })
  const fibers = []
  for (let i = 0; i < tasks; i++) fibers.push(yield* Effect.forkChild(locker(shared, section, each)))
  yield* Fiber.joinAll(fibers)
  return entered
})

export const semaphore = ({ tasks, permits, each }) => Effect.runPromise(main(tasks, permits, each))
