// The operations a task of tramp's scheduler may yield: objects of one shape, switched on `op`.
export const SPAWN = 0
export const JOIN = 1
export const ALL = 2
export const YIELD = 3
export const NEW_PROMISE = 4
export const COMPLETE = 5
export const ACQUIRE = 6
export const RELEASE = 7
export const RACE = 8
export const CANCEL = 9
export const AWAIT = 10
export const EXTERNAL = 11

class Operation {
  constructor(op, a, b) {
    this.op = op
    this.a = a
    this.b = b
  }
}

export const spawn = generator => new Operation(SPAWN, generator)
export const join = promise => new Operation(JOIN, promise)
export const all = promises => new Operation(ALL, promises)
export const pause = new Operation(YIELD)
export const newPromise = new Operation(NEW_PROMISE)
export const complete = (promise, value) => new Operation(COMPLETE, promise, value)
export const acquire = semaphore => new Operation(ACQUIRE, semaphore)
export const release = semaphore => new Operation(RELEASE, semaphore)
export const raceOf = tasks => new Operation(RACE, tasks)
export const cancelTask = task => new Operation(CANCEL, task)
export const awaitPromiseOf = promise => new Operation(AWAIT, promise)
export const fromCallback = register => new Operation(EXTERNAL, register)
