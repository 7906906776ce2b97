// W12 for tramp: tasks that share a few permits.
import { acquire, all, pause, release, spawn } from './operations.mjs'
import { start } from './scheduler.mjs'
import { Semaphore } from './settling.mjs'

function* locker(counter, take, give, each) {
  for (let i = 0; i < each; i++) {
    yield take
    yield pause
    counter.entered++
    yield give
  }
}

function* main(tasks, permits, each) {
  const shared = new Semaphore(permits)
  const take = acquire(shared)
  const give = release(shared)
  const counter = { entered: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield spawn(locker(counter, take, give, each)))
  yield all(running)
  return counter.entered
}

export const semaphore = ({ tasks, permits, each }) => start(main(tasks, permits, each))
