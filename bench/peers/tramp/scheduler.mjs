// A minimal cooperative scheduler on the trampoline: a FIFO of tasks, promises with waiters, cancellation by `return`.
// No priorities, no errors, no handlers: the floor for W9–W13.
import {
  ACQUIRE,
  ALL,
  AWAIT,
  CANCEL,
  COMPLETE,
  EXTERNAL,
  JOIN,
  NEW_PROMISE,
  RACE,
  RELEASE,
  SPAWN,
  YIELD,
} from './operations.mjs'
import { Settling, Task } from './settling.mjs'

const valueOf = promise => promise.value

class Scheduler {
  constructor() {
    this.queue = []
    this.head = 0
    this.running = false
  }

  run(generator) {
    const main = new Task(generator)
    this.push(main, undefined)
    this.loop()
    return main.done ? main.value : new Promise(resolve => main.wait(resolve))
  }

  push(task, input) {
    task.input = input
    this.queue.push(task)
  }

  loop() {
    if (this.running) return
    this.running = true
    const { queue } = this
    while (this.head < queue.length) {
      const task = queue[this.head]
      queue[this.head++] = undefined
      if (this.head > 1024 && this.head * 2 > queue.length) this.dropPast()
      if (!task.dead) this.step(task)
    }
    queue.length = 0
    this.head = 0
    this.running = false
  }

  dropPast() {
    this.queue.copyWithin(0, this.head)
    this.queue.length -= this.head
    this.head = 0
  }

  settle(promise, value) {
    promise.done = true
    promise.value = value
    const { waiters } = promise
    promise.waiters = null
    if (waiters === null) return
    for (let i = 0; i < waiters.length; i++) {
      const waiter = waiters[i]
      if (typeof waiter === 'function') waiter(value)
      else if (!waiter.dead) this.push(waiter, value)
    }
  }

  cancel(task) {
    if (task.done || task.dead) return
    task.dead = true
    task.generator.return()
    this.settle(task, undefined)
  }

  /** Called from outside the loop: the task goes on with this value. */
  resumeLater(task, value) {
    this.push(task, value)
    this.loop()
  }

  /** True if all are done already; otherwise the last one to settle wakes the task. */
  allDone(promises, task) {
    let pending = 0
    const oneSettled = () => {
      if (--pending === 0 && !task.dead) this.push(task, promises.map(valueOf))
    }
    for (let i = 0; i < promises.length; i++) {
      if (promises[i].done) continue
      pending++
      promises[i].wait(oneSettled)
    }
    return pending === 0
  }

  firstOf(tasks, waiting) {
    let won = false
    for (const task of tasks)
      task.wait(value => {
        if (won) return
        won = true
        for (const other of tasks) if (other !== task) this.cancel(other)
        this.push(waiting, value)
      })
  }

  releasePermit(semaphore) {
    const { queue } = semaphore
    if (semaphore.head === queue.length) {
      semaphore.free++
      return
    }
    this.push(queue[semaphore.head], undefined)
    queue[semaphore.head++] = undefined
  }

  /** Runs one task until it ends or has to wait; `break` goes on with `input`, `return` leaves the task waiting. */
  step(task) {
    const { generator } = task
    let { input } = task
    for (;;) {
      const step = generator.next(input)
      if (step.done) return this.settle(task, step.value)
      const { op, a, b } = step.value
      input = undefined
      switch (op) {
        case SPAWN:
          input = new Task(a)
          this.push(input, undefined)
          break
        case JOIN:
          if (!a.done) return a.wait(task)
          input = a.value
          break
        case ALL:
          if (!this.allDone(a, task)) return
          input = a.map(valueOf)
          break
        case YIELD:
          return this.push(task, undefined)
        case NEW_PROMISE:
          input = new Settling()
          break
        case COMPLETE:
          this.settle(a, b)
          break
        case ACQUIRE:
          if (a.free === 0) return void a.queue.push(task)
          a.free--
          break
        case RELEASE:
          this.releasePermit(a)
          break
        case RACE:
          return this.firstOf(a, task)
        case CANCEL:
          this.cancel(a)
          break
        case AWAIT:
          return void a.then(value => this.resumeLater(task, value))
        case EXTERNAL:
          return a(value => this.resumeLater(task, value))
      }
    }
  }
}

/** The result of the main task, or a promise of it when it waits for the outside. */
export const start = generator => new Scheduler().run(generator)
