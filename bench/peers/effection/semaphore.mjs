// W12 for effection: a semaphore of withResolvers, one waiter woken per release.
import { run, spawn, withResolvers } from 'effection'
import { tick } from './tick.mjs'

class Semaphore {
  constructor(permits) {
    this.free = permits
    this.waiting = []
    this.head = 0
  }
  *acquire() {
    if (this.free > 0) {
      this.free--
      return
    }
    const permit = withResolvers()
    this.waiting.push(permit)
    yield* permit.operation
  }
  release() {
    if (this.head === this.waiting.length) {
      this.free++
      return
    }
    const permit = this.waiting[this.head]
    this.waiting[this.head++] = undefined
    permit.resolve()
  }
}

function* locker(shared, counter, each) {
  for (let i = 0; i < each; i++) {
    yield* shared.acquire()
    yield* tick()
    counter.entered++
    shared.release()
  }
}

function* main(tasks, permits, each) {
  const shared = new Semaphore(permits)
  const counter = { entered: 0 }
  const running = []
  for (let i = 0; i < tasks; i++) running.push(yield* spawn(() => locker(shared, counter, each)))
  for (const task of running) yield* task
  return counter.entered
}

export const semaphore = ({ tasks, permits, each }) => run(() => main(tasks, permits, each))
