// What a task of tramp's scheduler can wait for: a value that comes later, another task, a permit.

/** A value that comes later. A waiter is a task or a function. */
export class Settling {
  constructor() {
    this.done = false
    this.value = undefined
    this.waiters = null
  }
  wait(waiter) {
    if (this.waiters === null) this.waiters = [waiter]
    else this.waiters.push(waiter)
  }
}

/** A running generator; others may wait for its result. */
export class Task extends Settling {
  constructor(generator) {
    super()
    this.generator = generator
    this.input = undefined
    this.dead = false
  }
}

export class Semaphore {
  constructor(permits) {
    this.free = permits
    this.queue = []
    this.head = 0
  }
}
