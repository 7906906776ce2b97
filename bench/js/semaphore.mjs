// W12 for doeff-vm: tasks that share a few permits.
import { Acquire, CreateSemaphore, Do, Gather, Release, run, scheduled, Spawn, Yield } from 'doeff-vm'

const locker = Do(function* (counter, shared, each) {
  for (let i = 0; i < each; i++) {
    yield Acquire(shared)
    yield Yield()
    counter.entered++
    yield Release(shared)
  }
})

const main = Do(function* (tasks, permits, each) {
  const shared = yield CreateSemaphore(permits)
  const counter = { entered: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield Spawn(locker(counter, shared, each)))
  yield Gather(...running)
  return counter.entered
})

export const semaphore = ({ tasks, permits, each }) => run(main(tasks, permits, each).with(scheduled()))
