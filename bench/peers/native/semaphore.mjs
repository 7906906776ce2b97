// W12 for async/await: a semaphore of promises, one waiter woken per release.
import { deferred } from './deferred.mjs'

class Semaphore {
  constructor(permits) {
    this.free = permits
    this.waiting = []
    this.head = 0
  }
  async acquire() {
    if (this.free > 0) {
      this.free--
      return
    }
    const permit = deferred()
    this.waiting.push(permit)
    await permit.promise
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

async function locker(shared, counter, each) {
  for (let i = 0; i < each; i++) {
    await shared.acquire()
    await null
    counter.entered++
    shared.release()
  }
}

export async function semaphore({ tasks, permits, each }) {
  const shared = new Semaphore(permits)
  const counter = { entered: 0 }
  await Promise.all(Array.from({ length: tasks }, () => locker(shared, counter, each)))
  return counter.entered
}
